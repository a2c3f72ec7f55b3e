"""Every feature of the core, held by a workflow execution: the core needs no line of its own for it."""

import asyncio
import os

import pytest
from temporalio.client import Client
from temporalio.client import WorkflowExecutionStatus as Shown

from tests.integration.crash.outside import Outside
from tests.integration.temporal.bare import BareClient
from tests.integration.temporal.flows import ALL, GO
from tests.integration.temporal.worker import worker_of

pytestmark = [pytest.mark.process, pytest.mark.usefixtures("worker")]

BOOKED = ["flight", "hotel", "car", "table", "guide"]


async def test_steps_with_reads_and_writes_run_to_the_end_with_each_effect_once(
    bare: BareClient, outside: Outside
) -> None:
    run = await bare.start(ALL["ten"])
    data = await run.data()
    assert data["sent"] == "payment done done"
    assert data["notes"] == ["price!", "time!", "room!", "thought", "wax!", "seal done", "receipt!"]
    assert outside.tried() == outside.done() == ["Busan", "hotel", "seal", "payment", "payment"]
    assert await run.shown() == (Shown.COMPLETED, "completed")


async def test_step_that_is_one_call_costs_one_activity_and_each_write_inside_a_step_two_more(bare: BareClient) -> None:
    activities = {}
    for name in ("keying", "arguing"):
        run = await bare.start(ALL[name])
        await run.over()
        history = await run.handle.fetch_history()
        activities[name] = sum(event.HasField("activity_task_scheduled_event_attributes") for event in history.events)
    assert activities == {"keying": 1, "arguing": 3}


async def test_nodes_items_and_nested_workflows_run_side_by_side(bare: BareClient, outside: Outside) -> None:
    assert (await (await bare.start(ALL["wide"])).over()).output == '"Busan!Busan!"'
    stops = await (await bare.start(ALL["touring"])).over()
    assert stops.status == "completed"
    assert len(outside.done()) == len(set(outside.lines("done"))) == 24


async def test_attempts_of_a_step_and_its_timers_are_the_cores(bare: BareClient, outside: Outside) -> None:
    run = await bare.start(ALL["trying"])
    assert (await run.data())["notes"] == ["at last"]
    assert (await run.kinds()).count("AttemptFailed") == 2
    assert (await (await bare.start(ALL["napping"])).over()).status == "completed"


async def test_person_is_asked_and_answers_once_with_what_fits(bare: BareClient) -> None:
    run = await bare.start(ALL["asking"])
    await run.until("waiting")
    (task,) = await run.tasks()
    assert (task.path, task.title) == ("judge", "Shall it go on?")
    assert (await run.answer("judge", "perhaps")).startswith("invalid: ")
    assert await run.answer("judge", "yes") == ""
    assert (await run.data())["notes"] == ["judged yes"]


async def test_write_waits_for_consent_and_what_is_refused_is_not_sent(bare: BareClient, outside: Outside) -> None:
    for name, path in (("spending", "spend"), ("approving", "pay")):
        run = await bare.start(ALL[name])
        await run.until("waiting")
        (task,) = await run.tasks()
        assert task.approval
        assert outside.tried() == []
        assert await run.answer(path, answer=False) == ""
        assert (await run.over()).status == "failed"
        assert outside.tried() == []
    run = await bare.start(ALL["spending"])
    await run.until("waiting")
    assert await run.answer("spend", answer=True) == ""
    assert (await run.data())["paid"] == "costly done"
    assert outside.lines("asked").count("price") == 2, "one look a run: it is on record when the step is run again"


async def test_signal_counts_once_and_is_kept_until_a_step_takes_it(bare: BareClient) -> None:
    run = await bare.start(ALL["hearing"])
    assert (await run.signal("heard", 7)).startswith("invalid: ")
    assert await run.signal("other", "kept", ask_id="one") == ""
    assert await run.signal("other", "kept", ask_id="one") == ""
    assert await run.signal("heard", "hello") == ""
    assert (await run.data())["flight"] == "hello"
    assert (await run.kinds()).count("SignalReceived") == 2


async def test_step_signals_another_run(bare: BareClient) -> None:
    other = await bare.start(ALL["hearing"])
    run = await bare.start(ALL["calling"], city=other.id)
    assert (await run.over()).status == "completed"
    assert (await other.data())["flight"] == "hello"


async def test_run_is_called_off_after_what_it_sent_has_settled(bare: BareClient, outside: Outside) -> None:
    run = await bare.start(ALL["waiting-long"])
    while outside.lines("asked") != ["endless"]:
        pass_on = await run.info()
        assert pass_on.status == "running"
    assert await run.cancel() == ""
    assert await run.cancel() == ""
    assert (await run.over()).status == "cancelled"
    assert await run.shown() == (Shown.CANCELED, "cancelled")
    assert outside.done() == ["before"]


@pytest.mark.parametrize("name", ["slow-tool", "slow-step"])
async def test_write_on_its_way_settles_before_the_run_is_called_off_and_is_undone(
    bare: BareClient, outside: Outside, name: str
) -> None:
    os.mkfifo(outside.folder / GO)
    run = await bare.start(ALL[name])
    while "slowly" not in outside.lines("asked"):
        await run.info()
    assert await run.cancel() == ""
    for _ in range(3):
        assert (await run.info()).status == "running", "it waits for what it sent"
    await asyncio.to_thread((outside.folder / GO).write_text, "on")
    assert (await run.over()).status == "compensated"
    assert outside.tried() == ["slowly", "no-slowly"]
    assert await run.shown() == (Shown.CANCELED, "compensated")


async def test_run_that_is_called_off_before_any_worker_served_it_does_nothing(
    client: Client, outside: Outside
) -> None:
    bare = BareClient(client, "unserved")
    run = await bare.start(ALL["waiting-long"])
    cancelling = asyncio.create_task(run.cancel())
    while not (await run.handle.describe()).raw_description.HasField("pending_workflow_task"):
        pass
    async with worker_of(client, bare.queue, outside):
        assert await cancelling == ""
        assert (await run.over()).status == "cancelled"
    assert outside.tried() == []


async def test_execution_that_is_called_off_with_temporals_own_tools_calls_the_run_off(bare: BareClient) -> None:
    run = await bare.start(ALL["hearing"])
    await run.until("waiting")
    await run.handle.cancel()
    assert (await run.over()).status == "cancelled"
    assert await run.shown() == (Shown.CANCELED, "cancelled")


@pytest.mark.parametrize("name", ["five", "branches", "edge"])
async def test_what_was_written_is_undone(bare: BareClient, tmp_path: object, outside: Outside, name: str) -> None:
    object.__setattr__(outside, "mode", "sold-out")
    run = await bare.start(ALL[name])
    found = await run.over()
    undone = [what for what in outside.done() if what.startswith("no-")]
    if name == "five":
        assert undone == [f"no-{what}" for what in reversed(BOOKED)]
    if name != "edge":
        assert found.status == "compensated"
        assert await run.shown() == (Shown.FAILED, "compensated")
    assert undone


async def test_compensation_that_fails_parks_with_everything_to_go_on(bare: BareClient, outside: Outside) -> None:
    run = await bare.start(ALL["parking"])
    await run.until("compensating")
    assert "no-flight" not in outside.done()


async def test_failed_run_is_sent_on_in_another_execution(bare: BareClient, outside: Outside) -> None:
    object.__setattr__(outside, "mode", "sold-out")
    run = await bare.start(ALL["five"])
    assert (await run.over()).status == "compensated"
    object.__setattr__(outside, "mode", "fine")
    await bare.retry(run)
    assert (await run.over()).status == "completed"
    assert "RunRewound" in await run.kinds()
