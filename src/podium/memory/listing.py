"""Which runs a filter lets through, how many stand how, and what waits for people."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import dropwhile, islice
from typing import TypeVar

from podium.engine.list_store import ListPlace, Moved, RunFilter, Tally, Waiting
from podium.engine.ports import HumanTask, ParkedStep, RunInfo
from podium.memory.shelf import Record, Shelf

Listed = TypeVar("Listed", HumanTask, ParkedStep)


def runs(shelf: Shelf, which: RunFilter) -> Iterator[RunInfo]:
    """Return the runs that a filter lets through, newest first."""
    newest_first: Iterator[RunInfo] = (record.info for record in reversed(shelf.records.values()))
    if which.before is not None:
        newest_first = islice(dropwhile(lambda info: info.id != which.before, newest_first), 1, None)
    wanted = (info for info in newest_first if not which.statuses or info.status in which.statuses)
    return islice(filter(which.passes, wanted), which.limit)


def counts(shelf: Shelf, which: RunFilter) -> Tally:
    """Count runs by status."""
    infos = (record.info for record in shelf.records.values())
    return Tally(by_status=Counter(info.status for info in filter(which.passes, infos)))


def moved(shelf: Shelf, mark: int | None, limit: int) -> Moved:
    """Return the runs with events since the shelf had so many of them."""
    if mark is None or mark == shelf.events:
        return Moved(mark=shelf.events)
    news = [record for record in reversed(shelf.records.values()) if record.moved_at > mark]
    return Moved(mark=shelf.events, runs=[_copy(record) for record in news[:limit]], is_whole=len(news) <= limit)


def part(rows: Iterable[Listed], *, run_id: str | None, after: ListPlace, limit: int | None) -> list[Listed]:
    """Return those of a run, or of all, that stand after a place, in order."""
    found = [row for row in rows if run_id in (None, row.run_id) and row.place > after]
    return sorted(found, key=_place)[:limit]


def waiting(shelf: Shelf) -> Waiting:
    """Count open questions and parked steps."""
    return Waiting(tasks=sum(task.is_open for task in shelf.tasks.values()), parked=len(shelf.parked))


def undoing(shelf: Shelf, until_ms: int) -> list[RunInfo]:
    """Return the runs that have been undoing what they wrote since then or earlier, longest first."""
    since = [(record.info.undoing_since, record.info) for record in shelf.records.values()]
    found = [(at, info) for at, info in since if at is not None and at <= until_ms]
    return [info for _, info in sorted(found, key=lambda pair: pair[0])]


def _place(row: HumanTask | ParkedStep) -> ListPlace:
    return row.place


def _copy(record: Record) -> RunInfo:
    return replace(record.info)
