"""A budget in the path of calls: reserved on disk before, settled after, refused beyond its limit."""

import logging
from typing import Any

import pytest

from podium import END, FROM_ENGINE, START, Budget, Engine, NotDone, Retry, StateMachine, tool
from podium.engine.guard_store import BudgetRow
from podium.errors import RunCancelledError, RunFailedError, StoreUnavailableError
from tests.inside import inner
from tests.unit.engine.rig import Rig, turns, valve
from tests.unit.engine.world import Trip, World

ONCE = Retry(attempts=1)
LIMIT = 5_000_000


@tool.read(
    retry=ONCE,
    budget=Budget("trips", money=LIMIT, tokens=100, cost=lambda args: (2_000_000, len(args["city"]))),
)
async def look(city: str, *, world: World = FROM_ENGINE) -> str:
    return await world.act("look", city)


@tool.read(
    retry=Retry(attempts=3, base=0, cap=0),
    budget=Budget("trips", money=LIMIT, tokens=100, cost=lambda _: (1_000_000, 1), spent=lambda found: (len(found), 2)),
)
async def ask(city: str, *, world: World = FROM_ENGINE) -> str:
    return await world.act("ask", city)


TAKE: Any = {"take": {"city": "city"}, "give": "found"}
looking: Any = StateMachine("looking", Trip, START >> look.state("looking", **TAKE) >> END)
asking: Any = StateMachine("asking", Trip, START >> ask.state("asking", **TAKE) >> END)


async def run(engine: Engine, workflow: Any) -> str:
    """Run it to its end; return what was found, or what the run failed with."""
    try:
        trip = await (await engine.start(workflow, Trip())).result()
    except RunFailedError as failed:
        return str(failed)
    return str(trip.found)


async def settled(engine: Engine) -> BudgetRow:
    """Return how the budget stands once nothing is about to be settled."""
    while inner(engine).host._tasks - {inner(engine)._loop}:
        await turns(1)
    (row,) = await engine.budgets()
    return row


async def test_call_costs_what_it_says_it_did(rig: Rig) -> None:
    engine = await rig.open()
    assert await run(engine, asking) == "Busan!"
    row = await settled(engine)
    assert (row.money_spent, row.tokens_spent) == (len("Busan!"), 2)
    assert (row.money_reserved, row.tokens_reserved) == (0, 0)
    assert (row.money_max, row.tokens_max) == (LIMIT, 100)


async def test_call_that_does_not_say_costs_what_was_reserved(rig: Rig) -> None:
    engine = await rig.open()
    await run(engine, looking)
    row = await settled(engine)
    assert (row.money_spent, row.money_reserved) == (2_000_000, 0)
    assert (row.tokens_spent, row.tokens_reserved) == (len("Busan"), 0)


async def test_call_beyond_the_limit_is_not_made_and_says_what_is_left(rig: Rig, world: World) -> None:
    engine = await rig.open()
    for _ in range(2):
        await run(engine, looking)
    said = await run(engine, looking)
    assert "OverBudget: the budget trips would be exceeded: 1 of 5 are left, 2 are wanted" in said
    assert "90 of 100 tokens are left, 5 are wanted" in said
    assert world.count("look") == 2


async def test_attempt_that_may_have_been_made_is_paid(rig: Rig, world: World) -> None:
    world.losses["ask"] = [ConnectionError("reset")]
    engine = await rig.open()
    assert await run(engine, asking) == "Busan!"
    row = await settled(engine)
    assert (row.money_spent, row.money_reserved) == (1_000_000 + len("Busan!"), 0)


async def test_attempt_that_was_certainly_not_made_is_free(rig: Rig, world: World) -> None:
    world.failures["ask"] = [ConnectionRefusedError("no"), NotDone("no")]
    engine = await rig.open()
    assert "NotDone" in await run(engine, asking)
    row = await settled(engine)
    assert (row.money_spent, row.money_reserved) == (0, 0)


async def test_call_that_is_called_off_is_paid(rig: Rig, world: World) -> None:
    world.gate("ask")
    engine = await rig.open()
    handle = await engine.start(asking, Trip())
    await world.entered["ask"].wait()
    (row,) = await engine.budgets()
    assert row.money_reserved == 1_000_000
    await handle.cancel()
    with pytest.raises(RunCancelledError):
        await handle.result()
    row = await settled(engine)
    assert (row.money_spent, row.money_reserved) == (1_000_000, 0)


async def test_what_can_not_be_settled_stays_reserved(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    engine = await rig.open()
    caplog.set_level(logging.WARNING)

    async def broken(*_: object, **__: object) -> None:
        raise StoreUnavailableError("no room")

    monkeypatch.setattr(valve(engine).inner, "settle", broken)
    assert await run(engine, asking) == "Busan!"
    row = await settled(engine)
    assert (row.money_spent, row.money_reserved) == (0, 1_000_000)
    assert "is not settled: no room" in caplog.text
