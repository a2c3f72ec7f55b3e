"""A compensation that only a person can get on: what is known of it, what may be decided, and that it is kept."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest

from podium import (
    END,
    FROM_ENGINE,
    START,
    Engine,
    Handle,
    IdempotencyKey,
    OnFailure,
    Retry,
    StateMachine,
    Status,
    Verb,
    step,
    tool,
)
from podium.core import events as ev
from podium.core.path import ROOT
from podium.core.state import RunState, Scope
from podium.engine.parked import ParkedRecord
from podium.engine.projection import project
from podium.errors import InvalidAnswerError, RefusedError, RunCompensatedError
from tests.unit.engine.booking import dine, finish, fly, machine, post, stay
from tests.unit.engine.rig import Rig, draw, until, valve
from tests.unit.engine.world import Refused, Trip, World

dining = machine(fly, dine)


@pytest.fixture
def world(rig: Rig) -> World:
    """Let every run here fail at its end."""
    rig.world.failures["look"] = [Refused("closed") for _ in range(9)]
    return rig.world


async def parked(run: Handle[Any]) -> ParkedRecord:
    """Wait until the run shows as parked, and return what it is parked for."""
    while (await run.status()).status is not Status.PARKED:
        await until(run, ev.StepParked)
    (record,) = await run.parked()
    return record


async def failing(rig: Rig, world: World, *, times: int = 10) -> tuple[Engine, Handle[Any]]:
    world.failures["free_table"] = [Refused(f"no {number}") for number in range(times)]
    engine = await rig.open()
    draw(engine, 0)
    return engine, await engine.start(dining, Trip(), id="one")


async def test_record_tells_all_that_is_needed(rig: Rig, world: World) -> None:
    engine, run = await failing(rig, world)
    record = await parked(run)
    assert (record.step.path, record.step.reason, record.workflow) == ("dine.undo", "undo-failed", "saga")
    (row,) = await engine.parked(run_id="one")
    assert row == record.step
    (event,) = [(n, e) for n, e in await engine.events("one") if isinstance(e, ev.StepParked)]
    assert record.step.version == event[0]
    assert record.known[0].startswith('table with {"city":"Busan"} happened, under key ')
    assert record.known[0].endswith('and gave "Busan!"')
    assert record.unknown == ()
    assert [(one.what, one.failure.message) for one in record.tried] == [("not done", f"no {n}") for n in range(10)]
    assert record.waiting == ("fly",)
    assert [verb for verb, _ in record.actions] == [Verb.SEND_AGAIN, Verb.DONE, Verb.SKIP]


async def test_retry_begins_anew_with_ten_tries(rig: Rig, world: World) -> None:
    _, run = await failing(rig, world, times=15)
    await parked(run)
    await run.resolve("dine.undo", Verb.SEND_AGAIN, by="ann", reason="the desk is open again")
    with pytest.raises(RunCompensatedError):
        await run.result()
    assert world.count("free_table") == 16
    assert world.done == ["flight:Busan", "table:Busan", "free_table:Busan!", "cancel_flight:Busan!"]


async def test_retry_with_another_input_takes_that_instead(rig: Rig, world: World) -> None:
    _, run = await failing(rig, world)
    await parked(run)
    with pytest.raises(InvalidAnswerError, match="free_table"):
        await run.resolve("dine.undo", Verb.SEND_AGAIN, answer={"city": 7})
    await run.resolve("dine.undo", Verb.SEND_AGAIN, answer="the other table")
    with pytest.raises(RunCompensatedError):
        await run.result()
    assert world.done[2:] == ["free_table:the other table", "cancel_flight:Busan!"]


async def test_done_takes_a_persons_word_for_it(rig: Rig, world: World) -> None:
    engine, run = await failing(rig, world)
    await parked(run)
    await run.resolve("dine.undo", Verb.DONE, answer={"ticket": 17}, by="ann", reason="cancelled by phone")
    with pytest.raises(RunCompensatedError) as ended:
        await run.result()
    assert ended.value.skipped == ()
    assert world.done[2:] == ["cancel_flight:Busan!"]
    (resolved,) = [event for _, event in await engine.events("one") if isinstance(event, ev.StepResolved)]
    assert (resolved.by, resolved.reason, resolved.answer) == ("ann", "cancelled by phone", '{"ticket":17}')


async def test_skip_leaves_it_and_what_waits_goes_on(rig: Rig, world: World) -> None:
    engine, run = await failing(rig, world)
    await parked(run)
    await run.resolve("dine.undo", Verb.SKIP, by="ann", reason="no fee")
    with pytest.raises(RunCompensatedError, match="but for dine") as ended:
        await run.result()
    assert ended.value.skipped == ("dine",)
    assert world.done[2:] == ["cancel_flight:Busan!"]
    (skipped,) = [event for _, event in await engine.events("one") if isinstance(event, ev.UndoSkipped)]
    assert (skipped.by, skipped.reason) == ("ann", "no fee")
    assert await engine.parked() == []


async def test_decision_about_what_was_seen_before_is_refused(rig: Rig, world: World) -> None:
    _, run = await failing(rig, world, times=20)
    seen = await parked(run)
    await run.resolve("dine.undo", Verb.SEND_AGAIN, version=seen.step.version)
    await until(run, ev.StepParked, count=2)
    with pytest.raises(RefusedError, match="parked anew"):
        await run.resolve("dine.undo", Verb.SKIP, version=seen.step.version)
    await run.resolve("dine.undo", Verb.SKIP, version=(await parked(run)).step.version)
    with pytest.raises(RunCompensatedError):
        await run.result()


async def test_what_can_not_be_meant_is_refused(rig: Rig, world: World) -> None:
    _, run = await failing(rig, world)
    await parked(run)
    with pytest.raises(RefusedError, match="say skip"):
        await run.resolve("dine.undo", Verb.ABORT)
    with pytest.raises(RefusedError, match="not in doubt"):
        await run.resolve("dine.undo", Verb.NOT_DONE)


@pytest.mark.parametrize(("verb", "calls"), [(Verb.DONE, 1), (Verb.NOT_DONE, 2), (Verb.SEND_AGAIN, 2)], ids=str)
async def test_compensation_in_doubt_that_nobody_can_answer_parks(
    rig: Rig, world: World, verb: Verb, calls: int
) -> None:
    world.losses["free_table"] = [ConnectionError("reset")]
    engine = await rig.open()
    run = await engine.start(dining, Trip(), id="one")
    record = await parked(run)
    assert (record.step.path, record.step.reason) == ("dine.undo", "in-doubt")
    assert record.unknown == ("whether free_table happened",)
    assert [one.what for one in record.tried] == ["in doubt"]
    assert [verb for verb, _ in record.actions] == [Verb.DONE, Verb.NOT_DONE, Verb.SEND_AGAIN]
    with pytest.raises(RefusedError, match="may have happened"):
        await run.resolve("dine.undo", Verb.SKIP)
    await run.resolve("dine.undo", verb, by="ann")
    with pytest.raises(RunCompensatedError):
        await run.result()
    assert world.count("free_table") == calls
    keys = [key for key, what in world.effects.items() if what.startswith("free_table")]
    assert len(keys) == (2 if verb is Verb.NOT_DONE else 1)


async def test_irreversible_write_parks_for_a_person_and_what_came_before_waits(rig: Rig, world: World) -> None:
    engine = await rig.open()
    run = await engine.start(machine(stay, post), Trip())
    parked_forward = await until(run, ev.StepParked)
    assert (parked_forward.path, parked_forward.reason) == ("finish", "forward-only")
    await run.resolve("finish", Verb.ABORT, by="ann")
    while (record := await parked(run)).step.path != "post.undo":
        await until(run, ev.StepParked, count=2)
    assert record.step.reason == "no-undo"
    assert [verb for verb, _ in record.actions] == [Verb.DONE, Verb.SKIP]
    assert record.waiting == ("stay",)
    await run.resolve("post.undo", Verb.SKIP, reason="sent is sent")
    with pytest.raises(RunCompensatedError):
        await run.result()
    assert world.done == ["hotel:Busan", "mail:Busan", "cancel_hotel:Busan!"]


@step(retry=Retry(attempts=10, base=0, cap=0))
async def insist(trip: Trip, *, world: World = FROM_ENGINE) -> None:
    trip.log.append(await world.act("insist", trip.city))


async def test_step_that_fails_ten_times_after_an_irreversible_write_parks_and_nothing_is_undone(
    rig: Rig, world: World
) -> None:
    world.failures["insist"] = [TimeoutError("down") for _ in range(10)]
    engine = await rig.open()
    run = await engine.start(StateMachine("going", Trip, START >> stay >> post >> insist >> END), Trip())
    stopped = await until(run, ev.StepParked)
    assert (stopped.path, stopped.reason) == ("insist", "forward-only")
    assert world.count("insist") == 10
    assert world.done == ["hotel:Busan", "mail:Busan"]
    with pytest.raises(RefusedError, match="can only go forward"):
        await run.cancel()
    await run.resolve("insist", Verb.SEND_AGAIN, by="ann")
    assert (await run.result()).log == ["Busan!"]
    assert world.done == ["hotel:Busan", "mail:Busan"]


# ----- code that is not what it was


def version(**compensators: Any) -> StateMachine[Trip]:
    """Return the same workflow with another compensator: same name, same structure."""

    @tool.write(idempotent=True)
    async def rent(city: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
        return await world.act("rent", city, key=key)

    async def give_back(rented: str, *, world: World = FROM_ENGINE) -> None:
        await world.act("give_back", rented, key="back")

    async def give_back_changed(rented: str, fee: int = 0, *, world: World = FROM_ENGINE) -> None:
        await world.act("give_back", f"{rented}{fee}", key="back")

    chosen = give_back_changed if compensators.get("changed") else give_back
    chosen.__name__ = compensators.get("name", "give_back")
    rent.compensate(chosen)
    chain = START >> rent.state("car", take={"city": "city"}) >> finish >> END
    return StateMachine("renting", Trip, chain, on_failure=OnFailure.COMPENSATE)


@pytest.mark.parametrize("how", [{"changed": True}, {"name": "return_car"}], ids=["changed", "renamed"])
async def test_compensator_that_is_not_there_any_more_parks_and_is_not_called(
    rig: Rig, world: World, how: dict[str, Any]
) -> None:
    before, after = version(), version(**how)
    assert before.hash == after.hash
    world.doors["look"] = door = asyncio.Event()
    old = await rig.open()
    await old.start(before, Trip(), id="one")
    await world.entered["look"].wait()
    await rig.crash(old)
    door.set()
    new = await rig.open(after)
    run = await new.get("one")
    record = await parked(run)
    assert record.step.reason == "no-undo"
    assert "give_back@" in record.step.detail
    assert "Bring it back and retry" in record.step.detail
    assert world.count("give_back") == 0
    await rig.crash(new)
    mended = await rig.open(before)
    run = await mended.get("one")
    await run.resolve("car.undo", Verb.SEND_AGAIN)
    with pytest.raises(RunCompensatedError):
        await run.result()
    assert world.done == ["rent:Busan", "give_back:Busan!"]


async def test_compensation_whose_result_is_on_disk_needs_no_code_any_more(rig: Rig, world: World) -> None:
    before, after = version(), version(name="return_car")
    old = await rig.open()
    valve(old).cut(ev.WriteDone, path="car.undo")
    await old.start(before, Trip(), id="one")
    await valve(old).is_cut.wait()
    await rig.crash(old)
    run = await (await rig.open(after)).get("one")
    with pytest.raises(RunCompensatedError):
        await run.result()
    assert world.done == ["rent:Busan", "give_back:Busan!"]


async def test_copy_of_a_parked_runs_file_is_all_that_is_needed_to_go_on(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = Rig(tmp_path, file=file)
    rig.world.failures["look"] = [Refused("closed")]
    monkeypatch.setattr("podium.engine.url.store_of", rig.store_of)
    engine, run = await failing(rig, rig.world)
    await parked(run)
    await rig.crash(engine)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in tmp_path.glob("podium.db*"):
        if name.is_file():
            shutil.copy(name, elsewhere / name.name)
    rig.url = f"sqlite:///{elsewhere / 'podium.db'}"
    there = await rig.open(dining)
    copy = await there.get("one")
    record = await parked(copy)
    await copy.resolve(record.step.path, Verb.SEND_AGAIN, by="ann", version=record.step.version)
    with pytest.raises(RunCompensatedError, match="closed"):
        await copy.result()
    assert rig.world.done == ["flight:Busan", "table:Busan", "free_table:Busan!", "cancel_flight:Busan!"]
    await rig.close()


def test_step_that_parked_and_went_on_before_anybody_was_told_is_not_listed() -> None:
    state = RunState("one", dining.graph)
    state.scopes[ROOT] = Scope.begin(ROOT, dining.graph, {})
    row = project(state, [ev.StepParked(1, "dine.undo", "no-undo", "why"), ev.UndoSkipped(1, "dine.undo")])
    assert (row.parked, row.unparked) == ((), ["dine.undo"])
