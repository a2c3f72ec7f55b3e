"""One handle over the other shell: what is promised of a run holds where a Temporal server keeps it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from podium import Approve, Engine, RunFilter, Status
from podium.core import events as ev
from podium.engine import inbox
from podium.errors import (
    DuplicateRunError,
    InvalidAnswerError,
    RefusedError,
    RunCancelledError,
    RunCompensatedError,
    RunFailedError,
    RunNotFoundError,
    StoreUnavailableError,
)
from tests.integration.temporal.asking import backend, listed, until_waiting
from tests.integration.temporal.desk import Order, World, asked, napping, paid, paying, quick, resources

pytestmark = pytest.mark.process


@pytest.fixture
async def engine(url: str, world: World) -> AsyncIterator[Engine]:
    """Return an engine that works, too."""
    async with Engine(url, workflows=[quick, paid, asked, napping, paying], resources=resources) as engine:
        yield engine


async def test_run_goes_to_its_end_and_tells_its_events(engine: Engine, world: World) -> None:
    run = await engine.start(quick, Order())
    kinds = [type(event) async for _, event in run.events()]
    assert (await run.result()).booked == "book!"
    assert (kinds[0], kinds[-1]) == (ev.RunStarted, ev.RunCompleted)
    assert [line.split()[0] for line in world.lines] == ["book"]
    info = await run.status()
    assert (info.status, info.workflow, info.seq) == (Status.COMPLETED, "quick", len(kinds))


async def test_same_id_and_input_are_the_same_run_and_other_input_is_refused(engine: Engine, world: World) -> None:
    first = await engine.start(quick, Order(), id="one-of-a-kind")
    await first.result()
    again = await engine.start(quick, Order(), id="one-of-a-kind")
    assert (await again.result()).booked == "book!"
    with pytest.raises(DuplicateRunError, match="input"):
        await engine.start(quick, Order(item="pen"), id="one-of-a-kind")
    with pytest.raises(DuplicateRunError, match="workflow"):
        await engine.start(paid, Order(), id="one-of-a-kind")
    assert len(world.lines) == 1


async def test_run_waits_for_a_signal_that_counts_once(engine: Engine) -> None:
    run = await engine.start(paid, Order())
    await run.signal("payment", "cash", id="p1")
    await run.signal("payment", "cash", id="p1")
    assert (await run.result()).paid == "cash"
    signals = [event for _, event in await engine.events(run.id) if isinstance(event, ev.SignalReceived)]
    assert len(signals) == 1


async def test_cancelled_run_is_undone_and_stays_so(engine: Engine, world: World) -> None:
    run = await engine.start(paid, Order())
    await until_waiting(run)
    await run.cancel("no more", by="ann")
    with pytest.raises(RunCompensatedError):
        await run.result()
    assert [line.split()[0] for line in world.lines] == ["book", "give"]
    assert (await run.status()).status is Status.COMPENSATED
    with pytest.raises(RefusedError):
        await run.cancel()


async def test_run_that_wrote_nothing_is_cancelled(engine: Engine) -> None:
    run = await engine.start(asked, Order())
    await until_waiting(run)
    await run.cancel()
    with pytest.raises(RunCancelledError):
        await run.result()
    assert (await run.status()).status is Status.CANCELLED
    assert [info.id for info in await listed(engine, RunFilter(statuses=[Status.CANCELLED]), count=1)] == [run.id]


async def test_person_answers_and_what_does_not_fit_is_refused(engine: Engine) -> None:
    run = await engine.start(asked, Order())
    await until_waiting(run)
    (task,) = await engine.tasks(run_id=run.id)
    with pytest.raises(InvalidAnswerError):
        await run.answer(task.path, {"choice": "maybe"})
    with pytest.raises(RefusedError):
        await run.answer("nowhere", Approve())
    await run.answer(task.path, Approve(), by="ann")
    assert (await run.result()).seen == 1
    assert await engine.tasks(run_id=run.id) == []


async def test_time_passes_on_the_server(engine: Engine) -> None:
    assert (await (await engine.start(napping, Order())).result()).seen == 1


async def test_runs_are_listed_by_workflow_and_status(engine: Engine) -> None:
    for number in range(3):
        await (await engine.start(quick, Order(), id=f"listed-{number}")).result()
    open_run = await engine.start(paid, Order(), id="listed-open")
    await until_waiting(open_run)
    completed = await listed(engine, RunFilter(statuses=[Status.COMPLETED], workflow="quick"), count=3)
    assert [info.id for info in completed] == ["listed-2", "listed-1", "listed-0"]
    waiting = await listed(engine, RunFilter(statuses=[Status.WAITING]), count=1)
    assert [(info.id, info.workflow) for info in waiting] == [("listed-open", "paid")]
    page = await engine.runs(RunFilter(limit=2, before="listed-2"))
    assert [info.id for info in page] == ["listed-1", "listed-0"]
    assert await engine.runs(RunFilter(text="nothing like it")) == []


async def test_questions_of_all_runs_are_listed(engine: Engine) -> None:
    for number in range(2):
        await until_waiting(await engine.start(asked, Order(), id=f"asks-{number}"))
    await listed(engine, RunFilter(workflow="asked"), count=2)
    assert [task.run_id for task in await engine.tasks()] == ["asks-0", "asks-1"]


async def test_fork_begins_as_a_copy_that_owes_nothing(engine: Engine, world: World) -> None:
    run = await engine.start(paid, Order())
    await until_waiting(run)
    copy = await run.fork(id="copied")
    await copy.signal("payment", "cash")
    assert (await copy.result()).paid == "cash"
    assert (await copy.status()).parent == run.id
    assert len(world.lines) == 1


async def test_failed_run_is_sent_on_in_a_new_execution(engine: Engine, world: World) -> None:
    world.refuse("card")
    run = await engine.start(paying, Order(item="card"), id="sent-on")
    with pytest.raises(RunFailedError):
        await run.result()
    world.accept()
    await run.retry(by="ann")
    assert (await run.result()).booked == "card!"
    assert [info.id for info in await listed(engine, RunFilter(workflow="paying"), count=1)] == ["sent-on"]


async def test_run_that_is_not_there_is_not_found(engine: Engine) -> None:
    with pytest.raises(RunNotFoundError, match="no run 'nobody'"):
        await engine.get("nobody")
    with pytest.raises(RunNotFoundError):
        await engine.ask("nobody", "cancel", "x", by="", reason="")
    with pytest.raises(RunNotFoundError):
        await engine.post("nobody", "signal", "x", name="a", payload="1")


async def test_execution_that_is_terminated_on_the_server_is_a_failed_run(engine: Engine) -> None:
    run = await engine.start(paid, Order(), id="ended-by-force")
    await until_waiting(run)
    await backend(engine).client.get_workflow_handle(run.id).terminate("enough")
    with pytest.raises(RunFailedError, match="was terminated on the Temporal server"):
        await run.result()
    info = await run.status()
    assert (info.status, info.error) == (Status.FAILED, "its execution was terminated on the server")


async def test_without_a_worker_a_run_is_started_and_told_of_and_says_what_is_missing(url: str, world: World) -> None:
    async with Engine(url, recovers=False) as engine:
        run = await engine.start(quick, Order())
        assert ((await run.status()).status, (await run.status()).workflow) == (Status.RUNNING, "quick")
        assert not await engine.is_served()
        with pytest.raises(StoreUnavailableError, match="podium worker TARGET --db"):
            await engine.state(run.id)
        async with Engine(url, workflows=[quick], resources=resources):
            assert (await run.result()).booked == "book!"


async def test_what_is_left_for_a_worker_is_kept_when_the_wait_is_given_up(url: str, world: World) -> None:
    async with Engine(url, recovers=False) as engine:
        run = await engine.start(paid, Order())
        leaving = asyncio.create_task(engine.leave(run.id, inbox.SIGNAL, "p1", name="payment", payload='"cash"'))
        await asyncio.sleep(0)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        async with Engine(url, workflows=[paid], resources=resources):
            assert (await asyncio.wait_for(run.result(), 60)).paid == "cash"


async def test_whoever_asks_is_told_how_runs_of_the_queue_stand(engine: Engine) -> None:
    statuses = engine.statuses()
    run = await engine.start(paid, Order(), id="watched")
    await until_waiting(run)
    while await asyncio.wait_for(statuses.get(), 60) != ("watched", Status.WAITING):
        pass
    await run.signal("payment", "cash")
    while await asyncio.wait_for(statuses.get(), 60) != ("watched", Status.COMPLETED):
        pass


def test_run_sync_works_here_until_the_run_is_over(url: str, world: World) -> None:
    assert Engine(url, resources=resources).run_sync(quick, Order()).booked == "book!"
