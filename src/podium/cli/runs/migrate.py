"""`podium runs migrate`."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from podium.cli.database import existing
from podium.cli.forms import DEFAULT_DB, Db, TargetName
from podium.cli.say import note, tell
from podium.cli.table import print_table
from podium.cli.target import Target, load
from podium.cli.verb import Verb
from podium.engine.clock import SystemClock
from podium.engine.migration import migrate
from podium.engine.ports import RunFilter, RunInfo, Status, Store
from podium.engine.upkeep import opened_store
from podium.graph.diff import differences
from podium.graph.encode import graph_from_json
from podium.upkeep_errors import NotMigratedError
from podium.workflow.workflow import Workflow

_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrate:
    """Let runs that were started with an older form of a workflow go on with the one that TARGET has now.

    Shows what differs, then moves every run of it that is not over and whose whole journal fits the new form; of the
    others it says why not. Workers may go on meanwhile: what one of them has in hand is refused. Exit code 1 where any
    was refused.
    """

    target: TargetName
    run: Annotated[list[str] | None, typer.Option("--run", metavar="RUN", help="Only this; may be repeated.")] = None
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what differs.")] = False
    db: Db = DEFAULT_DB


async def _migrate(asked: Migrate) -> int:
    target = load(asked.target)
    workflow = target.workflow
    moved = refused = 0
    seen: set[str] = set()
    async with opened_store(existing(asked.db).url, SystemClock()) as store:
        async for info in _old(store, workflow):
            if asked.run and info.id not in asked.run:
                continue
            if info.graph_hash not in seen:
                seen.add(info.graph_hash)
                await _show(store, info, workflow)
            if not asked.dry_run:
                is_moved = await _move(store, info.id, target)
                moved, refused = moved + is_moved, refused + (not is_moved)
    if not seen:
        tell(f"every run of {workflow.name} that is not over has this form already")
    elif not asked.dry_run:
        tell(f"moved {moved} runs, refused {refused}")
    return 1 if refused else 0


async def _old(store: Store, workflow: Workflow[Any, Any]) -> AsyncIterator[RunInfo]:
    """Yield the runs of a workflow that are not over and have another graph."""
    open_ones = [status for status in Status if not status.is_terminal]
    before: str | None = None
    while page := await store.runs(RunFilter(statuses=open_ones, workflow=workflow.name, before=before, limit=_PAGE)):
        before = page[-1].id
        for info in page:
            if info.graph_hash != workflow.hash:
                yield info


async def _show(store: Store, info: RunInfo, workflow: Workflow[Any, Any]) -> None:
    old = graph_from_json((await store.load(info.id, upto=0)).graph)
    tell(f"{workflow.name}: {info.graph_hash} → {workflow.hash}")
    print_table(("WHAT", "BEFORE", "AFTER"), differences(old, workflow.graph))
    tell()


async def _move(store: Store, run_id: str, target: Target) -> bool:
    try:
        return await migrate(store, run_id, target.workflow, target=target.text)
    except NotMigratedError as refused:
        note(str(refused))
        return False


VERB = Verb(Migrate, _migrate, ("podium runs migrate app.py:travel --dry-run", "podium runs migrate app.py:travel"))
