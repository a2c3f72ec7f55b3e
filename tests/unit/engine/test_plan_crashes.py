"""A process may die after any commit of a run that plans: another one ends it in the same way, and all happens once."""

import asyncio
from collections import Counter

import pytest

from podium import Plan, PlanStep
from podium.core import events as ev
from podium.core.events import Event
from tests.unit.engine.planned import ASKED, TOOLS, Journey, Ticket, crowd, flight, hotel, journey, planner, spec
from tests.unit.engine.rig import Rig, valve
from tests.unit.engine.world import World

FIRST = spec(flight(args={"price": 2}), PlanStep(name="hotel", tool="crowd", args={"city": "B"}, after=["flight"]))
SECOND = spec(hotel("inn", args={"stars": {"from": "flight", "field": "price"}}, replaces="hotel"))
RESULT = Ticket(number="H-Busan", price=2)

ENDS = (ev.StepStarted, ev.WriteIntended, ev.WriteDone, ev.WriteFailed)
"""What stands last in what is committed at once; a crash never leaves less of that."""

crowded: Plan[Journey, Ticket] = Plan("crowded", Journey, planner, tools=[*TOOLS, crowd], gives=Ticket)


async def whole_journal(rig: Rig) -> list[Event]:
    engine = await rig.open()
    run = await engine.start(crowded, journey(FIRST, SECOND), id="whole")
    assert await run.result() == RESULT
    events = [event for _, event in await engine.events("whole")]
    await rig.crash(engine)
    return events


@pytest.mark.parametrize("part", range(4))
async def test_crash_after_any_commit_of_a_plan_changes_nothing(rig: Rig, world: World, part: int) -> None:
    points = [event for event in (await whole_journal(rig))[2:] if isinstance(event, ENDS)][part::4]
    assert len(points) >= 3
    for number, point in enumerate(points):
        world.effects.clear()
        await crash_after(rig, type(point), getattr(point, "path", ""), f"run {number}")
        assert Counter(world.effects.values()) == {"fly:Busan": 1, "sleep_in:Busan": 1}, point


async def crash_after(rig: Rig, kind: type[Event], path: str, run_id: str) -> None:
    one = await rig.open(crowded)
    valve(one).cut(kind, path=path or None)
    starting = asyncio.create_task(one.start(crowded, journey(FIRST, SECOND), id=run_id))
    await valve(one).is_cut.wait()
    starting.cancel()
    await rig.crash(one)
    asked = len(ASKED)
    two = await rig.open(crowded)
    assert await (await two.get(run_id)).result() == RESULT, (kind, path)
    left = [event for _, event in await two.events(run_id)]
    left = left[: next(at for at, event in enumerate(left) if isinstance(event, ev.RunTakenOver))]
    assert len(ASKED) - asked == 2 - answers(left), "an answer that is on disk is not asked for again"
    await rig.crash(two)


def answers(events: list[Event]) -> int:
    done = [event.path for event in events if isinstance(event, ev.StepDone)]
    return sum(path.startswith("planner") for path in done)
