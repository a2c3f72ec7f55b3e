"""Runs that are over are taken away."""

from collections.abc import Sequence

from podium.engine.ports import RunInfo
from podium.engine.retention_store import ENDED, Expired, Pruned
from podium.memory.shelf import Shelf
from podium.upkeep_errors import RunPrunedError


def expired(shelf: Shelf, which: Expired) -> list[RunInfo]:
    """Return the runs that are expired."""
    called = {stimulus.row.run_id for stimulus in shelf.inbox.values() if stimulus.verdict is None}
    infos = (record.info for record in shelf.records.values() if record.info.id not in called)
    return [info for info in infos if _is_expired(info, which)]


def counted(found: Sequence[RunInfo]) -> Pruned:
    """Return how much runs are."""
    return Pruned(len(found), sum(info.seq for info in found))


def prune(shelf: Shelf, which: Expired, *, now_ms: int) -> Pruned:
    """Take away all that is expired."""
    found = expired(shelf, which)
    for info in found:
        del shelf.records[info.id]
        shelf.pruned[info.id] = RunPrunedError(
            info.id, status=info.status, pruned_at=now_ms, refused_until=now_ms + which.refused_ms
        )
    for table in (shelf.tasks, shelf.parked):
        for key in [key for key in table if key[0] not in shelf.records]:
            del table[key]
    old = [name for name, stimulus in shelf.inbox.items() if stimulus.row.at < which.before_ms]
    for name in old:
        if shelf.inbox[name].row.run_id not in shelf.records:
            del shelf.inbox[name]
    for run_id in [run_id for run_id, tomb in shelf.pruned.items() if tomb.refused_until < now_ms]:
        del shelf.pruned[run_id]
    return counted(found)


def _is_expired(info: RunInfo, which: Expired) -> bool:
    return (
        info.status in ENDED
        and info.status in which.statuses
        and info.owner is None
        and info.updated_at < which.before_ms
        and which.workflow in (None, info.workflow)
    )
