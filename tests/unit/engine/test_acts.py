"""With `once_by=` a run does one act once, wherever its steps ask for it."""

import asyncio

import pytest
from pydantic import BaseModel

from podium import END, FROM_ENGINE, START, Dag, IdempotencyKey, Retry, StateMachine, ToolFailed, Verb, node, step, tool
from podium.core import events as ev
from podium.errors import RunFailedError
from tests.unit.engine.rig import Rig, story, turns, until, valve
from tests.unit.engine.world import AT_ONCE, Refused, Trip, World, look

KEYS: dict[str, object] = {"text": "17", "int": 17, "empty": "", "long": "x" * 201, "none": None, "bool": True}


@tool.write(idempotent=True, retry=AT_ONCE, once_by=lambda call: call.args["order"])
async def pay(order: str, amount: int = 5, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    return await world.act("pay", f"{order}={amount}", key=key)


@tool.write(retry=Retry(attempts=1), once_by=lambda call: call.args["order"])
async def charge(order: str, *, world: World = FROM_ENGINE) -> str:
    return await world.act("charge", order, key=f"charge-{len(world.calls)}")


@tool.write(idempotent=True, once_by=lambda call: KEYS[call.args["which"]])  # type: ignore[arg-type,return-value]  # on purpose
async def named(which: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    return await world.act("named", which, key=key)


@step
async def first(trip: Trip) -> None:
    trip.booked = await pay("17")


@step
async def second(trip: Trip) -> None:
    trip.found = await pay("17")


@step
async def dearer(trip: Trip) -> None:
    trip.found = await pay("17", amount=6)


@step
async def repents(trip: Trip) -> None:
    try:
        trip.booked = await pay("17", amount=1)
    except ToolFailed as failed:
        trip.log.append(failed.failure.type)


twice = StateMachine("twice", Trip, START >> first >> second >> END)
differently = StateMachine("differently", Trip, START >> first >> dearer >> END)
anew = StateMachine("anew", Trip, START >> repents >> first >> END)


class Orders(BaseModel):
    """What is paid."""

    orders: list[str]


every = Dag("every", Orders, paid := pay.node("paid", take={"order": "item"}, each="orders"), gives=paid)


@node
async def one(orders: list[str]) -> str:
    return await charge(orders[0])


@node
async def other(orders: list[str]) -> str:
    await look(orders[0])
    return await charge(orders[0])


@node
async def both(one: str, other: str) -> str:
    return one + other


beside = Dag("beside", Orders, one, other, both, gives=both)


async def test_act_in_two_steps_is_done_once_and_answered_twice(rig: Rig, world: World) -> None:
    engine = await rig.open()
    run = await engine.start(twice, Trip())
    trip = await run.result()
    assert (trip.booked, trip.found) == ("17=5!", "17=5!")
    assert world.calls == ["pay:17=5"]
    assert "WriteRepeated" in await story(engine, run.id)


async def test_act_with_other_arguments_is_refused_before_any_effect(rig: Rig, world: World) -> None:
    engine = await rig.open()
    with pytest.raises(RunFailedError, match="OtherArgumentsError") as failed:
        await (await engine.start(differently, Trip())).result()
    assert failed.value.failure is not None
    assert "pay:17 was done at first with other arguments" in failed.value.failure.message
    assert world.calls == ["pay:17=5"]


async def test_act_under_way_elsewhere_is_refused_and_done_once(rig: Rig, world: World) -> None:
    engine = await rig.open()
    reading, charging = world.gate("look"), world.gate("charge")
    run = await engine.start(beside, Orders(orders=["17"]))
    await world.entered["charge"].wait()
    reading.set()
    await until(run, ev.WriteBarred)
    charging.set()
    with pytest.raises(RunFailedError, match="ActInDoubtError"):
        await run.result()
    assert world.count("charge") == 1


async def test_act_in_doubt_elsewhere_is_refused_until_a_person_decides(rig: Rig, world: World) -> None:
    world.losses["charge"] = [ConnectionResetError("lost")]
    engine = await rig.open()
    reading = world.gate("look")
    run = await engine.start(beside, Orders(orders=["17"]))
    parked = await until(run, ev.StepParked)
    reading.set()
    await until(run, ev.WriteBarred)
    await run.resolve(parked.path, Verb.DONE, answer="by hand")
    with pytest.raises(RunFailedError, match="ActInDoubtError"):
        await run.result()
    await run.retry()
    assert await run.result() == "by handby hand"
    assert world.count("charge") == 1


async def test_act_that_certainly_failed_is_done_anew_under_a_new_key(rig: Rig, world: World) -> None:
    world.failures["pay"] = [Refused("too little")]
    engine = await rig.open()
    run = await engine.start(anew, Trip())
    trip = await run.result()
    assert trip.booked == "17=5!"
    assert [name.rpartition(".")[2] for name in trip.log] == ["Refused"]
    events = [event for _, event in await engine.events(run.id) if isinstance(event, ev.WriteIntended)]
    assert [event.act for event in events] == ["pay:17"] * 2
    assert len({event.key for event in events}) == 2
    assert world.done == ["pay:17=5"]


async def test_items_of_a_map_that_are_one_act_do_it_once(rig: Rig, world: World) -> None:
    engine = await rig.open()
    run = await engine.start(every, Orders(orders=["17", "18"]))
    assert await run.result() == ["17=5!", "18=5!"]
    assert sorted(world.done) == ["pay:17=5", "pay:18=5"]


async def test_act_is_known_to_the_process_that_takes_over(rig: Rig, world: World) -> None:
    engine = await rig.open(twice)
    valve(engine).cut(ev.WriteRepeated, before=True)
    await engine.start(twice, Trip(), id="one")
    await valve(engine).is_cut.wait()
    await rig.crash(engine)
    other = await rig.open(twice)
    assert (await (await other.get("one")).result()).found == "17=5!"
    assert world.calls == ["pay:17=5"]


@pytest.mark.parametrize("which", ["empty", "long", "none", "bool"])
async def test_business_key_that_tells_nothing_apart_is_refused_before_any_effect(
    rig: Rig, world: World, which: str
) -> None:
    @step
    async def asks(trip: Trip) -> None:
        trip.booked = await named(which)

    engine = await rig.open()
    machine = StateMachine("asking", Trip, START >> asks >> END, tools=[named])
    with pytest.raises(RunFailedError, match="BusinessKeyError"):
        await (await engine.start(machine, Trip())).result()
    await turns(5)
    assert world.calls == []


def test_business_key_may_be_a_text_or_an_int() -> None:
    acts = {named.code.act(named.code.freeze((which,), {})) for which in ("text", "int")}
    assert acts == {"named:17"}


async def test_two_acts_at_once_do_not_wait_for_each_other(rig: Rig, world: World) -> None:
    engine = await rig.open()
    gate = world.gate("pay")
    run = await engine.start(every, Orders(orders=["17", "18"]))
    while world.count("pay") < 2:
        await asyncio.sleep(0)
    gate.set()
    assert await run.result() == ["17=5!", "18=5!"]
