"""Which runs a filter lets through."""

from collections.abc import Iterator
from itertools import dropwhile, islice

from podium.engine.ports import RunFilter, RunInfo
from podium.memory.shelf import Shelf


def runs(shelf: Shelf, which: RunFilter) -> Iterator[RunInfo]:
    """Return the runs that a filter lets through, newest first."""
    newest_first: Iterator[RunInfo] = (record.info for record in reversed(shelf.records.values()))
    if which.before is not None:
        newest_first = islice(dropwhile(lambda info: info.id != which.before, newest_first), 1, None)
    return islice((info for info in newest_first if _passes(info, which)), which.limit)


def undoing(shelf: Shelf, until_ms: int) -> list[RunInfo]:
    """Return the runs that have been undoing what they wrote since then or earlier, longest first."""
    since = [(record.info.undoing_since, record.info) for record in shelf.records.values()]
    found = [(at, info) for at, info in since if at is not None and at <= until_ms]
    return [info for _, info in sorted(found, key=lambda pair: pair[0])]


def _passes(info: RunInfo, which: RunFilter) -> bool:
    if which.statuses and info.status not in which.statuses:
        return False
    if which.workflow is not None and info.workflow != which.workflow:
        return False
    if which.tenant is not None and info.tenant != which.tenant:
        return False
    text = (which.text or "").lower()
    return not text or any(text in part.lower() for part in (info.id, info.workflow, info.error or ""))
