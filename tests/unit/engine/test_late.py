"""An answer that comes when nobody waits for it any more ends the doubt, wherever the run is by then."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from podium import END, FROM_ENGINE, START, IdempotencyKey, Retry, StateMachine, minutes, tool
from podium.core import events as ev
from podium.effects.leftovers import ENDED_MAX, Leftovers
from podium.engine import inbox
from podium.errors import RunFailedError
from podium.testing.clock import FakeClock
from tests.inside import inner
from tests.unit.engine.rig import Rig, in_time, story, turns, until
from tests.unit.engine.world import Refused, Trip, World

ONCE = Retry(attempts=1)


class Door:
    """What threads wait for, one after the other; each says what becomes of it."""

    def __init__(self) -> None:
        self.waiting: list[threading.Event] = []
        self.refuses = False
        self.calls = 0

    def pass_through(self, what: str) -> str:
        door = threading.Event()
        self.calls += 1
        self.waiting.append(door)
        door.wait()
        if self.refuses:
            raise Refused(what)
        return f"{what}!"

    def open(self) -> None:
        for door in self.waiting:
            door.set()


DOOR = Door()


@pytest.fixture(autouse=True)
def door() -> Iterator[Door]:
    DOOR.__init__()  # type: ignore[misc]  # as new
    yield DOOR
    DOOR.open()


@tool.write(retry=ONCE, timeout=1)
def charge(what: str) -> str:
    """Neither keyed nor able to say."""
    return DOOR.pass_through(what)


@tool.write(retry=ONCE, timeout=1, idempotent=True)
def stamp(what: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    assert key
    return DOOR.pass_through(what)


@tool.write(retry=Retry(attempts=2, base=0, cap=0), timeout=1, idempotent=True)
def insist(what: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    assert key
    return DOOR.pass_through(what)


@tool.write(retry=ONCE, timeout=1, idempotent=minutes(3))
def brief(what: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    """Keyed for three minutes, then it can be asked."""
    world.note("brief", what)
    return DOOR.pass_through(f"{what}{key and ''}")


@brief.reconcile
async def find_brief(what: str, *, world: World = FROM_ENGINE) -> str | None:
    world.note("find_brief", what)
    return None


@tool.write(retry=ONCE, timeout=1, hard=True)
async def deaf(what: str, *, world: World = FROM_ENGINE) -> str:
    """Goes on although it was cancelled."""
    gate = asyncio.ensure_future(world.act("deaf", what, key="deaf"))
    while not gate.done():
        try:
            await asyncio.shield(gate)
        except asyncio.CancelledError:
            continue
    return gate.result()


def alone(what: object, name: str) -> StateMachine[Trip]:
    state = what.state("pay", take={"what": "city"}, give="booked")  # type: ignore[attr-defined]  # a tool
    return StateMachine(name, Trip, START >> state >> END)


insisting = alone(insist, "insisting")
charging, stamping, briefly, deafly = (
    alone(what, name)
    for what, name in [(charge, "charging"), (stamp, "stamping"), (brief, "briefly"), (deaf, "deafly")]
)


async def in_the_end(clock: FakeClock, kind: type[ev.Event], run: object, *, leap_ms: int = 500) -> ev.Event:
    found: ev.Event = await in_time(clock, until(run, kind), leap_ms=leap_ms)  # type: ignore[arg-type]  # a handle
    return found


async def test_thread_that_answers_after_its_time_ends_the_doubt(rig: Rig, door: Door) -> None:
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(charging, Trip())
    await in_the_end(clock, ev.WriteDoubted, run)
    door.open()
    assert (await in_time(clock, run.result())).booked == "Busan!"
    assert door.calls == 1
    assert "StepParked" not in await story(engine, run.id)


async def test_thread_that_is_refused_after_its_time_has_not_written(rig: Rig, door: Door) -> None:
    clock = FakeClock()
    door.refuses = True
    engine = await rig.open(clock=clock)
    run = await engine.start(charging, Trip())
    await in_the_end(clock, ev.WriteDoubted, run)
    door.open()
    with pytest.raises(RunFailedError, match="Refused"):
        await in_time(clock, run.result())
    assert door.calls == 1


async def test_postponed_write_goes_on_when_the_answer_comes(rig: Rig, door: Door) -> None:
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(stamping, Trip())
    postponed = await in_the_end(clock, ev.StepPostponed, run)
    assert isinstance(postponed, ev.StepPostponed)
    door.open()
    resumed = await in_time(clock, until(run, ev.StepResumed), leap_ms=60)
    assert resumed.at < postponed.until
    assert (await in_time(clock, run.result())).booked == "Busan!"
    assert door.calls == 1


async def test_refusal_of_one_of_several_attempts_does_not_end_the_doubt(rig: Rig, door: Door) -> None:
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(stamping, Trip())
    await in_time(clock, until(run, ev.StepPostponed, count=2), leap_ms=500)
    assert door.calls == 2
    door.refuses = True
    door.waiting[0].set()
    await in_time(clock, until(run, ev.StepPostponed, count=3), leap_ms=500)
    assert "WriteFailed" not in await story(engine, run.id)
    door.refuses = False
    door.open()
    assert (await in_time(clock, run.result())).booked == "Busan!"


async def test_nothing_is_asked_while_what_was_left_behind_may_yet_act(rig: Rig, world: World, door: Door) -> None:
    """Its key has expired meanwhile, and `reconcile` would say that it did not happen."""
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(briefly, Trip())
    await in_the_end(clock, ev.StepPostponed, run)
    for _ in range(10):
        await in_time(clock, turns(5), leap_ms=60_000)
    assert world.count("find_brief") == 0
    sent = door.calls
    door.open()
    assert (await in_time(clock, run.result())).booked == "Busan!"
    assert (door.calls, world.count("find_brief")) == (sent, 0)


async def test_task_that_would_not_be_cancelled_ends_the_doubt(rig: Rig, world: World) -> None:
    clock = FakeClock()
    gate = world.gate("deaf")
    engine = await rig.open(clock=clock)
    run = await engine.start(deafly, Trip())
    await in_the_end(clock, ev.WriteDoubted, run)
    gate.set()
    assert (await in_time(clock, run.result())).booked == "Busan!"
    assert world.count("deaf") == 1


async def test_answer_that_can_not_be_read_is_refused_and_changes_nothing(rig: Rig, door: Door) -> None:
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(charging, Trip())
    await in_the_end(clock, ev.WriteDoubted, run)
    for number, body in enumerate(({}, {"path": "pay"}, {"failure": "{}"})):
        await inner(engine).store.put_inbox(inbox.row(f"odd-{number}", run.id, inbox.EVIDENCE, 1, **body))
    while await inner(engine).store.verdict("odd-2") is None:
        await in_time(clock, turns(1), leap_ms=60)
    assert "can not be read" in str(await inner(engine).store.verdict("odd-0"))
    door.open()
    assert (await in_time(clock, run.result())).booked == "Busan!"


async def test_refusal_of_an_attempt_that_was_sent_again_meanwhile_does_not_end_the_doubt(rig: Rig, door: Door) -> None:
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(insisting, Trip())
    while door.calls < 2:
        await in_time(clock, turns(1), leap_ms=500)
    door.refuses = True
    door.waiting[0].set()
    await in_time(clock, turns(), leap_ms=60)
    assert "WriteFailed" not in await story(engine, run.id)
    door.refuses = False
    door.open()
    assert (await in_time(clock, run.result())).booked == "Busan!"


def test_answers_of_what_was_left_behind_are_kept_for_a_while() -> None:
    async def end_many() -> int:
        leftovers = Leftovers()
        for number in range(ENDED_MAX + 5):
            left = asyncio.get_running_loop().create_future()
            leftovers.add(f"key{number}", left)
            left.set_result(None)
        await turns(2)
        return sum(len(leftovers.of(f"key{number}")) for number in range(ENDED_MAX + 5))

    assert asyncio.run(end_many()) == ENDED_MAX
