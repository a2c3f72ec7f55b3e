"""Runs go on by a later form of their workflow, where their whole journal fits it."""

from typing import Any

import pytest
from pydantic import BaseModel

from podium import END, START, Dag, Engine, StateMachine, node, step, wait
from podium.core import events as ev
from podium.engine.migration import migrate
from podium.graph.diff import differences
from podium.upkeep_errors import NotMigratedError
from tests.unit.engine.rig import Rig, until, valve
from tests.unit.engine.world import Trip

GO = wait("go", str, give="found")


class Longer(BaseModel):
    city: str = "Busan"
    found: str = ""
    booked: str = ""
    log: list[str] = []
    stars: int = 3


class Other(BaseModel):
    city: int = 1
    found: str = ""
    booked: str = ""
    log: list[str] = []


@step
async def rate(trip: Longer) -> None:
    trip.stars += 1


def old() -> StateMachine[Trip]:
    @step
    async def think(trip: Trip) -> None:
        trip.log.append("thought")

    return StateMachine("trip", Trip, START >> think >> GO >> END)


def new() -> StateMachine[Longer]:
    @step
    async def think(trip: Longer) -> None:
        trip.log.append("thought longer")

    return StateMachine("trip", Longer, START >> think >> GO >> rate >> END)


def retyped() -> StateMachine[Other]:
    @step
    async def think(trip: Other) -> None:
        trip.log.append("thought otherwise")

    return StateMachine("trip", Other, START >> think >> GO >> END)


OLD, NEW, RETYPED = old(), new(), retyped()
GONE = StateMachine("trip", Trip, START >> GO >> END)


class Ask(BaseModel):
    n: int = 1


@node
async def one(n: int) -> int:
    return n


GATE = wait("gate", str)


@node
async def both(one: int, gate: str) -> str:
    return f"{one} {gate}"


@node
async def last(both: str) -> str:
    return f"{both}!"


@node
async def early(one: int) -> int:
    return one


SMALL = Dag("small", Ask, one, GATE, both, gives=both)
GROWN = Dag("small", Ask, one, GATE, both, last, gives=last)
AT_ONCE = Dag("small", Ask, one, GATE, both, early, gives=both)


async def waiting(rig: Rig) -> Engine:
    """Return an engine whose run waits, and is let go of."""
    engine = await rig.open(OLD)
    handle = await engine.start(OLD, Trip(city="Ulsan"), id="r")
    while (await handle.status()).owner is not None:
        await until(handle, ev.StepStarted, count=2)
    return engine


async def test_run_goes_on_by_the_new_graph_from_where_it_stood(rig: Rig) -> None:
    engine = await waiting(rig)
    assert await migrate(valve(engine), "r", NEW)
    assert not await migrate(valve(engine), "r", NEW)
    later = await rig.open(NEW)
    handle = await later.get("r")
    await handle.signal("go", "x")
    result = await handle.result()
    assert (result.city, result.log, result.stars) == ("Ulsan", ["thought"], 4)


@pytest.mark.parametrize(
    ("form", "why"),
    [(GONE, "think: it has been there"), (RETYPED, "city.*a new field needs a default")],
    ids=["place gone", "data of another type"],
)
async def test_run_that_does_not_fit_is_left_as_it_was(rig: Rig, form: StateMachine[Any], why: str) -> None:
    engine = await waiting(rig)
    before = await engine.info("r")
    with pytest.raises(NotMigratedError, match=why):
        await migrate(valve(engine), "r", form)
    assert await engine.info("r") == before
    handle = await engine.get("r")
    await handle.signal("go", "x")
    assert (await handle.result()).log == ["thought"]


async def test_run_that_is_over_or_another_workflows_is_refused(rig: Rig) -> None:
    engine = await waiting(rig)
    with pytest.raises(NotMigratedError, match="a run of trip"):
        await migrate(valve(engine), "r", SMALL)
    handle = await engine.get("r")
    await handle.signal("go", "x")
    await handle.result()
    with pytest.raises(NotMigratedError, match="nothing of it goes on"):
        await migrate(valve(engine), "r", NEW)


async def test_run_that_a_living_worker_holds_is_refused(rig: Rig) -> None:
    engine = await waiting(rig)
    await valve(engine).claim_one("r")
    other = await rig.open()
    with pytest.raises(NotMigratedError, match="it moves at this moment"):
        await migrate(valve(other), "r", NEW)


async def test_node_that_waits_for_what_is_to_come_may_be_added(rig: Rig) -> None:
    engine = await rig.open(SMALL)
    handle = await engine.start(SMALL, Ask(), id="d")
    await until(handle, ev.StepDone)
    while (await handle.status()).owner is not None:
        await until(handle, ev.StepDone)
    with pytest.raises(NotMigratedError, match="early: all that it needs is there already"):
        await migrate(valve(engine), "d", AT_ONCE)
    assert await migrate(valve(engine), "d", GROWN)
    later = await rig.open(GROWN)
    moved = await later.get("d")
    await moved.signal("gate", "open")
    assert await moved.result() == "1 open!"


def test_difference_names_what_was_added_taken_away_and_changed() -> None:
    found = {one.what: (one.before, one.after) for one in differences(OLD.graph, NEW.graph)}
    assert found["go: leads to"] == ("END", "rate")
    assert found["rate: kind"] == ("", "step")
    assert found["field stars"][0] == ""
    assert list(differences(OLD.graph, OLD.graph)) == []
