"""A write that a model asks for is a step of its own: keys, approvals, compensations, doubt, one after another."""

import json
from typing import Any

import pytest
from pydantic import BaseModel

from podium import (
    END,
    FROM_ENGINE,
    START,
    Approval,
    IdempotencyKey,
    NotDone,
    OnFailure,
    StateMachine,
    Verb,
    step,
    tool,
)
from podium.agents import Agent, MalformedOutput
from podium.core.events import StepDone, StepParked, TaskOpened, WriteDone
from podium.errors import RunCompensatedError
from tests.unit.agents.script import Script, final
from tests.unit.engine.rig import Rig, until
from tests.unit.engine.world import World


@tool.write(idempotent=True)
async def book(city: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    """Book a room."""
    return await world.act("book", city, key=key)


@book.compensate
async def unbook(room: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> None:
    await world.act("unbook", room, key=key)


@tool.write(irreversible=True)
async def pay(city: str, *, world: World = FROM_ENGINE) -> str:
    """Pay for a room, at a service that knows no keys."""
    return await world.act("pay", city)


class Title(BaseModel):
    title: str


def asks(*calls: tuple[Any, ...]) -> Script:
    return Script(list(calls), "all said")


async def test_writes_are_made_in_the_order_asked_and_their_results_go_back(rig: Rig, world: World) -> None:
    script = asks(("book", {"city": "Busan"}), ("pay", {"city": "Busan"}), ("book", {"city": "Seoul"}))
    engine = await rig.open()
    run = await engine.start(Agent("desk", script.model, tools=[book, pay]), "go")
    assert await run.result() == "all said"
    assert world.calls == ["book:Busan", "pay:Busan", "book:Seoul"]
    assert script.heard[1] == ["Busan!", "Busan!", "Seoul!"]
    done = [event.path for _, event in await engine.events(run.id) if isinstance(event, WriteDone)]
    assert done == ["act", "act#2", "act#3"]


async def test_after_a_write_that_failed_the_later_ones_are_not_started_and_the_model_is_told(
    rig: Rig, world: World
) -> None:
    world.failures["book"].append(NotDone("full"))
    script = asks(("book", {"city": "Busan"}), ("pay", {"city": "Busan"}))
    engine = await rig.open()
    run = await engine.start(Agent("desk", script.model, tools=[book, pay]), "go")
    assert await run.result() == "all said"
    assert world.calls == ["book:Busan"]
    assert script.heard[1] == [
        '{"failed": "permanent", "error": "NotDone", "message": "full"}',
        "Not started, because a call before it failed.",
    ]


async def test_a_write_in_doubt_parks_before_the_next_one(rig: Rig, world: World) -> None:
    world.losses["pay"].append(TimeoutError())
    script = asks(("pay", {"city": "Busan"}), ("book", {"city": "Busan"}))
    engine = await rig.open()
    run = await engine.start(Agent("desk", script.model, tools=[book, pay], on_failure=OnFailure.STOP), "go")
    await until(run, StepParked)
    assert world.calls == ["pay:Busan"]
    await run.resolve("act", Verb.DONE, answer="paid by hand")
    assert await run.result() == "all said"
    assert (world.calls, script.heard[1]) == (["pay:Busan", "book:Busan"], ["paid by hand", "Busan!"])


async def test_a_refusal_goes_back_to_the_model_and_nothing_is_sent(rig: Rig, world: World) -> None:
    @tool.write(irreversible=True, approve=Approval())
    async def buy(item: str, *, world: World = FROM_ENGINE) -> str:
        return await world.act("buy", item)

    script = asks(("buy", {"item": "car"}))
    engine = await rig.open()
    run = await engine.start(Agent("desk", script.model, tools=[buy]), "go")
    await until(run, TaskOpened)
    (task,) = await engine.tasks()
    assert json.loads(task.context) == {"tool": "buy", "args": {"item": "car"}}
    await run.answer("act", answer=False)
    assert await run.result() == "all said"
    assert world.calls == []
    assert "NotApproved" in script.heard[1][0]


async def test_what_an_agent_wrote_is_undone_when_the_run_fails(rig: Rig, world: World) -> None:
    script = Script([("book", {"city": "Busan"})], [("nonsense", {})], [("nonsense", {})])
    engine = await rig.open()
    run = await engine.start(Agent("desk", script.model, tools=[book]), "go")
    with pytest.raises(RunCompensatedError) as ended:
        await run.result()
    assert ended.value.failure is not None
    assert (ended.value.failure.kind, ended.value.failure.type) == ("malformed_output", MalformedOutput.__name__)
    assert world.calls == ["book:Busan", "unbook:Busan!"]


async def test_two_calls_with_one_business_key_are_one_act(rig: Rig, world: World) -> None:
    @tool.write(irreversible=True, once_by=lambda call: call.args["order"])
    async def ship(order: str, *, world: World = FROM_ENGINE) -> str:
        return await world.act("ship", order)

    script = Script([("ship", {"order": "7"})], [("ship", {"order": "7"})], "ok")
    engine = await rig.open()
    assert await (await engine.start(Agent("desk", script.model, tools=[ship]), "go")).result() == "ok"
    assert (world.calls, script.heard[1], script.heard[2]) == (["ship:7"], ["7!"], ["7!"])


async def test_calls_that_share_an_id_are_told_apart(rig: Rig, world: World) -> None:
    script = Script(
        [("book", {"city": "A"}, "same"), ("book", {"city": "B"}, "same")], [("book", {"city": "C"}, "same")], "ok"
    )
    engine = await rig.open()
    assert await (await engine.start(Agent("desk", script.model, tools=[book]), "go")).result() == "ok"
    assert world.calls == ["book:A", "book:B", "book:C"]
    assert script.heard[1:] == [["A!", "B!"], ["C!"]]


@pytest.mark.parametrize("first", ["book", "final_result"])
async def test_an_output_beside_a_write_is_no_answer(rig: Rig, world: World, first: str) -> None:
    both = [("book", {"city": "A"}), ("final_result", {"title": "booked"})]
    later = [[("book", {"city": "A"})], final(title="booked")]  # what did not fit is no part of the conversation
    script = Script(sorted(both, key=lambda call: call[0] != first), lambda: later.pop(0))
    engine = await rig.open()
    run = await engine.start(Agent("desk", script.model, tools=[book], output=Title), "go")
    assert await run.result() == Title(title="booked")
    assert (world.calls, len(script.paid)) == (["book:A"], 3)


async def test_a_sync_write_is_made_in_a_thread(rig: Rig, world: World) -> None:
    @tool.write(irreversible=True)
    def stamp(paper: str, *, world: World = FROM_ENGINE) -> str:
        world.note("stamp", paper, key=paper)
        return "stamped"

    script = asks(("stamp", {"paper": "visa"}))
    engine = await rig.open()
    assert await (await engine.start(Agent("desk", script.model, tools=[stamp]), "go")).result() == "all said"
    assert (world.calls, script.heard[1]) == (["stamp:visa"], ["stamped"])


async def test_what_an_agent_wrote_is_part_of_the_saga_around_it(rig: Rig, world: World) -> None:
    class Trip(BaseModel):
        wish: str
        said: str = ""

    @step
    async def fail(trip: Trip) -> None:
        raise ValueError(trip.said)

    desk = Agent("desk", asks(("book", {"city": "Busan"})).model, tools=[book])
    booking = desk.as_state(take={"prompt": "wish"}, give="said")
    engine = await rig.open()
    run = await engine.start(StateMachine("trip", Trip, START >> booking >> fail >> END), Trip(wish="Busan"))
    with pytest.raises(RunCompensatedError, match="all said"):
        await run.result()
    assert world.calls == ["book:Busan", "unbook:Busan!"]


async def test_fifty_writes_of_one_response_are_fifty_steps(rig: Rig, world: World) -> None:
    script = asks(*(("book", {"city": str(nth)}, f"c{nth}") for nth in range(50)))
    engine = await rig.open()
    run = await engine.start(Agent("desk", script.model, tools=[book]), "go")
    assert await run.result() == "all said"
    assert world.calls == [f"book:{nth}" for nth in range(50)]
    assert len(set(world.effects)) == 50
    visits = [event.path for _, event in await engine.events(run.id) if isinstance(event, StepDone)]
    assert visits[-2] == "act#50"
