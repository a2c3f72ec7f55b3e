"""A run in this terminal: shown while it goes on, until it is over, waits for people, or Ctrl-C."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from podium.cli.database import Database, engine
from podium.cli.ending import code_of, say_end
from podium.cli.interrupt import either, interruptible
from podium.cli.observed import observed
from podium.cli.say import note
from podium.cli.target import Target
from podium.cli.view import View, view_of
from podium.core.events import Event
from podium.engine.engine import Engine
from podium.engine.ports import RunInfo, Status
from podium.graph.encode import graph_from_json
from podium.views.story import RunStory
from podium.views.tree_rows import waits_for_people_only

INTERRUPTED = 130

Begin = Callable[[Engine], Awaitable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """How to follow a run.

    Attributes:
        at: Its database.
        waits: Stay while people are asked, or a step is parked.
        as_json: Print the journal instead of the result.
    """

    at: Database
    waits: bool
    as_json: bool


async def run_here(target: Target, begin: Begin, stay: Stay) -> int:
    """Begin a run, or go on with one, follow it, and return the exit code.

    Args:
        target: Its code.
        begin: Starts or claims it, and returns its id.
        stay: How.
    """
    view = view_of(as_json=stay.as_json)
    with interruptible() as stop:
        async with observed(engine(stay.at, [target])) as opened:
            run_id = await begin(opened)
            if not await opened.is_served():
                note(f"no worker is there to get it on; start one: {stay.at.command('worker', target.text)}")
                await _until_served(opened, stop)
            async with view.shown():
                info = await follow(opened, run_id, view=view, waits=stay.waits, stop=stop)
            if stop.is_set() and not info.status.is_terminal:
                _say_interrupted(info, stay.at)
                return INTERRUPTED
            await say_end(opened, info, at=stay.at, as_json=stay.as_json)
            return code_of(info)


async def _until_served(opened: Engine, stop: asyncio.Event) -> None:
    with opened.news() as news:
        while not stop.is_set() and not await opened.is_served():
            news.clear()
            await either(news, stop)


async def follow(opened: Engine, run_id: str, *, view: View, waits: bool, stop: asyncio.Event) -> RunInfo:
    """Show a run's events as they are committed; return its row when there is nothing more to wait for.

    Args:
        opened: Where it runs, or where it can be seen.
        run_id: The run.
        view: Shows it.
        waits: Stay while people are asked, or a step is parked.
        stop: Set when somebody asks to leave.
    """
    story = await story_in(opened, run_id)
    after = 0
    with opened.news(run_id) as news:
        view.begin(await opened.info(run_id), story)
        while True:
            news.clear()
            info = await opened.info(run_id)
            async for number, event in unseen(opened, run_id, after=after):
                view.event(number, event, story.take(number, event))
                after = number
            if stop.is_set() or info.status.is_terminal or (not waits and _is_stuck(info, story)):
                return info
            await either(news, stop)


async def story_in(opened: Engine, run_id: str, *, events: bool = False) -> RunStory:
    """Return a run with nothing folded in yet, or all that is committed."""
    loaded = await opened.load(run_id, upto=0)
    story = RunStory(run_id, graph_from_json(loaded.graph))
    if events:
        async for number, event in unseen(opened, run_id):
            story.take(number, event)
    return story


async def unseen(opened: Engine, run_id: str, *, after: int = 0) -> AsyncIterator[tuple[int, Event]]:
    """Yield committed events with their numbers, after number `after`, oldest first."""
    while batch := await opened.events(run_id, after=after):
        for number, event in batch:
            after = number
            yield number, event


def _is_stuck(info: RunInfo, story: RunStory) -> bool:
    """Claim that the run goes on only when a person does something."""
    if info.status is Status.PARKED:
        return True
    return info.status is Status.WAITING and waits_for_people_only(story.state)


def _say_interrupted(info: RunInfo, at: Database) -> None:
    if at.is_kept:
        note(f"interrupted: what is on its way settles first; Ctrl-C again kills. {info.id} is left as it is; go on:")
        note(f"  {at.command('runs', 'resume', info.id)}")
    else:
        note("interrupted: the run was in memory and ends here; with --db FILE it could be resumed")
