"""Runs folded from their journals, for whoever looks at them.

Those looked at last are kept, so that looking again costs only what came since. Folding is done in a thread, and of one
run by one at a time.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from podium.core.events import Event
from podium.engine.engine import Engine
from podium.engine.ports import RunInfo
from podium.graph.encode import graph_from_json
from podium.server_errors import NothingThereError
from podium.views.story import RunStory

KEPT_MAX = 32
_BATCH = 1000


@dataclass(slots=True)
class _Kept:
    """A run's story; `made_for`: what tells it from one that another run of that id, or another graph, would have."""

    story: RunStory | None = None
    made_for: tuple[str, int] = ("", 0)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Stories:
    """The stories of an engine's runs."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    @asynccontextmanager
    async def told(self, run_id: str) -> AsyncIterator[tuple[RunInfo, RunStory]]:
        """Give a run's row and its story, to be read while the block lasts; the row is never ahead of the story.

        Raises:
            RunNotFoundError: There is no such run.
        """
        info = await self._engine.info(run_id)
        kept = self._kept.setdefault(run_id, _Kept())
        self._kept.move_to_end(run_id)
        while len(self._kept) > KEPT_MAX:
            self._kept.popitem(last=False)
        async with kept.lock:
            story, kept.story = kept.story, None  # one that can not be gone on with is not kept
            if story is None or kept.made_for != (info.graph_hash, info.created_at):
                story, kept.made_for = await self._begun(run_id), (info.graph_hash, info.created_at)
            await self._go_on(story, None)
            now = await self._engine.info(run_id)
            if now.seq > story.seq:  # it went on meanwhile
                await self._go_on(story, None)
            yield now, story
            kept.story = story

    async def upto(self, run_id: str, seq: int | None) -> RunStory:
        """Return a run, told up to an event; raise RunNotFoundError."""
        story = await self._begun(run_id)
        await self._go_on(story, seq)
        return story

    async def event(self, run_id: str, seq: int) -> Event:
        """Return one event of a run; raise NothingThereError."""
        for number, event in await self._engine.events(run_id, after=seq - 1, limit=1) if seq else ():
            if number == seq:
                return event
        message = f"run {run_id!r} has no event number {seq}"
        raise NothingThereError(message)

    async def _begun(self, run_id: str) -> RunStory:
        loaded = await self._engine.load(run_id, upto=0)
        return RunStory(run_id, graph_from_json(loaded.graph))

    async def _go_on(self, story: RunStory, upto: int | None) -> None:
        while upto is None or story.seq < upto:
            limit = _BATCH if upto is None else min(_BATCH, upto - story.seq)
            batch = await self._engine.events(story.state.run_id, after=story.seq, limit=limit)
            if not batch:
                return
            await asyncio.to_thread(_take, story, batch)


def _take(story: RunStory, batch: Sequence[tuple[int, Event]]) -> None:
    for number, event in batch:
        story.take(number, event)
