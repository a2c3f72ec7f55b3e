"""Once a write may have happened, only success, a replay or its reconcile ends the doubt; nothing is sent blindly."""

import asyncio

import pytest

from podium import END, FROM_ENGINE, START, IdempotencyKey, Retry, StateMachine, Status, Verb, minutes, tool
from podium.core import events as ev
from podium.errors import RunFailedError
from podium.testing.clock import FakeClock
from tests.inside import inner
from tests.unit.engine.rig import Rig, in_time, story, until, valve
from tests.unit.engine.world import AT_ONCE, Refused, Trip, World, book, charge, order

RESET = ConnectionResetError("in the middle")
REFUSED = ConnectionRefusedError("down")
LONG = Retry(attempts=3, base=10**9, cap=10**9)


@tool.write(idempotent=minutes(10), retry=AT_ONCE)
async def brief(what: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    """Its key is honoured for ten minutes."""
    return await world.act("brief", what, key=key)


@tool.write(idempotent=minutes(10), retry=AT_ONCE)
async def either(what: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    """Keyed for a while, then it can be asked."""
    return await world.act("either", what, key=key)


@either.reconcile
async def find_either(what: str, *, world: World = FROM_ENGINE) -> str | None:
    world.note("find_either", what)
    return "found"


@tool.write(retry=LONG)
async def patient(what: str, *, world: World = FROM_ENGINE) -> str:
    return await world.act("patient", what, key="patient")


def only(what: object, name: str) -> StateMachine[Trip]:
    state = what.state("pay", take={"what": "city"}, give="booked")  # type: ignore[attr-defined]
    return StateMachine(name, Trip, START >> state >> END)


keyed = StateMachine("keyed", Trip, START >> book.state("pay", take={"city": "city"}, give="booked") >> END)
plain, asked, short, both, waits = (
    only(which, name)
    for which, name in [(charge, "plain"), (order, "asked"), (brief, "short"), (either, "both"), (patient, "waits")]
)


async def test_refusal_after_a_doubt_does_not_end_it(rig: Rig, world: World) -> None:
    clock = FakeClock()
    world.failures["brief"] = [RESET, Refused("no")]
    engine = await rig.open(clock=clock)
    run = await engine.start(short, Trip())
    parked = await in_time(clock, until(run, ev.StepParked))
    assert parked.reason == "in-doubt"
    assert "it was refused when it was sent again" in parked.detail
    assert "WriteFailed" not in await story(engine, run.id)
    assert world.count("brief") == 2


async def test_success_under_the_same_key_ends_a_doubt(rig: Rig, world: World) -> None:
    world.losses["book"] = [RESET]
    engine = await rig.open()
    run = await engine.start(keyed, Trip())
    assert (await run.result()).booked == "Busan!"
    assert world.count("book") == 2
    assert world.done == ["book:Busan"]


async def test_keyed_write_in_doubt_goes_on_later_with_the_same_key(rig: Rig, world: World) -> None:
    clock = FakeClock()
    world.losses["brief"] = [RESET] * 3
    engine = await rig.open(clock=clock)
    run = await engine.start(short, Trip())
    postponed = await in_time(clock, until(run, ev.StepPostponed))
    assert postponed.until > postponed.at
    assert (await in_time(clock, run.result())).booked == "Busan!"
    assert world.count("brief") == 4
    assert world.done == ["brief:Busan"]


async def test_postponed_write_waits_longer_each_time_and_at_most_five_minutes(rig: Rig, world: World) -> None:
    clock = FakeClock()
    world.losses["book"] = [RESET] * 60
    engine = await rig.open(clock=clock)
    run = await engine.start(keyed, Trip())
    await in_time(clock, until(run, ev.StepPostponed, count=12), leap_ms=30_000)
    events = [event for _, event in await engine.events(run.id) if isinstance(event, ev.StepPostponed)]
    waits_ms = [event.until - event.at for event in events]
    assert waits_ms == sorted(waits_ms)
    assert 1_000 <= waits_ms[0] < waits_ms[-1] == 300_000


async def test_key_is_not_relied_on_near_the_end_of_its_life(rig: Rig, world: World) -> None:
    clock = FakeClock()
    world.failures["brief"] = [RESET] * 999
    engine = await rig.open(clock=clock)
    run = await engine.start(short, Trip())
    intended = await until(run, ev.WriteIntended)
    parked = await in_time(clock, until(run, ev.StepParked), leap_ms=10_000)
    assert 9 * 60_000 <= parked.at - intended.at < 16 * 60_000
    sent = world.count("brief")
    await run.resolve("pay", Verb.DONE, answer="by hand")
    assert (await run.result()).booked == "by hand"
    assert world.count("brief") == sent


async def test_write_whose_key_is_too_old_is_asked_about(rig: Rig, world: World) -> None:
    clock = FakeClock()
    engine = await rig.open(both, clock=clock)
    valve(engine).cut(ev.WriteDone, before=True)
    await engine.start(both, Trip(), id="one")
    await valve(engine).is_cut.wait()
    await rig.crash(engine)
    clock.jump(9 * 60_000 + 1)
    other = await rig.open(both, clock=clock)
    assert (await in_time(clock, (await other.get("one")).result())).booked == "found"
    assert (world.count("either"), world.count("find_either")) == (1, 1)


async def test_write_whose_key_is_young_is_sent_again_after_a_crash(rig: Rig, world: World) -> None:
    clock = FakeClock()
    engine = await rig.open(both, clock=clock)
    valve(engine).cut(ev.WriteDone, before=True)
    await engine.start(both, Trip(), id="one")
    await valve(engine).is_cut.wait()
    await rig.crash(engine)
    clock.jump(9 * 60_000 - 10_000)
    other = await rig.open(both, clock=clock)
    assert (await in_time(clock, (await other.get("one")).result())).booked == "Busan!"
    assert (world.count("either"), world.count("find_either")) == (2, 0)
    assert world.done == ["either:Busan"]


@pytest.mark.parametrize("happened", [True, False])
async def test_write_that_can_be_asked_about_is_asked_after_a_crash(rig: Rig, world: World, *, happened: bool) -> None:
    engine = await rig.open(asked)
    valve(engine).cut(*((ev.WriteDone,) if happened else (ev.WriteIntended,)), before=happened)
    await engine.start(asked, Trip(), id="one")
    await valve(engine).is_cut.wait()
    await rig.crash(engine)
    assert len(world.done) == happened
    other = await rig.open(asked)
    assert (await (await other.get("one")).result()).booked == "Busan!"
    assert len(world.done) == 1
    assert world.count("find_order") == 1


async def test_reconcile_that_fails_is_asked_again_later(rig: Rig, world: World) -> None:
    clock = FakeClock()
    world.failures["find_either"] = [RESET, RESET]
    engine = await rig.open(both, clock=clock)
    valve(engine).cut(ev.WriteDone, before=True)
    await engine.start(both, Trip(), id="one")
    await valve(engine).is_cut.wait()
    await rig.crash(engine)
    clock.jump(10 * 60_000)
    other = await rig.open(both, clock=clock)
    assert (await in_time(clock, (await other.get("one")).result(), leap_ms=60_000)).booked == "found"
    assert (world.count("either"), world.count("find_either")) == (1, 3)


async def test_reconcile_that_says_no_for_good_parks(rig: Rig, world: World) -> None:
    clock = FakeClock()
    world.failures["find_either"] = [TypeError("a bug")]
    world.losses["either"] = [TypeError("another bug")]
    engine = await rig.open(clock=clock)
    run = await engine.start(both, Trip())
    parked = await in_time(clock, until(run, ev.StepParked))
    assert "reconcile failed" in parked.detail
    assert "a bug" in parked.detail


async def test_write_that_is_called_off_by_its_own_library_is_in_doubt(rig: Rig, world: World) -> None:
    world.losses["charge"] = [asyncio.CancelledError()]
    engine = await rig.open()
    run = await engine.start(plain, Trip())
    parked = await until(run, ev.StepParked)
    assert parked.reason == "in-doubt"
    assert world.count("charge") == 1


class MuteError(Exception):
    """Its own code fails, whatever it is asked."""

    def __str__(self) -> str:
        raise RuntimeError("no text")

    def __getattr__(self, name: str) -> object:
        raise KeyError(name)


async def test_error_that_can_not_be_read_leaves_a_write_in_doubt(rig: Rig, world: World) -> None:
    world.losses["charge"] = [MuteError()]
    engine = await rig.open()
    run = await engine.start(plain, Trip())
    parked = await until(run, ev.StepParked)
    assert parked.reason == "in-doubt"
    assert "MuteError: <its str() raised RuntimeError>" in parked.detail
    assert world.count("charge") == 1


async def test_bug_in_a_write_leaves_it_in_doubt(rig: Rig, world: World) -> None:
    world.losses["charge"] = [AttributeError("typo after the request")]
    engine = await rig.open()
    run = await engine.start(plain, Trip())
    assert (await until(run, ev.StepParked)).reason == "in-doubt"
    assert world.count("charge") == 1


async def test_long_wait_for_an_unsent_write_is_no_doubt_and_holds_no_worker(rig: Rig, world: World) -> None:
    clock = FakeClock()
    world.failures["patient"] = [REFUSED]
    engine = await rig.open(waits, clock=clock)
    run = await engine.start(waits, Trip(), id="one")
    await until(run, ev.StepPostponed)
    assert inner(engine).host.live == {}
    assert "WriteReleased" in await story(engine, "one")
    assert world.count("patient") == 1


async def test_write_that_waits_unsent_is_given_up_by_a_cancel(rig: Rig, world: World) -> None:
    clock = FakeClock()
    world.failures["patient"] = [REFUSED]
    engine = await rig.open(waits, clock=clock)
    run = await engine.start(waits, Trip(), id="one")
    await until(run, ev.StepPostponed)
    await run.cancel()
    assert (await run.status()).status is Status.CANCELLED
    assert world.count("patient") == 1


async def test_definite_failure_before_any_doubt_is_a_failure(rig: Rig, world: World) -> None:
    world.failures["charge"] = [Refused("no")]
    engine = await rig.open()
    with pytest.raises(RunFailedError, match="Refused: no"):
        await (await engine.start(plain, Trip())).result()
    assert world.count("charge") == 1
