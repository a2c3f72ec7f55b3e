"""Where more runs can go on than are claimed, tenants and workflows take turns; and no more wait than were let in."""

from podium.busy_errors import BusyError
from podium.engine.fair import Lane, Queue
from podium.engine.ports import Projection, RunFilter, RunInfo, Status
from podium.testing.conformance.floor import GRAPH, HASH, RUNNING, Exercise, Floor, Worker, began, enter

ROOMY = Queue(in_all=1000, per_tenant=1000)
DUE = Projection(status=Status.WAITING, wake_at=500)


async def claims_take_turns(floor: Floor) -> None:
    """One run of each tenant and workflow at a time, in the order in which they were made or came due."""
    worker = await enter(floor)
    for number in range(50):
        await _queue(worker, f"many-{number}", lane=("many", "sample"))
        await _queue(worker, f"due-{number}", lane=("many", "other"), projection=DUE)
    await _queue(worker, "few-0", lane=("few", "sample"))
    await _queue(worker, "nobodys")
    assert await worker.claim(limit=4) == dict.fromkeys(("nobodys", "few-0", "many-0", "due-0"), (2, False, False))
    assert sorted(await worker.claim(limit=6)) == sorted(f"{name}-{n}" for name in ("many", "due") for n in (1, 2, 3))
    assert len(await worker.claim(limit=100)) == 50 + 50 + 2 - 4 - 6


async def whoever_was_served_last_waits_longest(floor: Floor) -> None:
    """A claim that takes fewer runs than there are tenants goes on where the last one ended."""
    worker = await enter(floor)
    for tenant in "abcde":
        for number in range(3):
            await _queue(worker, f"{tenant}{number}", lane=(tenant, "sample"))
    served = [run_id for _ in range(7) for run_id in await worker.claim(limit=2)]
    assert served[:10] == [f"{tenant}{number}" for number in range(2) for tenant in "abcde"]
    assert len(set(served)) == len(served)


async def full_queue_lets_nobody_in(floor: Floor) -> None:
    """Of a tenant or of all; nothing was stored. A run that is there already is found as ever."""
    worker = await enter(floor)
    queue = Queue(in_all=5, per_tenant=3)
    for number in range(3):
        await _queue(worker, f"a{number}", lane=("a", "sample"), queue=queue)
    assert (await _refused(worker, "a3", "a", queue)).tenant == "a"
    there = await worker.store.create(_info("a2", "a", "sample"), GRAPH, [began("a2")], RUNNING, queue=queue)
    assert there is not None
    for number in range(2):
        await _queue(worker, f"b{number}", lane=("b", "sample"), queue=queue)
    refused = await _refused(worker, "c0", "c", queue)
    assert (refused.tenant, refused.waiting, refused.retry_after >= 1) == (None, 5, True)
    assert len(await worker.claim(limit=1)) == 1
    await _queue(worker, "c0", lane=("c", "sample"), queue=queue)


async def what_is_begun_fills_no_queue(floor: Floor) -> None:
    """Nor what waits for a time or for people."""
    worker, other = await enter(floor), await enter(floor)
    queue = Queue(in_all=1, per_tenant=1)
    await worker.create("held")
    await _queue(worker, "waiting", projection=DUE)
    await _queue(worker, "one", queue=queue)
    await _refused(other, "two", "", queue)
    await worker.store.close()
    await _refused(other, "two", "", queue)


async def _queue(
    worker: Worker, run_id: str, *, lane: Lane = ("", "sample"), projection: Projection = RUNNING, queue: Queue = ROOMY
) -> None:
    info = _info(run_id, *lane)
    assert await worker.store.create(info, GRAPH, [began(run_id)], projection, queue=queue) is None
    there = await worker.store.info(run_id)
    assert (there.owner, there.epoch, there.tenant) == (None, 1, lane[0])


async def _refused(worker: Worker, run_id: str, tenant: str, queue: Queue) -> BusyError:
    try:
        await worker.store.create(_info(run_id, tenant, "sample"), GRAPH, [began(run_id)], RUNNING, queue=queue)
    except BusyError as busy:
        assert run_id not in {info.id for info in await worker.store.runs(RunFilter())}
        return busy
    raise AssertionError(run_id)


def _info(run_id: str, tenant: str, workflow: str) -> RunInfo:
    return RunInfo(id=run_id, workflow=workflow, graph_hash=HASH, input='{"n":"1"}', created_at=1, tenant=tenant)


EXERCISES: tuple[Exercise, ...] = (
    claims_take_turns,
    whoever_was_served_last_waits_longest,
    full_queue_lets_nobody_in,
    what_is_begun_fills_no_queue,
)
