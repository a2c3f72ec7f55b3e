"""A person is asked durably; the answer and the time-out are one decision."""

import asyncio
from typing import Literal

import pytest

from podium import END, START, Approve, Edit, Reject, StateMachine, human
from podium.core import events as ev
from podium.errors import InvalidAnswerError, RefusedError, RunFailedError
from podium.testing.clock import FakeClock
from tests.unit.engine.rig import Rig, in_time, story, until
from tests.unit.engine.world import Trip


@human(timeout=60, default=Reject())
async def editor(trip: Trip, answer: Approve | Edit[str] | Reject) -> Literal["publish", "drop"]:
    if isinstance(answer, Edit):
        trip.found = answer.value
    return "drop" if isinstance(answer, Reject) else "publish"


@human(timeout=60)
async def strict(trip: Trip, answer: Approve | Reject) -> None:
    trip.booked = answer.choice


desk = StateMachine("desk", Trip, START >> editor.choose({"publish": strict, "drop": END}), strict >> END)


async def test_answer_goes_to_the_step_and_closes_the_question(rig: Rig) -> None:
    engine = await rig.open()
    run = await engine.start(desk, Trip())
    await until(run, ev.TaskOpened)
    (task,) = await engine.tasks()
    assert (task.run_id, task.path, task.approval, task.is_open) == (run.id, "editor", False, True)
    await run.answer("editor", Edit(value="Jeju"), by="ann")
    assert await engine.tasks(run_id=run.id) != [task]
    await run.answer("strict", Approve(), by="bob")
    trip = await run.result()
    assert (trip.found, trip.booked) == ("Jeju", "approve")
    assert await engine.tasks() == []
    answered = [event for _, event in await engine.events(run.id) if isinstance(event, ev.StepAnswered)]
    assert [event.by for event in answered] == ["ann", "bob"]


async def test_default_answers_at_the_time_out(rig: Rig) -> None:
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(desk, Trip())
    await until(run, ev.TaskOpened)
    trip = await in_time(clock, run.result())
    assert trip == Trip()
    assert await engine.tasks() == []
    assert (await until(run, ev.StepAnswered)).by == "timeout"


async def test_time_out_without_a_default_is_a_failure(rig: Rig) -> None:
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(desk, Trip())
    await until(run, ev.TaskOpened)
    await run.answer("editor", Approve())
    await until(run, ev.TaskOpened, count=2)
    with pytest.raises(RunFailedError, match="StepTimeoutError"):
        await in_time(clock, run.result())
    assert await engine.tasks() == []


async def test_answer_after_the_time_out_is_refused(rig: Rig) -> None:
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(desk, Trip())
    await until(run, ev.TaskOpened)
    await in_time(clock, run.result())
    with pytest.raises(RefusedError, match="does not ask"):
        await run.answer("editor", Approve())


async def test_of_two_answers_at_once_one_counts(rig: Rig) -> None:
    engine, other = await rig.open(desk), await rig.open(desk)
    run = await engine.start(desk, Trip())
    await until(run, ev.TaskOpened)
    there = await other.get(run.id)
    answers = [run.answer("editor", Reject(), by="ann"), there.answer("editor", Reject(), by="bob")]
    ended = await asyncio.gather(*answers, return_exceptions=True)
    assert sorted(type(one).__name__ for one in ended) == ["NoneType", "RefusedError"]
    assert (await story(engine, run.id)).count("StepAnswered") == 1


async def test_answer_that_does_not_fit_is_refused_and_the_question_stays(rig: Rig) -> None:
    engine = await rig.open()
    run = await engine.start(desk, Trip())
    await until(run, ev.TaskOpened)
    with pytest.raises(InvalidAnswerError, match="editor"):
        await run.answer("editor", {"choice": "perhaps"})
    assert len(await engine.tasks()) == 1
    await run.answer("editor", Reject())
    await run.result()


async def test_question_outlives_its_engine(rig: Rig) -> None:
    engine = await rig.open(desk)
    run = await engine.start(desk, Trip(), id="one")
    await until(run, ev.TaskOpened)
    await rig.crash(engine)
    other = await rig.open(desk)
    assert len(await other.tasks()) == 1
    there = await other.get("one")
    await there.answer("editor", Reject())
    assert await there.result() == Trip()
