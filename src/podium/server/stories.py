"""Runs folded from their journals, for whoever looks at them."""

from podium.core.events import Event
from podium.graph.encode import graph_from_json
from podium.server.service import Service
from podium.server_errors import NothingThereError
from podium.views.story import RunStory

_PAGE = 1000


async def story_of(service: Service, run_id: str, *, upto: int | None = None) -> RunStory:
    """Return a run, told up to its event number `upto`; raise RunNotFoundError."""
    loaded = await service.engine.load(run_id, upto=0)
    story = RunStory(run_id, graph_from_json(loaded.graph))
    while upto is None or story.seq < upto:
        limit = _PAGE if upto is None else min(_PAGE, upto - story.seq)
        batch = await service.engine.events(run_id, after=story.seq, limit=limit)
        if not batch:
            break
        for number, event in batch:
            story.take(number, event)
    return story


async def event_of(service: Service, run_id: str, seq: int) -> Event:
    """Return one event of a run; raise NothingThereError."""
    for number, event in await service.engine.events(run_id, after=seq - 1, limit=1) if seq else ():
        if number == seq:
            return event
    message = f"run {run_id!r} has no event number {seq}"
    raise NothingThereError(message)
