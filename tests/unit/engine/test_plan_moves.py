"""A run that plans moves to a later form of its workflow, and is drawn, like any other."""

import pytest

from podium import Engine, Plan, tool
from podium.core import events as ev
from podium.draw import svg, tree
from podium.engine.migration import migrate
from podium.upkeep_errors import NotMigratedError
from podium.views.story import story_of
from podium.views.tree_rows import tree_rows
from tests.unit.engine.planned import (
    TOOLS,
    Journey,
    Ticket,
    fares,
    flight,
    fly,
    full,
    hotel,
    journey,
    planner,
    spec,
    tent,
)
from tests.unit.engine.rig import Rig, until, valve
from tests.unit.engine.world import World


@tool.read()
async def weather(city: str) -> str:
    """Say how it will be."""
    return city


old: Plan[Journey, Ticket] = Plan("moving", Journey, planner, tools=TOOLS, gives=Ticket)
new: Plan[Journey, Ticket] = Plan("moving", Journey, planner, tools=[*TOOLS, weather], gives=Ticket)
poorer: Plan[Journey, Ticket] = Plan("moving", Journey, planner, tools=[fares, fly], gives=Ticket)


async def parked(rig: Rig, world: World) -> Engine:
    """Return an engine that has let go of a run in the middle of a plan, and has no code of it."""
    world.losses["camp"] = [ConnectionResetError("lost")]
    engine = await rig.open(old)
    run = await engine.start(old, journey(spec(flight(), tent(after=["flight"]))), id="one")
    await until(run, ev.StepParked)
    await rig.crash(engine)
    return await rig.open()


async def test_run_in_the_middle_of_a_plan_moves_to_a_workflow_with_more_tools(rig: Rig, world: World) -> None:
    engine = await parked(rig, world)
    assert await migrate(valve(engine).inner, "one", new)
    assert (await engine.info("one")).graph_hash == new.hash


async def test_run_whose_plan_calls_what_is_gone_does_not_move(rig: Rig, world: World) -> None:
    engine = await parked(rig, world)
    with pytest.raises(NotMigratedError, match="step tent of its plan calls camp, which may not be called there"):
        await migrate(valve(engine).inner, "one", poorer)


# ----- pictures


async def test_picture_of_a_run_shows_its_last_plan_with_how_it_fares(rig: Rig, world: World) -> None:
    world.failures["sleep_in"] = [full()]
    engine = await rig.open()
    first, second = spec(flight(), hotel(after=["flight"])), spec(tent(replaces="hotel"))
    run = await engine.start(old, journey(first, second), id="one")
    await run.result()
    drawn = await run.diagram()
    assert "tent" in drawn
    assert ">hotel<" not in drawn
    view = story_of(old.graph, [event for _, event in await engine.events("one")])
    lines = {line.name: line for line in tree(view.drawn, tree_rows(view, now_ms=0))}
    assert (lines["tent"].word, lines["tent"].depth) == ("done", 1)
    assert "×2" in lines["plan"].note
    assert svg(view.drawn, view.overlay()) == drawn


async def test_picture_of_a_workflow_says_where_plans_are_carried_out(rig: Rig) -> None:
    del rig
    assert "carries out a plan" in svg(old.graph, None)


async def test_picture_of_a_fork_shows_the_plan_that_it_is_in(rig: Rig, world: World) -> None:
    engine = await rig.open()
    run = await engine.start(old, journey(spec(flight(), tent(after=["flight"]))), id="one")
    await run.result()
    begun = [seq for seq, event in await engine.events("one") if event == ev.StepStarted(event.at, "plan/tent")]
    fork = await run.fork(at=begun[0], writes=True, id="two")
    await fork.result()
    view = story_of(old.graph, [event for _, event in await engine.events("two")])
    statuses = {row.path: row.status for row in tree_rows(view, now_ms=0)}
    assert (statuses["plan/flight"], statuses["plan/tent"]) == ("done", "done")
