"""Plan and execute: what a planner answers is checked, journaled and carried out; what failed is planned anew."""

import asyncio

import pytest
from pydantic import BaseModel, JsonValue

from podium import (
    END,
    START,
    BreakerSwitch,
    Dag,
    NotDone,
    OnFailure,
    Plan,
    PlanFailed,
    PlanSpec,
    Situation,
    StateMachine,
    Verb,
    node,
    step,
    tool,
)
from podium.core import events as ev
from podium.errors import RunCompensatedError, RunFailedError
from tests.unit.engine.planned import (
    ASKED,
    TOOLS,
    Journey,
    Ticket,
    desk,
    flight,
    full,
    hotel,
    journey,
    planner,
    spec,
    tent,
)
from tests.unit.engine.rig import Rig, until
from tests.unit.engine.world import World


async def test_plan_is_carried_out_and_gives_what_it_names(rig: Rig, world: World) -> None:
    engine = await rig.open()
    price = {"from": "flight", "field": "price"}
    plan = spec(flight(args={"price": 7}), hotel(args={"stars": price}, after=["tents"]), tent("tents"), gives="hotel")
    run = await engine.start(desk, journey(plan))
    assert await run.result() == Ticket(number="H-Busan", price=7)
    assert set(world.calls) == {"fly:Busan", "camp:Busan", "sleep_in:Busan"}
    assert world.calls[-1] == "sleep_in:Busan"


async def test_honest_replan_reaches_the_goal_over_what_is_done(rig: Rig, world: World) -> None:
    world.failures["sleep_in"] = [full()]
    engine = await rig.open()
    first = spec(flight(args={"price": 7}), hotel(after=["flight"]))
    second = spec(tent(replaces="hotel", after=["flight"]))
    run = await engine.start(desk, journey(first, second))
    assert await run.result() == Ticket(number="C-Busan")
    assert world.calls == ["fly:Busan", "sleep_in:Busan", "camp:Busan"]
    asked = ASKED[-1]
    assert asked.done == {"flight": {"number": "F-Busan", "price": 7}}
    assert [(one.step, one.tool, one.type, one.message) for one in asked.failed] == [
        ("hotel", "sleep_in", "NotDone", "no room")
    ]
    assert (asked.plan and asked.plan.gives, asked.remaining, asked.refused) == ("hotel", 1, [])


async def test_result_of_an_earlier_plan_is_taken_by_a_later_one(rig: Rig, world: World) -> None:
    world.failures["sleep_in"] = [full()]
    engine = await rig.open()
    first = spec(flight(args={"price": 4}), hotel(after=["flight"]))
    again = hotel("inn", args={"stars": {"from": "flight", "field": "price"}}, replaces="hotel")
    run = await engine.start(desk, journey(first, spec(again)))
    assert await run.result() == Ticket(number="H-Busan", price=4)


async def test_plan_without_a_wanted_result_gives_all_of_them_by_name(rig: Rig) -> None:
    free: Plan[Journey, dict[str, JsonValue]] = Plan("free", Journey, planner, tools=TOOLS)
    engine = await rig.open()
    run = await engine.start(free, journey(spec(flight(), hotel())))
    assert await run.result() == {
        "flight": {"number": "F-Busan", "price": 0},
        "hotel": {"number": "H-Busan", "price": 3},
    }


async def test_planner_is_told_which_tools_it_may_call_and_how(rig: Rig) -> None:
    engine = await rig.open()
    await (await engine.start(desk, journey(spec(flight())))).result()
    told = {one.name: one for one in ASKED[0].tools}
    assert list(told) == ["fares", "fly", "sleep_in", "camp"]
    assert (told["fares"].writes, told["fly"].writes, told["fly"].title) == (False, True, "Book a flight.")
    assert told["fly"].parameters["required"] == ["city"]
    assert ASKED[0].gives["title"] == "Ticket"


async def test_tool_whose_breaker_is_open_is_not_offered(rig: Rig) -> None:
    engine = await rig.open(desk)
    await (await engine.start(desk, journey(spec(tent())))).result()
    await engine.override_breaker("camps", BreakerSwitch.OPEN, by="ann")
    await (await engine.start(desk, journey(spec(flight())))).result()
    assert [one.name for one in ASKED[0].tools] == ["fares", "fly", "sleep_in"]


async def test_plan_whose_result_does_not_fit_is_planned_anew(rig: Rig) -> None:
    wants = Plan("wants", Journey, planner, tools=[loose], gives=Ticket)
    engine = await rig.open()
    one: JsonValue = {"steps": [{"name": "a", "tool": "loose", "args": {"text": "x"}}], "gives": "a"}
    two: JsonValue = {"steps": [{"name": "b", "tool": "loose", "args": {"text": "number"}}], "gives": "b"}
    run = await engine.start(wants, journey(one, two))
    assert await run.result() == Ticket(number="number")
    assert ASKED[1].failed[0].type == "MisfitError"


@tool.read()
async def loose(text: str) -> dict[str, str]:
    return {text: "number"}


# ----- the end of it


async def test_after_the_last_plan_the_first_failure_stands_with_the_history(rig: Rig, world: World) -> None:
    world.failures["sleep_in"] = [full("one"), full("two")]
    world.failures["camp"] = [NotDone("three")]
    engine = await rig.open()
    plans = [spec(hotel()), spec(hotel("inn", args={"stars": 2}, replaces="hotel")), spec(tent())]
    run = await engine.start(desk, journey(*plans))
    with pytest.raises(RunFailedError) as failed:
        await run.result()
    failure = failed.value.failure
    assert failure is not None
    assert (failure.type, "NotDone" in failure.types, "PlanFailed" in failure.types) == ("PlanFailed", True, True)
    assert [cause.message for cause in failure.causes] == ["one", "two", "three"]
    assert len(ASKED) == 3, "it is not asked a fourth time"


async def test_failed_plans_are_undone_from_the_last_to_the_first(rig: Rig, world: World) -> None:
    world.failures["camp"] = [NotDone("rain"), NotDone("rain"), NotDone("rain")]
    engine = await rig.open()
    plans = [
        spec(flight(), tent(after=["flight"])),
        spec(hotel(), tent("tent2", replaces="tent", after=["hotel"])),
        spec(tent("tent3", replaces="tent2")),
    ]
    run = await engine.start(desk, journey(*plans))
    with pytest.raises(RunCompensatedError) as ended:
        await run.result()
    assert ended.value.failure is not None
    assert ended.value.failure.type == "PlanFailed"
    assert [call for call in world.calls if call.startswith(("leave", "unfly"))] == ["leave:H-Busan", "unfly:F-Busan"]


class Booked(BaseModel):
    """The record of a machine around a plan."""

    trip: Journey
    ticket: Ticket | None = None
    said: str = ""


@step
async def apologise(record: Booked) -> None:
    record.said = "sorry"


around = StateMachine(
    "around",
    Booked,
    START >> desk.as_state(take={"goal": "trip"}, give="ticket").on_error(PlanFailed, to=apologise, undo=True) >> END,
    apologise >> END,
)


async def test_workflow_around_a_plan_gets_its_result(rig: Rig) -> None:
    engine = await rig.open()
    record = await (await engine.start(around, Booked(trip=journey(spec(flight()))))).result()
    assert record.ticket == Ticket(number="F-Busan")


async def test_workflow_around_a_plan_handles_its_end_and_may_undo_it(rig: Rig, world: World) -> None:
    world.failures["camp"] = [NotDone("rain")] * 3
    engine = await rig.open()
    plans = [spec(flight(), tent(after=["flight"])), spec(tent("b")), spec(tent("c"))]
    record = await (await engine.start(around, Booked(trip=journey(*plans)))).result()
    assert (record.said, world.calls[-1]) == ("sorry", "unfly:F-Busan")


class Journeys(BaseModel):
    """Several."""

    trips: list[Journey]


everywhere = Dag("everywhere", Journeys, each := desk.as_node("each", take={"goal": "item"}, each="trips"), gives=each)


async def test_each_item_of_a_map_has_plans_of_its_own(rig: Rig, world: World) -> None:
    world.failures["sleep_in"] = [full()]
    engine = await rig.open()
    one = journey(spec(hotel()), spec(tent(replaces="hotel")))
    two = Journey(city="Seoul", answers=[spec(flight())])
    tickets = await (await engine.start(everywhere, Journeys(trips=[one, two]))).result()
    assert [ticket.number for ticket in tickets] == ["C-Busan", "F-Busan"]


# ----- other planners


@tool.read()
async def oracle(situation: Situation[Journey]) -> PlanSpec:
    ASKED.append(situation)
    return PlanSpec.model_validate(situation.goal.answers[0])


async def test_planner_may_be_a_tool(rig: Rig) -> None:
    asked = Plan("asked", Journey, oracle, tools=TOOLS, gives=Ticket)
    engine = await rig.open()
    assert (await (await engine.start(asked, journey(spec(flight())))).result()).number == "F-Busan"


@node
async def thought(situation: Situation[Journey]) -> PlanSpec:
    return PlanSpec.model_validate(situation.goal.answers[0])


class Question(BaseModel):
    """What a workflow that plans takes."""

    situation: Situation[Journey]


class Prompted(BaseModel):
    """What an agent takes."""

    prompt: str


@node
async def written(prompt: str) -> str:
    assert "no instructions" in prompt
    found: str = Situation[Journey].model_validate_json(prompt.partition("\n")[2]).goal.city
    return f'{{"steps":[{{"name":"flight","tool":"fly","args":{{"city":"{found}"}}}}],"gives":"flight"}}'


async def test_planner_may_be_a_workflow(rig: Rig) -> None:
    thinking = Plan("thinking", Journey, Dag("mind", Question, thought, gives=thought), tools=TOOLS, gives=Ticket)
    engine = await rig.open()
    assert (await (await engine.start(thinking, journey(spec(flight())))).result()).number == "F-Busan"


async def test_planner_may_be_a_workflow_that_takes_a_text_as_agents_do(rig: Rig) -> None:
    talking = Plan("talking", Journey, Dag("mouth", Prompted, written, gives=written), tools=TOOLS, gives=Ticket)
    engine = await rig.open()
    assert (await (await engine.start(talking, journey(None))).result()).number == "F-Busan"


# ----- sent on, copied


async def test_failed_run_is_sent_on_inside_its_last_plan(rig: Rig, world: World) -> None:
    world.failures["sleep_in"] = [full(), full(), full()]
    bold = Plan("bold", Journey, planner, tools=TOOLS, gives=Ticket, on_failure=OnFailure.STOP)
    engine = await rig.open()
    plans = [spec(flight(), hotel(after=["flight"])), *[spec(hotel(f"h{n}", args={"stars": n})) for n in (1, 2)]]
    run = await engine.start(bold, journey(*plans))
    with pytest.raises(RunFailedError):
        await run.result()
    await run.retry()
    assert await (await engine.get(run.id)).result() == Ticket(number="H-Busan", price=2)
    assert (world.count("fly"), len(ASKED)) == (1, 3), "no new plan is made"


async def test_fork_in_the_middle_of_a_plan_goes_on_with_the_plan(rig: Rig, world: World) -> None:
    engine = await rig.open()
    run = await engine.start(desk, journey(spec(flight(), hotel(after=["flight"]))), id="one")
    await run.result()
    begun = [seq for seq, event in await engine.events("one") if event == ev.StepStarted(event.at, "plan/hotel")]
    fork = await run.fork(at=begun[0], writes=True, id="two")
    assert (await fork.result()) == Ticket(number="H-Busan", price=3)
    assert (world.count("fly"), world.count("sleep_in"), len(ASKED)) == (1, 2, 1)


async def test_compensated_run_is_sent_on_inside_its_plan(rig: Rig, world: World) -> None:
    world.failures["camp"] = [NotDone("rain")] * 3
    engine = await rig.open()
    plans = [spec(flight(), tent(after=["flight"])), spec(tent("b")), spec(tent("c"))]
    run = await engine.start(desk, journey(*plans))
    with pytest.raises(RunCompensatedError):
        await run.result()
    await run.retry()
    assert (await (await engine.get(run.id)).result()).number == "C-Busan"
    assert world.calls[-2:] == ["fly:Busan", "camp:Busan"]
    keys = [key for key, what in world.effects.items() if what.startswith("fly")]
    assert len(keys) == 2, "the flight is booked anew, under a new key"


async def test_another_process_takes_a_run_over_in_the_middle_of_a_plan(rig: Rig, world: World) -> None:
    one = await rig.open(desk)
    world.gate("sleep_in")
    run = await one.start(desk, journey(spec(flight(), hotel(after=["flight"]))), id="one")
    await world.entered["sleep_in"].wait()
    await rig.crash(one)
    world.open_gates()
    two = await rig.open(desk)
    assert await (await two.get(run.id)).result() == Ticket(number="H-Busan", price=3)
    assert (world.count("fly"), len(ASKED)) == (1, 1)
    assert len([key for key, what in world.effects.items() if what.startswith("sleep_in")]) == 1


async def test_call_of_a_plan_that_waits_for_a_person_is_decided_like_any_other(rig: Rig, world: World) -> None:
    world.losses["camp"] = [ConnectionResetError("lost")]
    engine = await rig.open()
    run = await engine.start(desk, journey(spec(tent())))
    await until(run, ev.StepParked)
    (parked,) = await run.parked()
    assert (parked.step.path, parked.step.tool) == ("plan/tent", "camp")
    assert len(ASKED) == 1, "nobody plans while a write is in doubt"
    await run.resolve("plan/tent", Verb.DONE, answer={"number": "C-1"})
    assert (await run.result()).number == "C-1"


async def test_write_found_not_done_by_a_person_is_made_anew_and_not_planned(rig: Rig, world: World) -> None:
    world.losses["camp"] = [ConnectionResetError("lost")]
    engine = await rig.open()
    run = await engine.start(desk, journey(spec(tent())))
    await until(run, ev.StepParked)
    await run.resolve("plan/tent", Verb.NOT_DONE)
    assert (await run.result()).number == "C-Busan"
    assert len(ASKED) == 1


async def test_cancelled_plan_settles_and_is_undone(rig: Rig, world: World) -> None:
    engine = await rig.open()
    world.gate("sleep_in")
    run = await engine.start(desk, journey(spec(flight(), hotel(after=["flight"]))))
    await world.entered["sleep_in"].wait()
    cancelling = asyncio.create_task(run.cancel())
    await until(run, ev.CancelAsked)
    world.open_gates()
    await cancelling
    with pytest.raises(RunCompensatedError):
        await run.result()
    assert sorted(world.calls[-2:]) == ["leave:H-Busan", "unfly:F-Busan"]
