"""Runs that are over are forgotten, and their ids refused."""

from collections.abc import Awaitable

from podium.engine.ports import Append, InboxRow, Projection, Status
from podium.engine.retention_store import BEGINNING, Expired, Mark
from podium.errors import RunNotFoundError
from podium.testing.conformance.floor import COMPLETED, WAITING, Exercise, Floor, Worker, enter, news, step
from podium.upkeep_errors import RunPrunedError

LATER = Expired(before_ms=1 << 60)
PARKED = Projection(status=Status.PARKED)
FAILED = Projection(status=Status.FAILED, error="boom")


async def only_ended_runs_expire(floor: Floor) -> None:
    """What runs, waits, is parked, or is held by somebody stays, however old it is."""
    worker = await enter(floor)
    for run_id, projection in (("done", COMPLETED), ("failed", FAILED), ("waits", WAITING), ("parked", PARKED)):
        await worker.create(run_id)
        await worker.release(run_id, projection)
    await worker.create("runs")
    await worker.create("held", COMPLETED)
    counted = await worker.store.expired(LATER)
    assert await prune(worker, LATER) == (counted.runs, counted.events) == (2, 2)
    assert await there(worker) == {"waits", "parked", "runs", "held"}
    assert (await worker.store.expired(LATER)).runs == 0


async def expiry_is_by_age_status_and_workflow(floor: Floor) -> None:
    """Each of them keeps what it does not name."""
    worker = await enter(floor)
    for run_id, projection in (("done", COMPLETED), ("failed", FAILED)):
        await worker.create(run_id)
        await worker.release(run_id, projection)
    changed_at = (await worker.store.info("done")).updated_at
    assert await prune(worker, Expired(before_ms=min(changed_at, 1))) == (0, 0)
    assert await prune(worker, Expired(before_ms=1 << 60, workflow="other")) == (0, 0)
    assert await prune(worker, Expired(before_ms=1 << 60, statuses=(Status.RUNNING,))) == (0, 0)
    assert await prune(worker, Expired(before_ms=1 << 60, statuses=(Status.FAILED,), workflow="sample")) == (1, 1)
    assert await there(worker) == {"done"}


async def pruned_id_is_refused(floor: Floor) -> None:
    """It may not begin again: its keys would be those of the one before. An id that never was is only unknown."""
    worker = await enter(floor)
    await worker.create("r")
    await worker.release("r", COMPLETED)
    await prune(worker, LATER)
    for again in (worker.create("r"), worker.store.info("r"), worker.store.load("r"), worker.store.claim_one("r")):
        error = await refusal(again)
        assert isinstance(error, RunPrunedError), again
        assert error.status == Status.COMPLETED, error.status
        assert error.pruned_at <= error.refused_until
    error = await refusal(worker.store.info("never"))
    assert error is not None
    assert not isinstance(error, RunPrunedError)


async def next_run_begins_with_nothing_of_a_pruned_one(floor: Floor) -> None:
    """Also where the last run was the one that is pruned, and its journal was long."""
    worker = await enter(floor)
    await worker.create("long")
    await worker.commit(news("long", 2, *(step(f"a#{n}") for n in range(2_000))))
    await worker.commit(Append(run_id="long", epoch=1, first_seq=2_002, projection=COMPLETED, release=True))
    done = await worker.store.prune(LATER)
    await worker.create("next")
    assert [seq for seq, _ in await worker.store.events("next")] == [1]
    runs, events = await prune(worker, LATER, mark=done.mark)
    assert (done.runs + runs, done.events + events) == (1, 2_001)
    assert [seq for seq, _ in await worker.store.events("next")] == [1]


async def run_that_is_asked_something_stays(floor: Floor) -> None:
    """Until that is decided; then what was asked of it goes with it."""
    worker = await enter(floor)
    await worker.create("r")
    await worker.release("r", FAILED)
    await worker.store.put_inbox(InboxRow(id="again", run_id="r", kind="retry", body="{}", at=1))
    assert await prune(worker, LATER) == (0, 0)
    ((claim),) = await worker.store.claim(hashes={"0123abcd"}, now_ms=1, limit=1)
    news = Append(run_id="r", epoch=claim.epoch, first_seq=2, projection=FAILED, verdicts=[("again", "")], release=True)
    await worker.commit(news)
    assert await worker.store.verdict("again") == ""
    assert await prune(worker, LATER) == (1, 1)
    assert await worker.store.verdict("again") is None


async def prune(worker: Worker, which: Expired, *, mark: Mark | None = BEGINNING) -> tuple[int, int]:
    """Prune to the end; return how many runs and events went."""
    runs = events = 0
    while mark is not None:
        done = await worker.store.prune(which, mark=mark)
        runs, events, mark = runs + done.runs, events + done.events, done.mark
    return runs, events


async def refusal(asked: Awaitable[object]) -> RunNotFoundError | None:
    """Return the error of what is asked for."""
    try:
        await asked
    except RunNotFoundError as error:
        return error
    return None


async def there(worker: Worker) -> set[str]:
    """Return the runs that are there."""
    found = set()
    for run_id in ("done", "failed", "waits", "parked", "runs", "held"):
        try:
            found.add((await worker.store.info(run_id)).id)
        except RunNotFoundError:
            continue
    return found


EXERCISES: tuple[Exercise, ...] = (
    only_ended_runs_expire,
    expiry_is_by_age_status_and_workflow,
    pruned_id_is_refused,
    next_run_begins_with_nothing_of_a_pruned_one,
    run_that_is_asked_something_stays,
)
"""All of them."""
