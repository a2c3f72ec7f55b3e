"""A run that another process took is lost to this one: its calls are refused, its write is not sent."""

import asyncio
import gc
import sqlite3
from functools import partial

import pytest

from podium import END, FROM_ENGINE, START, Engine, Handle, StateMachine, step
from podium.core import events as ev
from podium.errors import StoreUnavailableError
from podium.memory.store import MemoryStore
from podium.sqlite.store import SqliteStore
from tests.inside import inner
from tests.unit.engine.rig import Rig, story, turns, until, valve
from tests.unit.engine.world import Trip, World, book, charge, look, order

search = look.state("search", take={"what": "city"}, give="found")
flight = book.state("flight", take={"city": "city"}, give="booked")
travel = StateMachine("travel", Trip, START >> search >> flight >> END)


@step
async def stubborn(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    trip.found = await look(trip.city)
    try:
        trip.booked = await book(trip.city)
    except BaseException:
        world.seen.append("caught")
        await look("after")
        raise


@step
async def pays(trip: Trip) -> None:
    trip.booked = await charge(trip.city)


defying = StateMachine("defying", Trip, START >> stubborn >> END)
ordering = StateMachine("ordering", Trip, START >> order.state("order", take={"what": "city"}) >> END)
paying = StateMachine("paying", Trip, START >> pays >> END)


async def stick(rig: Rig, engine: Engine) -> None:
    """Let an engine look stuck to the others: its process lives, but its lease has run out."""
    inner = valve(engine).inner
    if isinstance(inner, MemoryStore):
        rig.shelf.workers[inner.worker_id].is_stuck = True
    if isinstance(inner, SqliteStore):
        assert inner._writer is not None
        await inner._writer.submit(partial(_expire, worker_id=inner.worker_id))


def _expire(connection: sqlite3.Connection, *, worker_id: str) -> None:
    connection.execute("UPDATE workers SET lease_until = 0 WHERE id = ?", (worker_id,))


async def taken(rig: Rig, machine: StateMachine[Trip], gate: str) -> tuple[Engine, Engine, Handle[Trip]]:
    """Start a run that waits at a gate, and let another engine take it over meanwhile."""
    rig.world.gate(gate)
    engine = await rig.open(machine)
    run = await engine.start(machine, Trip(), id="one")
    await rig.world.entered[gate].wait()
    await stick(rig, engine)
    other = await rig.open(machine)
    there = await other.get("one")
    await until(there, ev.RunTakenOver)
    return engine, other, run


async def test_lost_run_sends_no_write_whatever_it_was_doing(rig: Rig, world: World) -> None:
    engine, other, _ = await taken(rig, travel, "look")
    world.open_gates()
    there = await other.get("one")
    assert (await there.result()).booked == "Busan!"
    await turns()
    assert world.count("book") == 1
    while "one" in inner(engine).host.live:
        await turns(1)


async def test_lost_run_refuses_every_call(rig: Rig, world: World) -> None:
    _, other, _ = await taken(rig, defying, "look")
    world.open_gates()
    await (await other.get("one")).result()
    await turns()
    assert world.count("book") == 1
    assert "look:after" not in world.calls


async def test_process_that_stood_still_and_takes_its_run_again_forgets_what_it_held(rig: Rig, world: World) -> None:
    engine, other, run = await taken(rig, travel, "look")
    old = inner(engine).host.live["one"]
    await rig.crash(other)
    while inner(engine).host.live.get("one") in (old, None):
        await turns(1)
    assert not old.is_held
    world.open_gates()
    assert (await run.result()).booked == "Busan!"
    assert world.count("book") == 1
    events = await story(engine, "one")
    assert [events.count(kind) for kind in ("RunTakenOver", "WriteIntended")] == [2, 1]


async def test_whoever_waits_at_the_old_owner_hears_of_the_end(rig: Rig, world: World) -> None:
    _, _, run = await taken(rig, travel, "look")
    waiting = asyncio.create_task(run.result())
    world.open_gates()
    assert (await waiting).booked == "Busan!"


async def test_write_under_way_at_a_stuck_owner_parks_where_nobody_can_ask(rig: Rig, world: World) -> None:
    _, other, _ = await taken(rig, paying, "charge")
    there = await other.get("one")
    parked = await until(there, ev.StepParked)
    assert parked.reason == "in-doubt"
    world.open_gates()
    await turns()
    assert world.count("charge") == 1


async def test_write_that_is_not_found_may_yet_be_sent_by_a_stuck_owner(rig: Rig, world: World) -> None:
    world.doors["order"] = asyncio.Event()
    engine = await rig.open(ordering)
    await engine.start(ordering, Trip(), id="one")
    await world.entered["order"].wait()
    await stick(rig, engine)
    other = await rig.open(ordering)
    there = await other.get("one")
    parked = await until(there, ev.StepParked)
    assert "may still be alive" in parked.detail
    world.open_gates()
    await there.result()
    assert len(world.effects) == world.count("order") == 1


async def test_late_answer_of_the_old_owner_ends_the_doubt_of_the_new_one(rig: Rig, world: World) -> None:
    _, other, _ = await taken(rig, paying, "charge")
    there = await other.get("one")
    await until(there, ev.StepParked)
    world.open_gates()
    assert (await there.result()).booked == "Busan!"
    assert await other.parked() == []
    events = await story(other, "one")
    assert [events.count(kind) for kind in ("WriteIntended", "WriteDone", "StepResumed")] == [1, 1, 1]
    assert world.count("charge") == 1


async def refused() -> None:
    """As `reopen` of a store whose file is still broken."""
    message = "still gone"
    raise StoreUnavailableError(message)


async def failed(engine: Engine) -> None:
    """Let the store of an engine take nothing more, and say that it has failed."""
    valve(engine).shut()
    await turns()
    inner(engine).host.store_failed(StoreUnavailableError("the disk is gone"))


async def test_store_that_fails_is_opened_anew_and_the_run_goes_on_from_what_is_on_disk(rig: Rig, world: World) -> None:
    gate = world.gate("look")
    engine = await rig.open()
    run = await engine.start(travel, Trip(), id="one")
    waiting = asyncio.create_task(run.result())
    await world.entered["look"].wait()
    was = inner(engine).store.worker_id
    await failed(engine)
    assert inner(engine).host.live == {}
    gate.set()
    assert (await waiting).booked == "Busan!"
    assert world.count("book") == 1
    info = await run.status()
    assert inner(engine).store.worker_id != was
    assert info.epoch == 2


async def test_answer_that_was_not_on_disk_when_the_store_failed_ends_the_doubt(rig: Rig, world: World) -> None:
    """Of a write that is not keyed and can not be asked about: it would have to park."""
    gate = world.gate("charge")
    engine = await rig.open()
    run = await engine.start(paying, Trip(), id="one")
    await world.entered["charge"].wait()
    valve(engine).shut()
    gate.set()
    while not valve(engine).holds:
        await turns(1)
    await failed(engine)
    assert (await run.result()).booked == "Busan!"
    assert world.count("charge") == 1


async def test_answer_that_comes_while_the_store_is_shut_ends_the_doubt(rig: Rig, world: World) -> None:
    gate = world.gate("charge")
    engine = await rig.open()
    run = await engine.start(paying, Trip(), id="one")
    await world.entered["charge"].wait()
    await failed(engine)
    gate.set()
    assert (await run.result()).booked == "Busan!"
    assert world.count("charge") == 1


async def test_nothing_is_started_while_the_store_is_shut_and_the_message_says_what_to_do(rig: Rig) -> None:
    engine = await rig.open(travel)
    await failed(engine)
    with pytest.raises(StoreUnavailableError, match="the disk is gone.*ask again later"):
        await engine.start(travel, Trip(), id="one")
    while inner(engine).host.failure is not None:
        await turns(1)
    assert (await (await engine.start(travel, Trip(), id="one")).result()).booked == "Busan!"


async def test_who_waits_is_told_when_the_engine_is_closed_with_a_store_that_failed(
    rig: Rig, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.gate("look")
    engine = await rig.open()
    run = await engine.start(travel, Trip(), id="one")
    waiting = asyncio.create_task(run.result())
    await world.entered["look"].wait()
    monkeypatch.setattr(valve(engine), "reopen", refused)
    await failed(engine)
    await turns()
    await rig.crash(engine)
    await inner(engine).host.close()
    with pytest.raises(StoreUnavailableError, match="the engine was closed"):
        await waiting


async def test_write_that_waits_for_a_disk_that_fails_is_not_sent(
    rig: Rig, world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = world.gate("look")
    engine = await rig.open()
    await engine.start(travel, Trip(), id="one")
    await world.entered["look"].wait()
    monkeypatch.setattr(valve(engine), "reopen", refused)
    valve(engine).shut()
    gate.set()
    await turns()
    inner(engine).host.store_failed(StoreUnavailableError("the disk is gone"))
    await turns()
    gc.collect()
    assert world.count("book") == 0
    assert [record.message for record in caplog.records if record.exc_info] == []
