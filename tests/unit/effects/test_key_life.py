"""A key counts for as long as the other side keeps it, from the first send on, and not a minute longer."""

from typing import Any

import pytest

from podium import END, FROM_ENGINE, START, IdempotencyKey, Retry, StateMachine, days, hours, tool
from podium.core import events as ev
from podium.effects.write import KEY_MARGIN_MS
from podium.engine.engine import Engine
from podium.engine.handle import Handle
from podium.testing.clock import FakeClock
from podium.workflow.tool import Tool
from tests.unit.engine.rig import Rig, in_time, story, until, valve
from tests.unit.engine.world import Trip, World

LOST = ConnectionResetError("in the middle")
ONCE = Retry(attempts=1)
DAY_MS = 24 * 3_600_000


@tool.write(idempotent=True, retry=ONCE)
async def daily(what: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    """Its key is honoured for a day, and nobody can be asked."""
    return await world.act("daily", what, key=key)


@tool.write(idempotent=hours(1), retry=ONCE)
async def hourly(what: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    return await world.act("hourly", what, key=key)


@tool.write(idempotent=days(30), retry=ONCE)
async def monthly(what: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    return await world.act("monthly", what, key=key)


@tool.write(idempotent=True, retry=ONCE)
async def asked(what: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    return await world.act("asked", what, key=key)


@asked.reconcile
async def find(what: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str | None:
    world.calls.append(f"find:{what}")
    return f"{what}!" if key in world.effects else None


def alone(what: Tool[..., Any]) -> StateMachine[Trip]:
    state = what.state("pay", take={"what": "city"}, give="booked")
    return StateMachine(what.name, Trip, START >> state >> END)


DAILY, HOURLY, MONTHLY, ASKED = alone(daily), alone(hourly), alone(monthly), alone(asked)


async def down_for(rig: Rig, machine: StateMachine[Trip], ms: int, *, happened: bool) -> tuple[Engine, Handle[Trip]]:
    """Kill the only process around its write, and let the next one come only so much later."""
    clock = FakeClock()
    engine = await rig.open(machine, clock=clock)
    valve(engine).cut(ev.WriteDone if happened else ev.WriteIntended, before=happened)
    await engine.start(machine, Trip(), id="one")
    await valve(engine).is_cut.wait()
    await rig.crash(engine)
    assert len(rig.world.done) == happened
    clock.jump(ms)
    other = await rig.open(machine, clock=clock)
    rig.world.seen.append("up again")
    return other, await other.get("one")


def clock_of(engine: Engine) -> FakeClock:
    clock = engine._clock
    assert isinstance(clock, FakeClock)
    return clock


@pytest.mark.parametrize("happened", [True, False])
async def test_keyed_write_that_nobody_can_speak_for_parks_after_a_long_downtime(
    rig: Rig, world: World, *, happened: bool
) -> None:
    _, run = await down_for(rig, DAILY, DAY_MS, happened=happened)
    parked = await until(run, ev.StepParked)
    assert (parked.reason, "no key (any more)" in parked.detail) == ("in-doubt", True)
    assert world.count("daily") == happened


@pytest.mark.parametrize("happened", [True, False])
async def test_keyed_write_that_can_be_asked_about_is_asked_about_after_a_long_downtime(
    rig: Rig, world: World, *, happened: bool
) -> None:
    engine, run = await down_for(rig, ASKED, DAY_MS, happened=happened)
    assert (await in_time(clock_of(engine), run.result())).booked == "Busan!"
    assert world.calls == ["asked:Busan", "find:Busan"] if happened else ["find:Busan", "asked:Busan"]
    assert len(world.done) == 1


async def test_what_is_sent_after_its_key_expired_is_not_sent_blindly_again(rig: Rig, world: World) -> None:
    world.losses["asked"] = [LOST]
    engine, run = await down_for(rig, ASKED, DAY_MS, happened=False)
    assert (await in_time(clock_of(engine), run.result())).booked == "Busan!"
    assert world.calls == ["find:Busan", "asked:Busan", "find:Busan"]


@pytest.mark.parametrize("happened", [True, False])
async def test_longer_life_outlasts_the_downtime(rig: Rig, world: World, *, happened: bool) -> None:
    engine, run = await down_for(rig, MONTHLY, 29 * DAY_MS, happened=happened)
    assert (await in_time(clock_of(engine), run.result())).booked == "Busan!"
    assert world.count("monthly") == 1 + happened
    assert world.done == ["monthly:Busan"]


@pytest.mark.parametrize(("left_ms", "is_sent"), [(1, True), (0, False), (-1, False)])
async def test_key_counts_until_a_minute_before_its_end(rig: Rig, world: World, left_ms: int, *, is_sent: bool) -> None:
    _, run = await down_for(rig, DAILY, DAY_MS - KEY_MARGIN_MS - left_ms, happened=True)
    await (run.result() if is_sent else until(run, ev.StepParked))
    assert world.count("daily") == 1 + is_sent


async def test_life_counts_from_the_first_send_however_often_it_is_sent(rig: Rig, world: World) -> None:
    clock = FakeClock()
    world.losses["hourly"] = [LOST] * 999
    engine = await rig.open(HOURLY, clock=clock)
    run = await engine.start(HOURLY, Trip())
    intended = await until(run, ev.WriteIntended)
    parked = await in_time(clock, until(run, ev.StepParked), leap_ms=60_000)
    assert 0 <= parked.at - (intended.at + 3_600_000 - KEY_MARGIN_MS) <= 6 * 60_000
    assert world.count("hourly") > 5
    assert (await story(engine, run.id)).count("WriteIntended") == 1
    assert world.done == ["hourly:Busan"]
