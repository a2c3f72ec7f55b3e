"""Guards that are each worker's own stand around calls on Temporal as they do over a file."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from temporalio.api.history.v1 import HistoryEvent

from podium import Engine, Handle
from podium.core import events as ev
from podium.errors import RunCancelledError, RunFailedError
from tests.integration.temporal.asking import backend
from tests.integration.temporal.guarded import BY_NAME, RETRY_AFTER_S, Ask, Side

pytestmark = pytest.mark.process


@pytest.fixture
def side() -> Side:
    """Return the other side."""
    return Side()


@pytest.fixture
async def engine(url: str, side: Side) -> AsyncIterator[Engine]:
    """Return an engine that works, too."""

    def resources() -> AbstractAsyncContextManager[Side]:
        return given(side)

    async with Engine(url, workflows=BY_NAME.values(), resources=resources) as engine:
        yield engine


@asynccontextmanager
async def given(side: Side) -> AsyncIterator[Side]:
    yield side


async def until_asked(side: Side) -> None:
    """Wait until a call has come."""
    while not side.asked:
        await asyncio.sleep(0)


async def test_attempt_whose_time_is_up_is_over(engine: Engine, side: Side) -> None:
    with pytest.raises(RunFailedError, match="no answer within 50 ms"):
        await (await engine.start(BY_NAME["timed"], Ask())).result()
    assert side.asked == ["book"]


@pytest.mark.parametrize(("name", "why"), [("narrow", "BulkheadFull"), ("seldom", "RateExceeded")])
async def test_second_call_of_two_runs_is_refused_where_one_may_be_made(
    engine: Engine, side: Side, name: str, why: str
) -> None:
    first = await engine.start(BY_NAME[name], Ask(what="one"))
    await until_asked(side)
    with pytest.raises(RunFailedError, match=why):
        await (await engine.start(BY_NAME[name], Ask(what="two"))).result()
    side.open.set()
    assert (await first.result()).answer == "one!"
    assert side.asked == ["one"]


async def test_call_that_takes_long_gets_a_second_one_beside_it(engine: Engine) -> None:
    assert (await (await engine.start(BY_NAME["hedged"], Ask())).result()).answer == "the second one"


async def test_long_wait_that_the_other_side_asks_for_is_a_timer_of_the_run_and_holds_no_worker(
    engine: Engine, side: Side
) -> None:
    run = await engine.start(BY_NAME["throttled"], Ask())
    timer = await until_timer(engine, run)
    waits_s = timer.timer_started_event_attributes.start_to_fire_timeout.ToMilliseconds() / 1000
    assert RETRY_AFTER_S - 10 < waits_s <= 1.1 * RETRY_AFTER_S, "since it was asked for, some time may have passed"
    handle = backend(engine).client.get_workflow_handle(run.id)
    assert not (await handle.describe()).raw_description.pending_activities
    assert [type(event) for _, event in await engine.events(run.id)][-1] is ev.StepPostponed
    await run.cancel()
    with pytest.raises(RunCancelledError):
        await run.result()
    assert side.asked == ["book"]


async def until_timer(engine: Engine, run: Handle[Ask]) -> HistoryEvent:
    """Wait until the run waits for a timer, and return the event that says so."""
    handle = backend(engine).client.get_workflow_handle(run.id)
    while True:
        async for event in handle.fetch_history_events():
            if event.HasField("timer_started_event_attributes"):
                return event
        assert not (await run.status()).status.is_terminal, "it waited for no timer"
