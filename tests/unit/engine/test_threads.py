"""Sync steps and tools run in threads, under the same rules."""

import asyncio
import gc
import threading

import pytest

from podium import END, FROM_ENGINE, START, Approval, IdempotencyKey, StateMachine, step, tool
from podium.core import events as ev
from podium.errors import RunFailedError
from podium.workflow.state import State
from tests.inside import inner
from tests.unit.engine.rig import Rig, story, turns, until
from tests.unit.engine.world import ANY_ERROR, AT_ONCE, WHATEVER, Refused, Trip, World, look


@tool.read(retry=AT_ONCE)
def peek(what: str, *, world: World = FROM_ENGINE) -> str:
    world.seen.append(threading.current_thread().name)
    world.note("peek", what)
    return f"{what}?"


@tool.write(idempotent=True, retry=AT_ONCE)
def stamp(what: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    world.note("stamp", what, key=key)
    return f"{what}#"


@tool.write(idempotent=True, approve=Approval())
def sign(what: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    world.note("sign", what, key=key)
    return f"{what}~"


@tool.write(retry=AT_ONCE)
def drop(what: str, *, world: World = FROM_ENGINE) -> None:
    world.note("drop", what, key="drop")


@step
def plain(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    world.seen.append(threading.current_thread().name)
    trip.found = peek(trip.city)
    trip.booked = stamp(trip.found)


@step
def reaches(trip: Trip) -> None:
    trip.found = look(trip.city)  # type: ignore[assignment]  # an async tool: the mistake this is about


@step
async def calls_sync(trip: Trip) -> None:
    trip.found = peek(trip.city)


@step
async def goes_to_a_thread(trip: Trip) -> None:
    trip.found = await asyncio.to_thread(peek, trip.city)
    trip.booked = await asyncio.to_thread(stamp, trip.city)


@step
def signs(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    world.seen.append("entered")
    try:
        trip.booked = sign(trip.city)
    except ANY_ERROR:
        world.seen.append("caught")
    finally:
        world.seen.append("left")
        trip.found = peek(trip.city)


@step
def doubts(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    try:
        drop(trip.city)
    except BaseException:
        world.seen.append("caught")
        peek("after")
        raise


def machine(state: State[Trip, None]) -> StateMachine[Trip]:
    return StateMachine("one", Trip, START >> state >> END)


async def test_sync_step_calls_sync_tools_in_threads_of_their_own(rig: Rig, world: World) -> None:
    engine = await rig.open()
    trip = await (await engine.start(machine(plain), Trip())).result()
    assert (trip.found, trip.booked) == ("Busan?", "Busan?#")
    assert [name.rpartition("_")[0] for name in world.seen] == ["podium-step", "podium-tool"]


async def test_sync_tool_is_a_state_itself(rig: Rig, world: World) -> None:
    engine = await rig.open()
    one = machine(stamp.state("stamp", take={"what": "city"}, give="booked"))
    assert (await (await engine.start(one, Trip())).result()).booked == "Busan#"
    assert world.calls == ["stamp:Busan"]


async def test_sync_tool_is_retried_and_its_failure_reaches_the_sync_step(rig: Rig, world: World) -> None:
    world.failures["peek"] = [ConnectionError("reset")] * 2 + [Refused("no")]
    engine = await rig.open()
    with pytest.raises(RunFailedError, match="Refused: no"):
        await (await engine.start(machine(plain), Trip())).result()
    assert world.count("peek") == 3
    assert world.count("stamp") == 0


async def test_sync_step_can_not_call_an_async_tool(rig: Rig, world: World) -> None:
    engine = await rig.open()
    with pytest.raises(RunFailedError, match=r"SyncCallError.*'look'"):
        await (await engine.start(machine(reaches), Trip())).result()
    assert world.calls == []


async def test_async_step_can_not_call_a_sync_tool(rig: Rig, world: World) -> None:
    engine = await rig.open()
    with pytest.raises(RunFailedError, match=r"AsyncCallError.*'peek'"):
        await (await engine.start(machine(calls_sync), Trip())).result()
    assert world.calls == []


async def test_async_step_may_call_a_sync_tool_from_a_thread(rig: Rig) -> None:
    engine = await rig.open()
    run = await engine.start(machine(goes_to_a_thread), Trip())
    trip = await run.result()
    assert (trip.found, trip.booked) == ("Busan?", "Busan#")
    kinds = await story(engine, run.id)
    assert {"ReadDone", "WriteIntended", "WriteDone"} <= set(kinds)


async def test_sync_step_is_suspended_past_what_it_catches(rig: Rig, world: World) -> None:
    engine = await rig.open()
    run = await engine.start(machine(signs), Trip())
    await until(run, ev.TaskOpened)
    await run.answer("signs", answer=True)
    trip = await run.result()
    assert (trip.booked, trip.found) == ("Busan~", "Busan?")
    assert world.calls == ["sign:Busan", "peek:Busan"]
    assert "caught" not in world.seen


async def test_sync_step_in_doubt_parks_whatever_it_catches(rig: Rig, world: World) -> None:
    world.losses["drop"] = [ConnectionResetError("in the middle")]
    engine = await rig.open()
    run = await engine.start(machine(doubts), Trip())
    parked = await until(run, ev.StepParked)
    assert parked.reason == "in-doubt"
    assert world.calls == ["drop:Busan"]


@step
def goes_on(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    try:
        drop(trip.city)
    except WHATEVER:
        LEFT.wait()
        try:
            peek("after")
        except WHATEVER as error:
            world.seen.append(type(error).__name__)
        ENDED.set()
        raise


LEFT, ENDED = threading.Event(), threading.Event()


async def test_sync_step_that_outlives_its_engine_is_refused_its_calls(rig: Rig, world: World) -> None:
    world.losses["drop"] = [ConnectionResetError("in the middle")]
    LEFT.clear()
    ENDED.clear()
    engine = await rig.open()
    run = await engine.start(machine(goes_on), Trip())
    await until(run, ev.StepParked)
    await rig.crash(engine)
    LEFT.set()
    assert ENDED.wait(10)  # while the event loop stands still: it may be closed by then
    assert world.seen == ["Suspended"]
    assert world.calls == ["drop:Busan"]


@step
async def doubts_in_a_thread(trip: Trip) -> None:
    await asyncio.to_thread(drop, trip.city)
    await asyncio.to_thread(peek, "after")


async def test_async_step_in_doubt_in_a_thread_parks_without_noise(
    rig: Rig, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.losses["drop"] = [ConnectionResetError("in the middle")]
    engine = await rig.open()
    run = await engine.start(machine(doubts_in_a_thread), Trip())
    assert (await until(run, ev.StepParked)).reason == "in-doubt"
    await turns()
    gc.collect()
    assert world.calls == ["drop:Busan"]
    assert caplog.records == []


async def test_sync_step_replays_its_calls_after_a_crash(rig: Rig, world: World) -> None:
    one = machine(plain)
    engine = await rig.open(one)
    inner(engine).store.cut(ev.WriteDone, before=True)  # type: ignore[attr-defined]  # the valve
    await engine.start(one, Trip(), id="one")
    await inner(engine).store.is_cut.wait()  # type: ignore[attr-defined]
    await rig.crash(engine)
    other = await rig.open(one)
    trip = await (await other.get("one")).result()
    assert (trip.found, trip.booked) == ("Busan?", "Busan?#")
    assert world.count("peek") == 1
    assert world.done == ["stamp:Busan?"]
