"""`replan=`: where a state or node has certainly failed, a planner says how else it may be done."""

import pytest
from pydantic import BaseModel, JsonValue

from podium import (
    END,
    FROM_ENGINE,
    START,
    Dag,
    Engine,
    IdempotencyKey,
    PlanSpec,
    PlanStep,
    Replan,
    Situation,
    StateMachine,
    ToolFailed,
    Verb,
    node,
    step,
    tool,
)
from podium.core import events as ev
from podium.effects.keys import idempotency_key, slot_of
from podium.errors import RunFailedError
from podium.workflow.replan import Task
from tests.inside import inner
from tests.unit.engine.planned import Ticket, camp, fares, flight, fly, full, hotel, sleep_in, spec, tent
from tests.unit.engine.rig import Rig, story, until
from tests.unit.engine.world import AT_ONCE, Refused, World

ASKED: list[Situation[Task]] = []
ANSWERS: list[JsonValue] = []


def planner(situation: Situation[Task]) -> JsonValue:
    ASKED.append(situation)
    return ANSWERS[min(1 - situation.remaining, len(ANSWERS) - 1)]


def answers(*given: JsonValue) -> None:
    ASKED.clear()
    ANSWERS[:] = given


class Stay(BaseModel):
    """The record of the machines here."""

    town: str = "Busan"
    stars: int = 3
    ticket: Ticket | None = None
    said: str = ""


@step
async def apologise(stay: Stay) -> None:
    stay.said = "sorry"


INSTEAD = Replan(planner, tools=[fares, camp, fly], limit=2)

night = sleep_in.state("night", take={"city": "town"}, give="ticket", replan=INSTEAD)
stays = StateMachine("stays", Stay, START >> night >> END)
handled = StateMachine(
    "handled", Stay, START >> night.on_error(ToolFailed, to=apologise, undo=True) >> END, apologise >> END
)


async def test_tool_that_succeeds_asks_no_planner(rig: Rig) -> None:
    answers(spec(tent()))
    engine = await rig.open()
    stay = await (await engine.start(stays, Stay())).result()
    assert (stay.ticket, ASKED) == (Ticket(number="H-Busan", price=3), [])


async def test_plan_stands_in_for_a_tool_that_failed(rig: Rig, world: World) -> None:
    answers(spec(tent(replaces="night")))
    world.failures["sleep_in"] = [full()]
    engine = await rig.open()
    stay = await (await engine.start(stays, Stay())).result()
    assert stay.ticket == Ticket(number="C-Busan")
    asked = ASKED[0]
    assert asked.goal == Task(
        node="night", purpose="Book a hotel.", tool="sleep_in", takes={"city": "Busan", "stars": 3}
    )
    assert [(one.step, one.tool, one.message) for one in asked.failed] == [("night", "sleep_in", "no room")]
    assert (asked.remaining, [one.name for one in asked.tools]) == (1, ["fares", "camp", "fly"])


async def test_static_fallback_comes_before_the_planner(rig: Rig, world: World) -> None:
    answers(spec(tent()))
    world.failures["first_class"] = [ConnectionRefusedError("closed")] * 3
    world.failures["sleep_in"] = [full("none either")]
    engine = await rig.open()
    stay = await (await engine.start(with_fallback, Stay())).result()
    assert [call.partition(":")[0] for call in world.calls] == ["first_class"] * 3 + ["sleep_in", "camp"]
    assert stay.ticket == Ticket(number="C-Busan")


@tool.write(idempotent=True, retry=AT_ONCE, fallback=[sleep_in])
async def first_class(
    city: str, stars: int, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE
) -> Ticket:
    await world.act("first_class", city, key=key)
    return Ticket(number="P")


@first_class.compensate
async def walk_out(ticket: Ticket) -> None:
    del ticket


with_fallback = StateMachine(
    "with-fallback",
    Stay,
    START >> first_class.state("first", take={"city": "town"}, give="ticket", replan=INSTEAD) >> END,
)


async def test_error_edge_is_taken_after_the_last_plan_and_for_the_first_failure(rig: Rig, world: World) -> None:
    answers(spec(tent("a")), spec(tent("b")))
    world.failures["sleep_in"] = [full()]
    world.failures["camp"] = [full(), full()]
    engine = await rig.open()
    stay = await (await engine.start(handled, Stay())).result()
    assert (stay.said, len(ASKED)) == ("sorry", 2)


async def test_third_replan_is_the_original_error_with_the_history(rig: Rig, world: World) -> None:
    answers(spec(tent("a")), spec(flight("b")))
    world.failures["sleep_in"] = [Refused("too dear")]
    world.failures["camp"] = [full("rain")]
    world.failures["fly"] = [full("strike")]
    engine = await rig.open()
    with pytest.raises(RunFailedError) as ended:
        await (await engine.start(stays, Stay())).result()
    failure = ended.value.failure
    assert failure is not None
    assert any(name.endswith("Refused") for name in failure.types)
    assert [cause.message for cause in failure.causes] == ["too dear", "rain", "strike"]
    assert "first: tests.unit.engine.world.Refused: too dear" in failure.message


async def test_plan_has_to_give_what_the_state_gives(rig: Rig, world: World) -> None:
    cheap = PlanSpec(steps=[PlanStep(name="f", tool="fares", args={"city": "B"})], gives="f").model_dump(mode="json")
    answers(cheap, spec(tent()))
    world.failures["sleep_in"] = [full()]
    engine = await rig.open()
    stay = await (await engine.start(stays, Stay())).result()
    assert stay.ticket == Ticket(number="C-Busan")
    assert ASKED[1].refused == ["gives names f, which gives list[int], and Ticket is wanted"]


async def test_nothing_is_planned_while_the_write_is_in_doubt(rig: Rig, world: World) -> None:
    answers(spec(tent()))
    world.losses["camp"] = [ConnectionResetError("lost")]
    engine = await rig.open()
    run = await engine.start(tents, Stay())
    await until(run, ev.StepParked)
    assert ASKED == []
    await run.resolve("tent/tent", Verb.ABORT)
    await until(run, ev.CompensationStarted)
    assert (ASKED, world.count("sleep_in")) == ([], 0)


tents = StateMachine(
    "tents",
    Stay,
    START
    >> camp.state("tent", take={"city": "town"}, give="ticket", replan=Replan(planner, tools=[sleep_in], limit=2))
    >> END,
)


# ----- keys


orders = StateMachine(
    "orders",
    Stay,
    START
    >> fly.state("seat", take={"city": "town"}, give="ticket", replan=Replan(planner, tools=[fly, sleep_in], limit=2))
    >> END,
)


async def intents(engine: Engine) -> list[ev.WriteIntended]:
    return [event for _, event in await engine.events("one") if isinstance(event, ev.WriteIntended)]


@pytest.mark.parametrize("name", ["seat2", "another_name"])
async def test_replanned_write_has_the_business_key_of_the_one_that_it_replaces(
    rig: Rig, world: World, name: str
) -> None:
    """Its key hangs on the act and the generation: not on the plan's words, nor on the step's name."""
    answers(spec(hotel(name, replaces="seat")))
    world.failures["fly"] = [full()]
    engine = await rig.open()
    run = await engine.start(orders, Stay(), id="one")
    await run.result()
    first, second = await intents(engine)
    assert (first.act, second.act) == ("fly:Busan", "fly:Busan")
    namespace = inner(engine).store.namespace
    slot = slot_of("", act="fly:Busan")
    keys = [idempotency_key(namespace, "one", slot, generation=generation) for generation in (0, 1)]
    assert [first.key, second.key] == keys


async def test_same_tool_with_the_same_business_key_is_the_same_act_without_saying_so(rig: Rig, world: World) -> None:
    answers(spec(flight("again")))
    world.failures["fly"] = [full()]
    engine = await rig.open()
    await (await engine.start(orders, Stay(), id="one")).result()
    first, second = await intents(engine)
    assert (first.act, second.act) == ("fly:Busan", "fly:Busan")
    assert first.key != second.key


# ----- nodes and nested workflows


class Towns(BaseModel):
    """Where to sleep."""

    towns: list[str]
    stars: int = 2


@node(replan=Replan(planner, tools=[fares, camp], limit=2))
async def asleep(city: str, *, world: World = FROM_ENGINE) -> Ticket:
    """Sleep well."""
    world.seen.append(city)
    return await sleep_in(city, 1)


@node
async def told(asleep: Ticket) -> str:
    return asleep.number


class Where(BaseModel):
    """A town."""

    city: str = "Busan"


functions = Dag("functions", Where, asleep, told, gives=told)


async def test_plan_stands_in_for_a_function_that_failed(rig: Rig, world: World) -> None:
    answers(spec(tent(replaces="asleep")))
    world.failures["sleep_in"] = [full()]
    engine = await rig.open()
    assert await (await engine.start(functions, Where())).result() == "C-Busan"
    assert ASKED[0].goal == Task(node="asleep", purpose="Sleep well.", takes={"city": "Busan"})
    assert world.seen == ["Busan"]


@node(each="towns", replan=Replan(planner, tools=[camp], limit=1))
async def each_asleep(item: str) -> Ticket:
    return await sleep_in(item, 1)


@node
async def counted(each_asleep: list[Ticket]) -> list[str]:
    return [ticket.number for ticket in each_asleep]


everywhere = Dag("everywhere-replanned", Towns, each_asleep, counted, gives=counted)


async def test_plan_stands_in_for_one_call_of_a_mapped_function(rig: Rig, world: World) -> None:
    answers(spec(tent()), spec(tent()))
    world.failures["sleep_in"] = [full()]
    engine = await rig.open()
    found = await (await engine.start(everywhere, Towns(towns=["Busan", "Seoul"]))).result()
    assert sorted(number[0] for number in found) == ["C", "H"]


async def test_function_that_does_not_fail_gives_what_it_gives(rig: Rig) -> None:
    answers(spec(tent()))
    engine = await rig.open()
    assert await (await engine.start(functions, Where())).result() == "H-Busan"
    assert ASKED == []


async def test_function_that_wrote_and_failed_does_not_have_it_written_again(rig: Rig, world: World) -> None:
    answers(spec(tent("again"), gives="again"), spec(hotel("h")))
    engine = await rig.open()
    assert await (await engine.start(hasty, Where())).result() == "H-Busan"
    assert world.count("camp") == 1
    assert ASKED[1].failed[0].type == "ReissuedError"


@node(replan=Replan(planner, tools=[camp, sleep_in], limit=2))
async def pitched(city: str) -> Ticket:
    await camp(city)
    message = "the tent fell"
    raise ValueError(message)


@node
async def number(pitched: Ticket) -> str:
    return pitched.number


hasty = Dag("hasty", Where, pitched, number, gives=number)


nights = Dag(
    "nights",
    Towns,
    each := sleep_in.node("each", take={"city": "item"}, each="towns", replan=INSTEAD),
    gives=each,
)


async def test_plan_stands_in_for_one_item_of_a_map(rig: Rig, world: World) -> None:
    answers(spec(tent()))
    world.failures["sleep_in"] = [full()]
    engine = await rig.open()
    found = await (await engine.start(nights, Towns(towns=["Busan", "Seoul"]))).result()
    assert sorted(ticket.number[0] for ticket in found) == ["C", "H"]


@step
async def stays_twice(stay: Stay) -> None:
    stay.ticket = await sleep_in(stay.town, stay.stars)


hostel = StateMachine("hostel", Stay, START >> stays_twice >> END)


class Long(BaseModel):
    """A machine around a nested one."""

    stay: Stay
    town: str = "Busan"
    ticket: Stay | None = None


@tool.read()
async def stayed(town: str) -> Stay:
    """Stay with friends."""
    return Stay(town=town, said="friends")


whole = StateMachine(
    "whole",
    Long,
    START >> hostel.as_state("sleep", take="stay", give="ticket", replan=Replan(planner, tools=[stayed])) >> END,
)
parts = StateMachine(
    "parts",
    Long,
    START
    >> hostel.as_state("sleep", take={"town": "town"}, give="ticket", replan=Replan(planner, tools=[stayed]))
    >> END,
)


@pytest.mark.parametrize("machine", [whole, parts], ids=lambda machine: machine.name)
async def test_plan_stands_in_for_a_nested_workflow(rig: Rig, world: World, machine: StateMachine[Long]) -> None:
    answers(PlanSpec(steps=[PlanStep(name="s", tool="stayed", args={"town": "B"})], gives="s").model_dump(mode="json"))
    world.failures["sleep_in"] = [full()]
    engine = await rig.open()
    run = await engine.start(machine, Long(stay=Stay()))
    long = await run.result()
    assert long.ticket == Stay(town="B", said="friends")
    assert "ScopeClosed" in await story(engine, run.id)
    assert ASKED[0].goal.takes in ({"input": Stay().model_dump()}, {"town": "Busan"})
