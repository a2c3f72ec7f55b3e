"""What one engine tells others of its breakers, what it takes over from them, and orders that all obey."""

import asyncio
import logging
from datetime import timedelta
from typing import Any

import pytest

from podium import END, FROM_ENGINE, START, Breaker, Engine, Retry, StateMachine, tool
from podium.engine.guard_store import BreakerRow, BreakerSwitch
from podium.engine.guarding import BreakerInfo
from podium.errors import DefinitionErrors, RunFailedError, StoreUnavailableError
from podium.guard.breaker import BreakerState
from podium.guard.guards import ADOPTED_MS_MAX
from podium.guard_errors import UnknownBreakerError
from podium.testing.clock import FakeClock
from tests.inside import inner
from tests.unit.engine.rig import Rig, in_time, valve
from tests.unit.engine.world import Trip, World

ONCE = Retry(attempts=1)
AIRLINE = Breaker("airline", consecutive=2, open_for=20, open_for_max=40)


@tool.read(retry=ONCE, breaker=AIRLINE)
async def seats(city: str, *, world: World = FROM_ENGINE) -> str:
    return await world.act("seats", city)


@tool.read(retry=ONCE, breaker=Breaker(consecutive=2))
async def meals(city: str, *, world: World = FROM_ENGINE) -> str:
    return await world.act("meals", city)


TAKE: dict[str, Any] = {"take": {"city": "city"}, "give": "found"}
flight: Any = StateMachine("flight", Trip, START >> seats.state("flight", **TAKE) >> END)
dinner: Any = StateMachine("dinner", Trip, START >> meals.state("dinner", **TAKE) >> END)


async def run(engine: Engine, workflow: Any = flight) -> str:
    """Run it to its end; return what was found, or the failure's class."""
    try:
        trip = await (await engine.start(workflow, Trip())).result()
    except RunFailedError as failed:
        return next(name for name in ("BreakerOpen", "ConnectionError") if f"{name}: " in str(failed))
    return str(trip.found)


async def fail(engine: Engine, world: World, *, times: int = 2) -> None:
    """Let calls of the airline fail, one after another."""
    for _ in range(times):
        world.failures["seats"].append(ConnectionError("down"))
        assert await run(engine) == "ConnectionError"


async def airline(engine: Engine) -> BreakerInfo:
    return next(info for info in await engine.breakers() if info.name == "airline")


def here(engine: Engine) -> BreakerState:
    """Return what the breaker of this very engine does."""
    return next(view.state for view in inner(engine).host.around.guards.breakers() if view.name == "airline")


async def sees(engine: Engine, state: BreakerState, clock: FakeClock) -> None:
    """Let time pass in small steps until an engine's own breaker is in a state."""

    async def look() -> None:
        while here(engine) is not state:
            await asyncio.sleep(0)

    await asyncio.wait_for(in_time(clock, look(), leap_ms=12), timeout=60)


async def test_breaker_is_known_before_it_was_ever_used(rig: Rig) -> None:
    engine = await rig.open(flight, dinner)
    found = await engine.breakers()
    assert [(info.name, info.state, info.calls) for info in found] == [
        ("airline", BreakerState.CLOSED, None),
        ("meals", BreakerState.CLOSED, None),
    ]


async def test_counts_are_shown_by_the_process_that_made_the_calls(rig: Rig, world: World) -> None:
    one, other = await rig.open(flight), await rig.open(flight)
    await fail(one, world, times=1)
    assert await run(one) == "Busan!"
    mine, others = await airline(one), await airline(other)
    assert (mine.calls, mine.failures, mine.slow) == (2, 1, 0)
    assert (others.calls, others.failures, others.slow) == (None, None, None)


async def test_opening_is_adopted_by_other_engines_and_nothing_else(rig: Rig, world: World) -> None:
    clock = FakeClock()
    one, other = await rig.open(flight, clock=clock), await rig.open(flight, clock=clock)
    assert await run(other) == "Busan!"
    await fail(one, world, times=1)
    assert (await airline(other)).failures == 0
    await fail(one, world, times=1)
    await sees(other, BreakerState.OPEN, clock)
    told = await airline(other)
    assert told.until is not None
    assert 0 < told.until - clock.now_ms() <= 25_000
    assert "down" in told.why
    count = world.count("seats")
    assert await run(other) == "BreakerOpen"
    assert world.count("seats") == count


async def test_restart_begins_closed_unless_an_opening_still_holds(rig: Rig, world: World) -> None:
    clock = FakeClock()
    one = await rig.open(flight, clock=clock)
    await fail(one, world)
    assert (await in_time(clock, published(one), leap_ms=12)).state == "open"
    await rig.crash(one)
    early = await rig.open(flight, clock=clock)
    assert await run(early) == "BreakerOpen"
    await rig.crash(early)
    clock.jump(60_000)
    late = await rig.open(flight, clock=clock)
    assert await run(late) == "Busan!"


async def published(engine: Engine) -> BreakerRow:
    while not (row := (await inner(engine).store.breakers())[0]).version:
        await asyncio.sleep(0)
    return row


async def test_opening_holds_no_longer_than_a_minute_or_so_whatever_the_clock_says(rig: Rig) -> None:
    """The row says an hour; a clock that was turned back would say the same."""
    clock = FakeClock()
    one = await rig.open(flight, clock=clock)
    await inner(one).store.put_breaker(BreakerRow(name="airline", state="open", until=clock.now_ms() + 3_600_000, at=1))
    other = await rig.open(flight, clock=clock)
    assert await run(other) == "BreakerOpen"
    clock._now_ms += ADOPTED_MS_MAX
    await inner(other).guards.adopt()
    assert await run(other) == "Busan!"


async def test_order_is_obeyed_by_every_engine_until_it_ends(rig: Rig, world: World) -> None:
    clock = FakeClock()
    one, other = await rig.open(flight, clock=clock), await rig.open(flight, clock=clock)
    assert [await run(engine) for engine in (one, other)] == ["Busan!", "Busan!"]
    await one.override_breaker(
        "airline", BreakerSwitch.OPEN, duration=timedelta(seconds=30), by="ada", reason="mending"
    )
    await sees(other, BreakerState.FORCED_OPEN, clock)
    for engine in (one, other):
        assert await run(engine) == "BreakerOpen"
        info = await airline(engine)
        assert info.override is not None
        assert (info.state, info.override.by, info.override.reason) == (BreakerState.FORCED_OPEN, "ada", "mending")
    await clock.skip(30_000)
    assert [await run(engine) for engine in (one, other)] == ["Busan!", "Busan!"]
    info = await airline(one)
    assert (info.state, info.override) == (BreakerState.CLOSED, None)


async def test_order_is_obeyed_by_an_engine_that_is_opened_later(rig: Rig) -> None:
    one = await rig.open(flight)
    await one.override_breaker("airline", BreakerSwitch.OPEN, by="ada")
    other = await rig.open(flight)
    assert await run(other) == "BreakerOpen"


async def test_disabled_breaker_lets_every_call_through(rig: Rig, world: World) -> None:
    clock = FakeClock()
    engine = await rig.open(flight, clock=clock)
    await fail(engine, world)
    assert await run(engine) == "BreakerOpen"
    await engine.override_breaker("airline", BreakerSwitch.DISABLED, by="ada")
    await fail(engine, world, times=5)
    assert await run(engine) == "Busan!"
    assert (await airline(engine)).state is BreakerState.DISABLED


async def test_order_to_decide_by_itself_forgets_what_made_it_open(rig: Rig, world: World) -> None:
    clock = FakeClock()
    one, other = await rig.open(flight, clock=clock), await rig.open(flight, clock=clock)
    assert await run(other) == "Busan!"
    await fail(one, world)
    await sees(other, BreakerState.OPEN, clock)
    await one.override_breaker("airline", BreakerSwitch.AUTO, by="ada")
    await sees(other, BreakerState.CLOSED, clock)
    late = await rig.open(flight, clock=clock)
    assert [await run(engine) for engine in (one, other, late)] == ["Busan!"] * 3


async def test_opening_does_not_end_an_order(rig: Rig, world: World) -> None:
    clock = FakeClock()
    one = await rig.open(flight, clock=clock)
    await one.override_breaker("airline", BreakerSwitch.DISABLED, by="ada")
    used, unused = await rig.open(flight, clock=clock), await rig.open(flight, clock=clock)
    assert await run(used) == "Busan!"
    await inner(one).store.put_breaker(BreakerRow(name="airline", state="open", until=clock.now_ms() + 9000, at=1))
    for engine in (used, unused):
        await inner(engine).guards.adopt()
        assert await run(engine) == "Busan!"


async def test_order_for_a_breaker_that_nobody_has_is_refused(rig: Rig) -> None:
    engine = await rig.open(flight)
    with pytest.raises(UnknownBreakerError, match="did you mean 'airline'"):
        await engine.override_breaker("airlin", BreakerSwitch.OPEN, by="ada")


async def test_workflows_of_one_engine_say_the_same_of_one_name(rig: Rig) -> None:
    @tool.read(breaker=Breaker("airline", consecutive=2, open_for=20, open_for_max=40, probes=9))
    async def other(city: str) -> str:
        return city

    second: Any = StateMachine("second", Trip, START >> other.state("other", take={"city": "city"}) >> END)
    with pytest.raises(DefinitionErrors) as raised:
        await rig.open(flight, second)
    (fault,) = raised.value.faults
    assert fault.message == "tool other: Breaker 'airline' says probes=9, and tool seats says probes=3"
    engine = await rig.open(flight)
    with pytest.raises(DefinitionErrors, match="second"):
        await engine.start(second, Trip())
    assert await engine.runs() == []


async def test_breaker_does_its_work_when_nobody_can_be_told(
    rig: Rig, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    engine = await rig.open(flight)
    caplog.set_level(logging.WARNING)

    async def broken(_: BreakerRow) -> None:
        raise StoreUnavailableError("no room")

    monkeypatch.setattr(valve(engine).inner, "put_breaker", broken)
    await fail(engine, world)
    assert await run(engine) == "BreakerOpen"
    assert "airline is open, and other processes are not told: no room" in caplog.text
