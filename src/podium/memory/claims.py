"""Who may work on a run, by the same rules as in a file."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from podium.busy_errors import BusyError
from podium.engine.fair import Lane, Queue, after, in_turns
from podium.engine.ports import Claim, RunInfo, Status
from podium.memory.shelf import Record, Shelf

_UNATTENDED = (Status.RUNNING, Status.WAITING, Status.COMPENSATING)
"""A run goes on by itself."""

SHELVED = "no live worker knows its graph; start one that has its workflow, and it goes on: podium worker TARGET"


def claim(shelf: Shelf, me: str, *, hashes: Collection[str], now_ms: int, limit: int) -> list[Claim]:
    """Take runs that nobody who lives owns and that have something to do; first those of the gone."""
    _free_ended(shelf)
    known = [record for record in shelf.records.values() if record.info.graph_hash in hashes]
    left = [record for record in known if _is_left(shelf, record)]
    called = {stimulus.row.run_id for stimulus in shelf.inbox.values() if stimulus.verdict is None}
    free = [record for record in known if record.info.owner is None and _is_wanted(record.info, called, now_ms)]
    first = [record for record in free if record.info.id in called or record.info.status is Status.COMPENSATING]
    taken = [*left, *first][:limit]
    turns = [record for record in free if record not in first]
    return [take(shelf, record, me) for record in [*taken, *_in_turns(shelf, me, turns, limit - len(taken))]]


def _in_turns(shelf: Shelf, me: str, ready: Sequence[Record], limit: int) -> list[Record]:
    if len(ready) <= limit:
        return list(ready)
    worker, lanes = shelf.workers[me], defaultdict[Lane, list[Record]](list)
    for record in ready:
        lanes[record.info.tenant, record.info.workflow].append(record)
    taken = list(in_turns([iter(lanes[lane]) for lane in after(lanes, worker.last_lane)], limit=limit))
    if taken:
        worker.last_lane = taken[-1].info.tenant, taken[-1].info.workflow
    return taken


def check_room(shelf: Shelf, queue: Queue, info: RunInfo) -> None:
    """Let one more run wait to be begun; raise BusyError."""
    begun = (record.info for record in shelf.records.values())
    waiting = [run for run in begun if run.owner is None and run.status is Status.RUNNING]
    same = [run for run in waiting if run.tenant == info.tenant]
    for whose, there, limit in ((None, waiting, queue.in_all), (info.tenant, same, queue.per_tenant)):
        if len(there) >= limit:
            oldest_ms = info.created_at - min((run.created_at for run in there), default=info.created_at)
            raise BusyError.after(tenant=whose, waiting=len(there), oldest_ms=oldest_ms)


def claim_one(shelf: Shelf, me: str, record: Record) -> Claim | None:
    """Take this run; None where a living worker owns it, or it is over and no stimulus waits that may change that."""
    info = record.info
    if info.owner is not None and not is_gone(shelf, info.owner):
        return None
    if info.status.is_terminal and not any(_undecided(shelf, info.id)):
        return None
    return take(shelf, record, me)


def take(shelf: Shelf, record: Record, me: str) -> Claim:
    """Make a run this worker's, under a new epoch."""
    info, owner = record.info, record.info.owner
    info.owner, info.epoch = me, info.epoch + 1
    unshelve(record)
    proven_dead = owner is not None and _is_dead(shelf, owner) and not record.is_unproven
    record.is_unproven |= owner is not None and not proven_dead
    return Claim(run_id=info.id, epoch=info.epoch, taken_over=owner is not None, proven_dead=proven_dead)


def offer(shelf: Shelf, me: str, hashes: frozenset[str]) -> None:
    """Publish the graphs that this worker can resolve; what was shelved for want of them goes on as it was."""
    shelf.workers[me].hashes = hashes
    for record in shelf.records.values():
        if record.info.graph_hash in hashes:
            unshelve(record)


def orphans(shelf: Shelf) -> list[RunInfo]:
    """Shelve the runs that wait for a worker which does not live, and return those that were not shelved before."""
    resolved = {name for worker in shelf.workers.values() if not worker.is_dead for name in worker.hashes}
    return [_shelve(record) for record in shelf.records.values() if _is_orphan(shelf, record, resolved)]


def unshelve(record: Record) -> None:
    """Let a shelved run be as it was."""
    if record.shelved is not None:
        record.info.status, record.info.error = record.shelved, record.shelved_error
        record.shelved = record.shelved_error = None


def move(shelf: Shelf, info: RunInfo) -> bool:
    """Give a run another graph, unless a living worker holds it or it has got on since."""
    record = shelf.records.get(info.id)
    if record is None or record.info.seq != info.seq:
        return False
    if record.info.owner is not None and not is_gone(shelf, record.info.owner):
        return False
    unshelve(record)
    record.info.graph_hash, record.info.target = info.graph_hash, info.target
    record.info.epoch += 1
    record.snapshot, record.snapshot_seq = None, 0
    return True


def is_gone(shelf: Shelf, owner: str) -> bool:
    """Claims that a worker is dead or stuck."""
    return _is_dead(shelf, owner) or shelf.workers[owner].is_stuck


def _is_dead(shelf: Shelf, owner: str) -> bool:
    return owner not in shelf.workers or shelf.workers[owner].is_dead


def _free_ended(shelf: Shelf) -> None:
    """Take runs that are over from owners that are dead."""
    for record in shelf.records.values():
        info = record.info
        if info.owner is not None and info.status.is_terminal and _is_dead(shelf, info.owner):
            info.owner = None


def _is_left(shelf: Shelf, record: Record) -> bool:
    info = record.info
    return info.owner is not None and is_gone(shelf, info.owner) and not info.status.is_terminal


def _is_wanted(info: RunInfo, called: Collection[str], now_ms: int) -> bool:
    is_due = info.wake_at is not None and info.wake_at <= now_ms and not info.status.is_terminal
    return is_due or info.has_work or info.id in called


def _undecided(shelf: Shelf, run_id: str) -> Iterator[bool]:
    return (stimulus.row.run_id == run_id and stimulus.verdict is None for stimulus in shelf.inbox.values())


def _is_orphan(shelf: Shelf, record: Record, resolved: Collection[str]) -> bool:
    info = record.info
    is_held = info.owner is not None and not _is_dead(shelf, info.owner)
    return info.status in _UNATTENDED and not is_held and info.graph_hash not in resolved


def _shelve(record: Record) -> RunInfo:
    record.shelved, record.shelved_error = record.info.status, record.info.error
    record.info.status, record.info.error = Status.PARKED, SHELVED
    return replace(record.info)
