"""`podium runs show`."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from podium.cli.boards import Posts
from podium.cli.database import Database, engine, existing
from podium.cli.decided import Undoing, UndoRow, decision
from podium.cli.ending import how_to_go_on
from podium.cli.follow import story_in, unseen
from podium.cli.forms import DEFAULT_DB, Db, RunId
from podium.cli.guarded import COLUMNS, guard_rows
from podium.cli.routed import routing
from podium.cli.say import complain, tell
from podium.cli.table import console, print_table, when
from podium.cli.tree import picture
from podium.cli.verb import Verb
from podium.draw import seconds
from podium.draw.words import clean
from podium.engine.engine import Engine
from podium.engine.ports import RunInfo, Status
from podium.errors import BugError, DamagedError, PodiumError, ReplayError
from podium.failure import Failure
from podium.sqlite.lock import noted
from podium.views.calls import CallRow, Calls
from podium.views.wording import in_words

_INPUT_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """Show all that is known of a run: steps, calls with their keys, guards, the last error, and how to go on."""

    run: RunId
    db: Db = DEFAULT_DB


async def _show(asked: Show) -> int:
    at = existing(asked.db)
    async with engine(at) as opened:
        info = await opened.info(asked.run)
        for line in [*_head(info), *_trouble(info, at)]:
            tell(line)
        try:
            await _show_journal(opened, info)
            await _show_way_on(opened, info, at)
        except (DamagedError, ReplayError, BugError) as damage:
            _show_damage(info, damage)
            return 1
    return 0


def _head(info: RunInfo) -> Iterator[str]:
    yield clean(f"{info.workflow} {info.id}: {info.status}")
    yield f"  input     {clean(info.input, chars_max=_INPUT_CHARS)}"
    if info.output is not None:
        yield f"  result    {clean(info.output, chars_max=_INPUT_CHARS)}"
    took = seconds(max(0, info.updated_at - info.created_at))
    yield f"  started   {when(info.created_at)}, last event {info.seq} after {took}"
    if info.target:
        yield f"  code      {info.target} (graph {info.graph_hash})"
    if info.parent is not None:
        yield f"  copy of   {info.parent}"
    if info.owner is not None:
        yield f"  held by   worker {info.owner}"
    if info.undoing_since is not None:
        yield f"  undoing   since {when(info.undoing_since)}"
    if info.error is not None and info.status in (Status.COMPENSATING, Status.COMPENSATED):
        yield f"  cause     {clean(info.error, chars_max=_INPUT_CHARS)}"
    if info.wake_at is not None:
        yield f"  goes on   {when(info.wake_at)} at the latest"


def _trouble(info: RunInfo, at: Database) -> Iterator[str]:
    """Say why workers commit nothing, where that is so: then no run gets on, whoever holds it."""
    if info.status.is_terminal or at.path is None:
        return
    notes = {noted(lock) for lock in Path(f"{at.path}.workers").glob("*.lock")}
    yield from (f"  stands    {clean(note)}" for note in sorted(notes - {""}))


async def _show_journal(opened: Engine, info: RunInfo) -> None:
    story, calls, undoing, posts = await story_in(opened, info.id), Calls(), Undoing(), Posts()
    decided: list[tuple[str, ...]] = []
    routed: list[tuple[str, ...]] = []
    async for number, event in unseen(opened, info.id):
        story.take(number, event)
        calls.take(event)
        undoing.take(event, story.state)
        posts.take(event)
        decided += [found] if (found := decision(event)) is not None else []
        routed += [found] if (found := routing(event)) is not None else []
    tell()
    console().print(picture(info, story, now_ms=time.time_ns() // 1_000_000, moves=False))
    _show_table(("CALL", "BY", "STATUS", "SENT", "KEY", ""), map(_call, calls.rows))
    _show_table(("ROUTED BY", "TO", "SURE", "DECIDED BY", "WHY"), routed)
    _show_table(("UNDOES", "BY", "STATUS", ""), map(_undo, undoing.rows(story.state)))
    _show_table(("BOARD", "POST", "BY", ""), posts.rows())
    _show_table(("DECIDED", "BY", "WHAT", "ABOUT", "WHY"), decided)
    _show_table(COLUMNS, list(guard_rows(story.state.graph, await opened.breakers())))
    if calls.failure is not None and info.output is None:
        _show_failure(calls.failure)


def _show_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    found = list(rows)
    if found:
        tell()
        print_table(columns, found)


def _undo(row: UndoRow) -> tuple[str, ...]:
    return row.path, row.tool, row.status, row.note


def _call(row: CallRow) -> tuple[str, ...]:
    tool = f"{row.tool}, degraded: in place of {row.instead_of}" if row.instead_of else row.tool
    return tool, row.path, row.status, str(row.sent), row.key, row.note


def _show_failure(failure: Failure) -> None:
    tell(f"\nlast error: {in_words(failure)}")
    for line in failure.traceback.splitlines():
        tell(f"  {line}")


def _show_damage(info: RunInfo, damage: PodiumError) -> None:
    """Say what can not be read; where a worker has found it too, its words say how to go on."""
    complain(clean(str(damage)))
    if info.status is Status.PARKED:
        complain(f"it was set aside: {clean(info.error or '')}")


async def _show_way_on(opened: Engine, info: RunInfo, at: Database) -> None:
    lines = await how_to_go_on(opened, info, at=at)
    if lines:
        tell()
    for line in lines:
        tell(line)


VERB = Verb(Show, _show, ("podium runs show order-17",))
