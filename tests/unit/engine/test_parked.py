"""A write that nobody can speak for parks, with what is needed to decide; each verb does what it says, once."""

import json

import pytest

from podium import END, START, StateMachine, Status, Verb
from podium.core import events as ev
from podium.core.events import WriteIntended
from podium.engine.engine import Engine
from podium.engine.handle import Handle
from podium.errors import InvalidAnswerError, RefusedError, RunCancelledError, RunFailedError
from tests.unit.engine.rig import Rig, story, turns, until
from tests.unit.engine.world import Refused, Trip, World, charge, look, order

pay = charge.state("pay", take={"what": "city"}, give="booked")
buy = order.state("buy", take={"what": "city"}, give="booked")
search = look.state("search", take={"what": "city"}, give="found")
paying = StateMachine("paying", Trip, START >> pay >> search >> END)
buying = StateMachine("buying", Trip, START >> buy >> search >> END)
fallback = StateMachine("fallback", Trip, START >> pay.on_error(Exception, to=search, undo=False) >> END, search >> END)


async def parked(rig: Rig, machine: StateMachine[Trip] = paying) -> tuple[Engine, Handle[Trip]]:
    """Start a run whose write gets an answer that tells nothing, and wait for it to park."""
    rig.world.losses["charge"] = [ConnectionResetError("in the middle")]
    engine = await rig.open()
    run = await engine.start(machine, Trip(), id="one")
    await until(run, ev.StepParked)
    return engine, run


async def keys(engine: Engine) -> list[str]:
    events = await engine.events("one")
    return [event.key for _, event in events if isinstance(event, WriteIntended)]


async def test_parked_run_shows_what_is_needed_to_decide(rig: Rig) -> None:
    engine, run = await parked(rig)
    info = await run.status()
    assert info.status is Status.PARKED
    assert info.error == "pay: in-doubt"
    (step,) = await engine.parked()
    assert (step.run_id, step.path, step.reason, step.tool) == ("one", "pay", "in-doubt", "charge")
    assert "charge may have happened" in step.detail
    assert "in the middle" in step.detail
    assert json.loads(step.args) == {"what": "Busan"}
    assert step.key == (await keys(engine))[0]


async def test_doubt_is_no_failure_and_takes_no_error_edge(rig: Rig, world: World) -> None:
    await parked(rig, fallback)
    await turns()
    assert world.calls == ["charge:Busan"]


async def test_done_goes_on_with_the_answer_given(rig: Rig, world: World) -> None:
    engine, run = await parked(rig)
    await run.resolve("pay", Verb.DONE, answer="by hand", by="ann")
    assert (await run.result()).booked == "by hand"
    assert world.count("charge") == 1
    assert await engine.parked() == []
    assert (await until(run, ev.StepResolved)).by == "ann"


async def test_done_with_an_answer_that_does_not_fit_is_refused(rig: Rig) -> None:
    engine, run = await parked(rig)
    with pytest.raises(InvalidAnswerError, match="charge"):
        await run.resolve("pay", Verb.DONE, answer=17)
    assert len(await engine.parked()) == 1


async def test_not_done_runs_the_step_again_under_a_new_key(rig: Rig, world: World) -> None:
    engine, run = await parked(rig)
    await run.resolve("pay", Verb.NOT_DONE)
    assert (await run.result()).booked == "Busan!"
    assert world.count("charge") == 2
    first, second = await keys(engine)
    assert first != second


async def test_send_again_sends_the_same_bytes_under_the_same_key(rig: Rig, world: World) -> None:
    engine, run = await parked(rig)
    await run.resolve("pay", Verb.SEND_AGAIN)
    assert (await run.result()).booked == "Busan!"
    assert world.calls[:2] == ["charge:Busan"] * 2
    first, second = await keys(engine)
    assert first == second


async def test_refusal_of_what_was_sent_again_does_not_end_the_doubt(rig: Rig, world: World) -> None:
    """The first one may have happened all the same."""
    engine, run = await parked(rig)
    world.failures["charge"] = [Refused("charged already")]
    await run.resolve("pay", Verb.SEND_AGAIN)
    await until(run, ev.StepParked, count=2)
    assert "WriteFailed" not in await story(engine, run.id)
    await run.resolve("pay", Verb.DONE, answer="by hand")
    assert (await run.result()).booked == "by hand"
    assert world.count("charge") == 2


async def test_abort_fails_the_step_and_sends_nothing(rig: Rig, world: World) -> None:
    engine, run = await parked(rig)
    await run.resolve("pay", Verb.ABORT, by="ann")
    with pytest.raises(RunFailedError, match=r"AbortedError.*ann"):
        await run.result()
    assert world.calls == ["charge:Busan"]
    assert await engine.parked() == []


async def test_decision_counts_once(rig: Rig, world: World) -> None:
    _, run = await parked(rig)
    await run.resolve("pay", Verb.DONE, answer="by hand")
    with pytest.raises(RefusedError, match="no parked step"):
        await run.resolve("pay", Verb.SEND_AGAIN)
    await run.result()
    assert world.count("charge") == 1


async def test_step_that_is_not_parked_can_not_be_decided_about(rig: Rig) -> None:
    _, run = await parked(rig)
    with pytest.raises(RefusedError, match="search"):
        await run.resolve("search", Verb.ABORT)


async def test_parked_run_outlives_its_engine(rig: Rig, world: World) -> None:
    engine, _ = await parked(rig)
    await rig.crash(engine)
    other = await rig.open(paying)
    there = await other.get("one")
    assert (await there.status()).status is Status.PARKED
    await there.resolve("pay", Verb.DONE, answer="by hand")
    assert (await there.result()).booked == "by hand"
    assert world.count("charge") == 1


async def test_parked_write_keeps_a_cancelled_run_open_until_somebody_decides(rig: Rig, world: World) -> None:
    _, run = await parked(rig)
    await run.cancel()
    await turns()
    assert (await run.status()).status is Status.PARKED
    await run.resolve("pay", Verb.DONE, answer="by hand")
    with pytest.raises(RunCancelledError):
        await run.result()
    assert world.calls == ["charge:Busan"]


async def test_write_that_can_be_asked_about_resolves_itself(rig: Rig, world: World) -> None:
    world.losses["order"] = [ConnectionResetError("in the middle")]
    engine = await rig.open()
    run = await engine.start(buying, Trip(), id="one")
    assert (await run.result()).booked == "Busan!"
    assert [world.count("order"), world.count("find_order")] == [1, 1]
    assert "StepParked" not in await story(engine, "one")


async def test_write_that_is_found_not_to_have_happened_fails_when_its_tries_are_spent(rig: Rig, world: World) -> None:
    world.failures["order"] = [ConnectionResetError("before it")] * 9
    engine = await rig.open()
    run = await engine.start(buying, Trip(), id="one")
    with pytest.raises(RunFailedError, match="ConnectionResetError"):
        await run.result()
    assert world.done == []
    assert [world.count("order"), world.count("find_order")] == [3, 3]
