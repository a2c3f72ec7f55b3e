"""A run is worked on by one worker at a time, and by some worker whenever it has something to do."""

from dataclasses import replace

from podium.engine.ports import InboxRow, Projection, Status
from podium.testing.conformance.floor import COMPLETED, HASH, RUNNING, WAITING, Exercise, Floor, enter, news, step

FAILED = Projection(status=Status.FAILED, error="boom")
UNDOING = Projection(status=Status.COMPENSATING, error="boom", undoing_since=5)


async def claim_takes_what_has_something_to_do(floor: Floor) -> None:
    """That is: running, due, or called; not what waits, is over, is another graph's, or has an owner who lives."""
    old, new = await enter(floor), await enter(floor)
    shapes = {
        "running": RUNNING,
        "due": Projection(status=Status.WAITING, wake_at=1000),
        "early": Projection(status=Status.WAITING, wake_at=1001),
        "waiting": WAITING,
        "called": WAITING,
        "over": COMPLETED,
        "called when over": FAILED,
        "parked": Projection(status=Status.PARKED),
    }
    for run_id, shape in shapes.items():
        await old.create(run_id, shape)
        await old.release(run_id)
        if run_id.startswith("called"):
            await old.store.put_inbox(InboxRow(id=run_id, run_id=run_id, kind="signal", body="{}"))
    await old.create("owned")
    await old.create("of another graph", graph_hash="ffff")
    await old.release("of another graph")
    expected = {"running", "due", "called", "called when over"}
    assert await new.claim(now_ms=1000) == dict.fromkeys(expected, (2, False, False))
    assert await new.claim(now_ms=1000) == {}
    assert await old.claim(now_ms=1000) == {}


async def claim_takes_what_is_undone(floor: Floor) -> None:
    """What has something to do now, or is due, or called, or whose owner is gone; not what waits to be tried again."""
    old, new = await enter(floor), await enter(floor)
    shapes = {
        "undoes": UNDOING,
        "due": replace(UNDOING, wake_at=1000),
        "early": replace(UNDOING, wake_at=1001),
        "called": replace(UNDOING, wake_at=1001),
        "parked": replace(UNDOING, status=Status.PARKED),
        "undone": Projection(status=Status.COMPENSATED, error="boom"),
    }
    for run_id, shape in shapes.items():
        await old.create(run_id, shape)
        await old.release(run_id)
    await old.store.put_inbox(InboxRow(id="c", run_id="called", kind="cancel", body="{}"))
    assert await new.claim(now_ms=1000) == dict.fromkeys(("undoes", "due", "called"), (2, False, False))
    assert await new.claim(now_ms=1000) == {}
    await old.create("held", replace(UNDOING, wake_at=9999))
    assert await new.claim(now_ms=1000) == {}
    await floor.kill(old.store)
    assert await new.claim(now_ms=1000) == {"held": (2, True, True)}


async def run_that_is_undone_keeps_its_cause_while_it_is_shelved(floor: Floor) -> None:
    """It goes on as it was, with why it had failed, when a worker offers its graph or takes it."""
    worker = await enter(floor)
    for run_id in ("offered", "taken"):
        await worker.create(run_id, replace(UNDOING, wake_at=9999))
        await worker.release(run_id)
    await worker.store.offer({"ffff"})
    assert {info.id: info.status for info in await worker.store.orphans()} == {
        "offered": Status.PARKED,
        "taken": Status.PARKED,
    }
    assert "podium worker" in ((await worker.store.info("offered")).error or "")
    assert await worker.store.claim_one("taken") is not None
    await worker.store.offer({HASH})
    for run_id in ("offered", "taken"):
        info = await worker.store.info(run_id)
        assert (info.status, info.error, info.undoing_since) == (Status.COMPENSATING, "boom", 5)


async def claim_keeps_its_limit(floor: Floor) -> None:
    """What is left over comes with the next one."""
    old, new = await enter(floor), await enter(floor)
    for index in range(5):
        await old.create(f"r{index}")
        await old.release(f"r{index}")
    taken = [set(await new.claim(limit=2)) for _ in range(4)]
    assert [len(some) for some in taken] == [2, 2, 1, 0]
    assert set.union(*taken) == {f"r{index}" for index in range(5)}


async def run_of_a_dead_worker_is_taken_over(floor: Floor) -> None:
    """All that were not over are, waiting ones too, in as many claims as it takes; the dead worker writes no more."""
    old, new = await enter(floor), await enter(floor)
    for run_id, shape in {"running": RUNNING, "waiting": WAITING, "over": COMPLETED}.items():
        await old.create(run_id, shape)
    assert await new.claim() == {}
    await floor.kill(old.store)
    first = await new.claim(limit=1)
    assert first | await new.claim() == {"running": (2, True, True), "waiting": (2, True, True)}
    over = await new.store.info("over")
    assert (over.owner, over.epoch) == (None, 1)


async def run_of_a_stuck_worker_is_taken_over(floor: Floor) -> None:
    """It is told apart from a dead one, and what the stuck worker appends afterwards is lost."""
    old, new = await enter(floor), await enter(floor)
    await old.create("r")
    await floor.stall(old.store)
    assert await new.claim(now_ms=1000) == {"r": (2, True, False)}
    await old.commit(news("r", 2, step("a")))
    assert old.heard.lost == {"r"}
    assert (await new.store.info("r")).seq == 1


async def run_of_a_stuck_worker_is_not_proven_free_before_its_next_event(floor: Floor) -> None:
    """Who took it over may die before it could tell: the stuck worker lives all the same."""
    old, middle, new = await enter(floor), await enter(floor), await enter(floor)
    await old.create("r")
    await floor.stall(old.store)
    assert await middle.claim(now_ms=1000) == {"r": (2, True, False)}
    await floor.kill(middle.store)
    assert await new.claim(now_ms=1000) == {"r": (3, True, False)}
    await new.commit(news("r", 2, step("a"), epoch=3))
    await floor.kill(new.store)
    last = await enter(floor)
    assert await last.claim(now_ms=1000) == {"r": (4, True, True)}


async def close_gives_runs_up(floor: Floor) -> None:
    """A worker that leaves in peace leaves nothing to be taken over."""
    old, new = await enter(floor), await enter(floor)
    await old.create("r")
    await old.store.close()
    assert await new.claim() == {"r": (2, False, False)}


async def one_run_is_claimed_whatever_it_waits_for(floor: Floor) -> None:
    """But not from a living worker, and not when it is over, unless a stimulus waits for it."""
    old, new = await enter(floor), await enter(floor)
    await old.create("r", WAITING)
    assert await new.store.claim_one("r") is None
    assert await old.store.claim_one("r") is None
    await old.release("r")
    claim = await new.store.claim_one("r")
    assert claim is not None
    assert (claim.epoch, claim.taken_over, claim.proven_dead) == (2, False, False)
    await floor.kill(new.store)
    claim = await old.store.claim_one("r")
    assert claim is not None
    assert (claim.epoch, claim.taken_over, claim.proven_dead) == (3, True, True)
    await old.create("over", FAILED)
    await old.release("over")
    assert await old.store.claim_one("over") is None
    await old.store.put_inbox(InboxRow(id="again", run_id="over", kind="retry", body="{}"))
    assert await old.store.claim_one("over") is not None


async def run_nobody_can_resolve_is_shelved(floor: Floor) -> None:
    """It is parked with a message, once; it goes on as it was when a worker offers its graph."""
    old, new = await enter(floor), await enter(floor)
    await old.store.offer({HASH})
    for run_id, shape in {"running": RUNNING, "waiting": WAITING, "over": COMPLETED}.items():
        await old.create(run_id, shape)
    assert await new.store.orphans() == []
    await floor.kill(old.store)
    shelved = await new.store.orphans()
    assert {info.id: info.status for info in shelved} == {"running": Status.PARKED, "waiting": Status.PARKED}
    assert all("podium worker" in (info.error or "") for info in shelved)
    assert await new.store.orphans() == []
    await new.store.offer({HASH, "ffff"})
    infos = {run_id: await new.store.info(run_id) for run_id in ("running", "waiting")}
    assert {run_id: info.status for run_id, info in infos.items()} == {
        "running": Status.RUNNING,
        "waiting": Status.WAITING,
    }
    assert {info.error for info in infos.values()} == {None}
    assert await new.claim() == {"running": (2, True, True), "waiting": (2, True, True)}


async def run_that_is_held_is_not_shelved(floor: Floor) -> None:
    """A living worker that owns a run knows what it does; and an offer is withdrawn by the next one."""
    worker = await enter(floor)
    await worker.create("held")
    await worker.create("free")
    await worker.store.offer({HASH})
    await worker.release("free")
    assert await worker.store.orphans() == []
    await worker.store.offer({"ffff"})
    assert [info.id for info in await worker.store.orphans()] == ["free"]
    claim = await worker.store.claim_one("free")
    assert claim is not None
    info = await worker.store.info("free")
    assert (info.status, info.error) == (Status.RUNNING, None)


async def changes_of_others_are_noticed(floor: Floor) -> None:
    """Once each, and not our own."""
    one, other = await enter(floor), await enter(floor)
    await one.store.changed()
    assert not await one.store.changed()
    await one.create("r")
    assert not await one.store.changed()
    await other.store.put_inbox(InboxRow(id="i", run_id="r", kind="signal", body="{}"))
    assert await one.store.changed()
    assert not await one.store.changed()
    assert await one.claim() == {}
    assert await other.store.changed()
    assert await other.claim() == {}
    assert not await one.store.changed()


EXERCISES: tuple[Exercise, ...] = (
    claim_takes_what_has_something_to_do,
    claim_takes_what_is_undone,
    run_that_is_undone_keeps_its_cause_while_it_is_shelved,
    claim_keeps_its_limit,
    run_of_a_dead_worker_is_taken_over,
    run_of_a_stuck_worker_is_taken_over,
    run_of_a_stuck_worker_is_not_proven_free_before_its_next_event,
    close_gives_runs_up,
    one_run_is_claimed_whatever_it_waits_for,
    run_nobody_can_resolve_is_shelved,
    run_that_is_held_is_not_shelved,
    changes_of_others_are_noticed,
)
