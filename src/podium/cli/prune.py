"""`podium prune`."""

import time
from dataclasses import dataclass
from typing import Annotated

import typer

from podium.cli.database import Database, existing
from podium.cli.forms import DEFAULT_DB, Db
from podium.cli.interrupt import interruptible
from podium.cli.say import note, tell
from podium.cli.switch import span_s
from podium.cli.verb import Verb
from podium.engine.clock import SystemClock
from podium.engine.ports import Status, Store
from podium.engine.retention import prune
from podium.engine.retention_store import ENDED, Expired
from podium.engine.upkeep import opened_store
from podium.errors import InvalidInputError
from podium.graph.policies import to_ms

INTERRUPTED = 130
_TOLD_EACH_S = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Prune:
    """Take away runs that ended long ago, while workers run.

    What runs, waits or is parked is kept, however old. A pruned run's id stays refused for 400 days. The file does not
    shrink: what is free in it is used again. Ctrl-C stops between two transactions; nothing is left half-done.
    """

    older_than: Annotated[
        str, typer.Option("--older-than", metavar="TIME", help="Ended longer ago than this: 90s, 10m, 2h, 30d.")
    ]
    status: Annotated[
        list[Status] | None, typer.Option("--status", "-s", help="Only what ended so; may be repeated.")
    ] = None
    workflow: Annotated[str | None, typer.Option("--workflow", "-w", metavar="NAME", help="Only of this one.")] = None
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False
    db: Db = DEFAULT_DB


async def _prune(asked: Prune) -> int:
    which = _expired(asked, now_ms=time.time_ns() // 1_000_000)
    async with opened_store(_url(existing(asked.db)), SystemClock()) as store:
        if asked.dry_run:
            found = await store.expired(which)
            tell(f"{found.runs} runs with {found.events} events would be pruned")
            return 0
        return await _take_away(store, which)


def _url(at: Database) -> str:
    """Return the URL of a store that does not sync: runs that a loss of power brings back are pruned the next time.

    A sync takes as long as the disk has to do, and whoever wants to commit meanwhile waits for the lock.
    """
    return f"{at.url.partition('?')[0]}?synchronous=NORMAL" if at.path is not None else at.url


async def _take_away(store: Store, which: Expired) -> int:
    runs = events = 0
    told_at = time.monotonic()
    with interruptible() as stop:
        async for done in prune(store, SystemClock(), which):
            runs, events = runs + done.runs, events + done.events
            if stop.is_set():
                break
            if time.monotonic() - told_at > _TOLD_EACH_S:
                told_at = time.monotonic()
                note(f"{runs} runs with {events} events so far")
    tell(f"pruned {runs} runs with {events} events")
    if stop.is_set():
        note("stopped; the same command goes on with the rest")
    return INTERRUPTED if stop.is_set() else 0


def _expired(asked: Prune, *, now_ms: int) -> Expired:
    ended = tuple(asked.status or ENDED)
    kept = [status.value for status in ended if status not in ENDED]
    if kept:
        message = f"runs that are {', '.join(kept)} are not over, and only what is over is pruned"
        raise InvalidInputError(message)
    span = span_s(asked.older_than, option="--older-than")
    return Expired(before_ms=now_ms - to_ms(span or 0), statuses=ended, workflow=asked.workflow)


_EXAMPLES = ("podium prune --older-than 30d", "podium prune --older-than 7d --status completed --dry-run")

VERB = Verb(Prune, _prune, _EXAMPLES)
