"""`fallback=`: tools that are called in place of one that failed; never while a write may have happened."""

import asyncio

import pytest

import podium
from podium import (
    END,
    FROM_ENGINE,
    START,
    FallbackFailed,
    IdempotencyKey,
    Retry,
    StateMachine,
    ToolFailed,
    Verb,
    step,
    tool,
)
from podium.core import events as ev
from podium.engine.engine import Engine
from podium.errors import RunCompensatedError, RunFailedError
from tests.unit.engine.rig import Rig, story, turns, until, valve
from tests.unit.engine.world import AT_ONCE, Refused, Trip, World

DOWN = ConnectionRefusedError("down")
LOST = ConnectionResetError("in the middle")
ONCE = Retry(attempts=1)


@tool.read(retry=ONCE)
async def archive(what: str, *, world: World = FROM_ENGINE) -> str:
    return await world.act("archive", what)


@tool.read(retry=ONCE)
def shelf(what: str, *, world: World = FROM_ENGINE) -> str:
    """In a thread."""
    world.note("shelf", what)
    return f"{what} from the shelf"


@tool.read(retry=AT_ONCE, fallback=[archive, shelf])
async def search(what: str, *, world: World = FROM_ENGINE) -> str:
    return await world.act("search", what)


@tool.write(retry=ONCE, idempotent=True)
async def ferry(city: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    return await world.act("ferry", city, key=key)


@ferry.compensate
async def cancel_ferry(booked: str, *, world: World = FROM_ENGINE) -> None:
    world.note("cancel_ferry", booked)


@tool.write(retry=ONCE)
async def train(city: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    return await world.act("train", city, key=key)


@train.compensate
async def cancel_train(booked: str, *, world: World = FROM_ENGINE) -> None:
    world.note("cancel_train", booked)


@tool.write(retry=ONCE, fallback=[train, ferry], once_by=lambda call: call.args["city"])
async def flight(city: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    return await world.act("flight", city, key=key)


@flight.compensate
async def cancel_flight(booked: str, *, world: World = FROM_ENGINE) -> None:
    world.note("cancel_flight", booked)


@step
async def find(trip: Trip) -> None:
    trip.found = await search(trip.city)
    trip.log = [f"{asked} by {answered}" for asked, answered in podium.current().degraded.items()]


@step
async def book(trip: Trip) -> None:
    trip.booked = await flight(trip.city)
    trip.log = [f"{asked} by {answered}" for asked, answered in podium.current().degraded.items()]


@step
async def shrug(trip: Trip) -> None:
    try:
        trip.found = await search(trip.city)
    except* ToolFailed as group:
        trip.log = [type(error).__name__ for error in group.exceptions]


finding = StateMachine("finding", Trip, START >> find >> END)
booking = StateMachine("booking", Trip, START >> book >> END)
alone = StateMachine("alone", Trip, START >> search.state("find", take={"what": "city"}, give="found") >> END)
shrugging = StateMachine("shrugging", Trip, START >> shrug >> END)
twice = StateMachine("twice", Trip, START >> book >> flight.state("again", take={"city": "city"}, give="found") >> END)


@step
async def breaks(_trip: Trip) -> None:
    raise Refused


undoing = StateMachine("undoing", Trip, START >> book >> breaks >> END)


async def intents(engine: Engine, run_id: str) -> list[ev.WriteIntended]:
    return [event for _, event in await engine.events(run_id) if isinstance(event, ev.WriteIntended)]


# ----- reads


async def test_read_that_fails_is_answered_by_the_next_one_and_says_so(rig: Rig, world: World) -> None:
    world.failures["search"] = [LOST] * 3
    engine = await rig.open()
    run = await engine.start(finding, Trip())
    trip = await run.result()
    assert (trip.found, trip.log) == ("Busan!", ["search by archive"])
    assert world.calls == ["search:Busan"] * 3 + ["archive:Busan"]
    assert (await until(run, ev.ReadDone)).source == "archive"


async def test_chain_of_fallbacks_is_asked_in_order(rig: Rig, world: World) -> None:
    world.failures["search"], world.failures["archive"] = [DOWN] * 3, [TimeoutError()]
    engine = await rig.open()
    run = await engine.start(finding, Trip())
    assert (await run.result()).log == ["search by shelf"]
    assert world.calls == ["search:Busan"] * 3 + ["archive:Busan", "shelf:Busan"]


async def test_all_failures_of_a_chain_are_kept_in_order(rig: Rig, world: World) -> None:
    world.failures["search"], world.failures["archive"] = [DOWN] * 3, [TimeoutError("slow")]
    world.failures["shelf"] = [Refused("closed")]
    engine = await rig.open()
    with pytest.raises(RunFailedError) as failed:
        await (await engine.start(finding, Trip())).result()
    failure = failed.value.failure
    assert failure is not None
    assert [cause.source for cause in failure.causes] == ["search", "archive", "shelf"]
    assert [cause.kind.value for cause in failure.causes] == ["not_sent", "transient", "permanent"]
    assert "FallbackFailed" in failure.types
    assert "TimeoutError" in failure.types


async def test_failure_of_a_chain_is_a_group_in_the_code_of_the_step(rig: Rig, world: World) -> None:
    world.failures["search"], world.failures["archive"] = [DOWN] * 3, [DOWN]
    world.failures["shelf"] = [DOWN]
    engine = await rig.open()
    assert (await (await engine.start(shrugging, Trip())).result()).log == ["ToolFailed"] * 3
    assert world.calls == ["search:Busan"] * 3 + ["archive:Busan", "shelf:Busan"], "who fails last is not asked again"


async def test_what_is_wrong_with_the_request_is_not_asked_of_another(rig: Rig, world: World) -> None:
    world.failures["search"] = [Refused("no such city")]
    engine = await rig.open()
    with pytest.raises(RunFailedError, match="no such city") as failed:
        await (await engine.start(finding, Trip())).result()
    assert failed.value.failure is not None
    assert failed.value.failure.causes == ()
    assert world.calls == ["search:Busan"]


async def test_degraded_answer_is_replayed_with_its_source(rig: Rig, world: World) -> None:
    world.failures["search"] = [DOWN] * 3
    engine = await rig.open(finding)
    valve(engine).cut(ev.StepDone, before=True)
    await engine.start(finding, Trip(), id="one")
    await valve(engine).is_cut.wait()
    await rig.crash(engine)
    other = await rig.open(finding)
    assert (await (await other.get("one")).result()).log == ["search by archive"]
    assert "ReadDone" in await story(other, "one")


async def test_degraded_answer_of_a_state_that_is_a_tool_is_in_the_journal(rig: Rig, world: World) -> None:
    world.failures["search"] = [DOWN] * 3
    engine = await rig.open()
    run = await engine.start(alone, Trip())
    assert (await run.result()).found == "Busan!"
    assert (await until(run, ev.ReadDone)).source == "archive"


async def test_cancel_asks_nobody_else(rig: Rig, world: World) -> None:
    world.gate("search")
    engine = await rig.open()
    run = await engine.start(finding, Trip())
    await world.entered["search"].wait()
    await run.cancel()
    await turns()
    assert world.calls == ["search:Busan"]


async def test_tool_that_calls_itself_off_is_no_reason_to_ask_another(rig: Rig, world: World) -> None:
    world.failures["search"] = [asyncio.CancelledError()]
    engine = await rig.open()
    with pytest.raises(RunFailedError):
        await (await engine.start(finding, Trip())).result()
    assert world.calls == ["search:Busan"]


# ----- writes


async def test_write_that_certainly_failed_is_followed_by_the_next_under_a_key_of_its_own(
    rig: Rig, world: World
) -> None:
    world.failures["flight"], world.failures["train"] = [DOWN], [DOWN]
    engine = await rig.open()
    run = await engine.start(booking, Trip())
    trip = await run.result()
    assert (trip.booked, trip.log) == ("Busan!", ["flight by ferry"])
    sent = await intents(engine, run.id)
    assert [(event.tool, event.candidate) for event in sent] == [("flight", 0), ("train", 1), ("ferry", 2)]
    assert len({event.key for event in sent}) == 3
    assert {event.args for event in sent} == {'{"city":"Busan"}'}
    assert world.done == ["ferry:Busan"]


async def test_nothing_else_is_called_while_a_write_is_in_doubt(rig: Rig, world: World) -> None:
    world.losses["flight"] = [LOST]
    engine = await rig.open()
    run = await engine.start(booking, Trip())
    parked = await until(run, ev.StepParked)
    assert (parked.reason, world.calls) == ("in-doubt", ["flight:Busan"])
    await run.resolve(parked.path, Verb.DONE, answer="by hand")
    assert (await run.result()).booked == "by hand"
    assert world.calls == ["flight:Busan"]


async def test_doubt_of_the_second_keeps_the_third_from_being_called(rig: Rig, world: World) -> None:
    world.failures["flight"], world.losses["train"] = [DOWN], [LOST]
    engine = await rig.open()
    run = await engine.start(booking, Trip())
    await until(run, ev.StepParked)
    assert world.calls == ["flight:Busan", "train:Busan"]


async def test_all_failures_of_a_chain_of_writes_are_kept_in_order(rig: Rig, world: World) -> None:
    for name in ("flight", "train", "ferry"):
        world.failures[name] = [DOWN]
    engine = await rig.open()
    with pytest.raises(RunFailedError, match="FallbackFailed") as failed:
        await (await engine.start(booking, Trip())).result()
    assert failed.value.failure is not None
    assert [cause.source for cause in failed.value.failure.causes] == ["flight", "train", "ferry"]
    assert world.done == []


@pytest.mark.parametrize("cut", [ev.WriteFailed, ev.WriteIntended])
async def test_chain_goes_on_where_it_was_in_the_process_that_takes_over(
    rig: Rig, world: World, cut: type[ev.Event]
) -> None:
    world.failures["flight"] = [DOWN]
    engine = await rig.open(booking)
    valve(engine)._cut = lambda event: isinstance(event, cut) and getattr(event, "candidate", 1) == 1
    await engine.start(booking, Trip(), id="one")
    await valve(engine).is_cut.wait()
    await rig.crash(engine)
    other = await rig.open(booking)
    run = await other.get("one")
    if cut is ev.WriteIntended:
        parked = await until(run, ev.StepParked)
        assert parked.detail.startswith("train may have happened")
        return
    assert (await run.result()).log == ["flight by train"]
    assert world.count("flight") == 1


async def test_what_a_fallback_did_is_undone_by_its_own_compensation(rig: Rig, world: World) -> None:
    world.failures["flight"] = [DOWN]
    engine = await rig.open()
    with pytest.raises(RunCompensatedError):
        await (await engine.start(undoing, Trip())).result()
    assert world.calls == ["flight:Busan", "train:Busan", "cancel_train:Busan!"]


async def test_fallback_does_the_act_of_the_tool_it_stands_in_for(rig: Rig, world: World) -> None:
    world.failures["flight"] = [DOWN]
    engine = await rig.open()
    run = await engine.start(twice, Trip())
    trip = await run.result()
    assert (trip.booked, trip.found) == ("Busan!", "Busan!")
    assert world.calls == ["flight:Busan", "train:Busan"]
    assert {event.act for event in await intents(engine, run.id)} == {"flight:Busan"}


async def test_failure_of_one_tool_without_fallbacks_is_no_group(rig: Rig, world: World) -> None:
    world.failures["archive"] = [DOWN]
    machine = StateMachine("one", Trip, START >> archive.state("find", take={"what": "city"}) >> END)
    engine = await rig.open()
    with pytest.raises(RunFailedError) as failed:
        await (await engine.start(machine, Trip())).result()
    assert failed.value.failure is not None
    assert FallbackFailed.__name__ not in failed.value.failure.types
