"""What a handle does, whoever gives it: an engine, or a client of its server."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from podium import Approve, Client, Edit, Engine, Reject, Status, Verb
from podium.errors import (
    DuplicateRunError,
    InvalidAnswerError,
    InvalidInputError,
    RefusedError,
    RunCancelledError,
    RunCompensatedError,
    RunFailedError,
    RunNotFoundError,
)
from tests.integration.server import flows
from tests.integration.server.flows import WORLD, Note

Starter = Engine | Client
Exercise = Callable[[Any], Awaitable[None]]


LIMIT_S = 120
"""No exercise takes a tenth of it; one that hangs says where, and the others go on."""


async def until(handle: Any, status: Status) -> None:
    """Wait until a run stands so; it is asked, for its events may come before its row is as far."""
    async with asyncio.timeout(LIMIT_S):
        while (await handle.status()).status is not status:
            await asyncio.sleep(0)


async def a_run_gives_its_typed_result(runs: Any) -> None:
    handle = await runs.start(flows.counting, Note(text="three small words"), id="typed")
    note = await handle.result()
    assert isinstance(note, Note)
    assert note.words == 3
    assert (await handle.status()).status is Status.COMPLETED
    assert await handle.board(flows.seen) == ["three small words"]


async def the_same_id_is_the_same_run_and_another_input_is_refused(runs: Any) -> None:
    first = await runs.start(flows.counting, Note(text="one"), id="same")
    assert (await runs.start(flows.counting, Note(text="one"), id="same")).id == first.id
    with pytest.raises(DuplicateRunError, match="another input") as told:
        await runs.start(flows.counting, Note(text="two"), id="same")
    assert told.value.run_id == "same"


async def what_is_not_there_is_not_found(runs: Any) -> None:
    with pytest.raises(RunNotFoundError) as told:
        await runs.get("nowhere")
    assert told.value.run_id == "nowhere"


async def events_come_until_the_run_is_over_and_after_a_number(runs: Any) -> None:
    handle = await runs.start(flows.checking, Note(text="a"), id="events")
    seen: list[tuple[int, Any]] = []
    async for number, event in handle.events():
        seen.append((number, event))
        if type(event).__name__ == "TaskOpened":
            await handle.answer("check", Approve())
    assert [number for number, _ in seen] == list(range(1, len(seen) + 1))
    assert type(seen[-1][1]).__name__ == "RunCompleted"
    assert [pair async for pair in handle.events(after=3)] == seen[3:]


async def an_answer_is_checked_and_edits_what_goes_on(runs: Any) -> None:
    handle = await runs.start(flows.checking, Note(text="a"), id="answers")
    await until(handle, Status.WAITING)
    with pytest.raises(InvalidAnswerError, match="choice"):
        await handle.answer("check", {"choice": "maybe"})
    with pytest.raises(RefusedError):
        await handle.answer("nobody", {"choice": "approve"})
    await handle.answer("check", Edit[str](value="two words"))
    assert (await handle.result()).words == 2
    with pytest.raises(RefusedError):
        await handle.answer("check", Reject())


async def a_signal_counts_once_for_its_id(runs: Any) -> None:
    handle = await runs.start(flows.paying, Note(text="a"), id="signals")
    await until(handle, Status.WAITING)
    with pytest.raises(InvalidAnswerError):
        await handle.signal("payment", "much")
    await handle.signal("payment", 7, id="payment-1")
    assert (await handle.result()).paid == 7


async def a_cancel_ends_the_run_and_says_so(runs: Any) -> None:
    handle = await runs.start(flows.paying, Note(text="a"), id="cancels")
    await until(handle, Status.WAITING)
    await handle.cancel("not wanted any more")
    with pytest.raises(RunCancelledError):
        await handle.result()
    with pytest.raises(RefusedError):
        await handle.cancel()


async def a_failed_run_tells_its_failure_and_is_retried(runs: Any) -> None:
    WORLD.is_broken = True
    handle = await runs.start(flows.failing, Note(text="a"), id="fails")
    with pytest.raises(RunFailedError) as told:
        await handle.result()
    assert told.value.failure is not None
    assert told.value.failure.message == "<b>a</b> can not be"
    WORLD.is_broken = False
    await handle.retry()
    assert (await handle.result()).words == 1
    with pytest.raises(RefusedError):
        await handle.retry()


async def what_was_written_is_undone(runs: Any) -> None:
    handle = await runs.start(flows.booking_flow, Note(text="fail"), id="undoes")
    with pytest.raises(RunCompensatedError) as told:
        await handle.result()
    assert told.value.skipped == ()
    assert WORLD.cancelled == ["B-fail"]


async def a_parked_step_is_told_whole_and_resolved(runs: Any) -> None:
    handle = await runs.start(flows.booking_flow, Note(text="doubt"), id="parks")
    await until(handle, Status.PARKED)
    (record,) = await handle.parked()
    assert record.unknown == ("whether book happened",)
    assert record.tried[0].failure.message == "the answer was lost"
    assert Verb.DONE in dict(record.actions)
    with pytest.raises(RefusedError):
        await handle.resolve(record.step.path, Verb.DONE, answer="B-1", version=record.step.version - 1)
    with pytest.raises(InvalidAnswerError):
        await handle.resolve(record.step.path, Verb.DONE, answer=5)
    await handle.resolve(record.step.path, Verb.DONE, answer="B-1", version=record.step.version, reason="seen there")
    assert (await handle.result()).booking == "B-1"
    assert WORLD.booked.count("doubt") == 1


async def consent_is_given_by_true(runs: Any) -> None:
    handle = await runs.start(flows.consenting, Note(text="a"), id="consents")
    await until(handle, Status.WAITING)
    await handle.answer("paid", answer=True)
    assert (await handle.result()).booking == "a"


async def a_fork_is_a_run_of_its_own(runs: Any) -> None:
    handle = await runs.start(flows.checking, Note(text="a"), id="forks")
    await until(handle, Status.WAITING)
    copy = await handle.fork(id="forked")
    assert (await copy.status()).parent == "forks"
    await copy.answer("check", Approve())
    assert (await copy.result()).words == 1
    assert (await handle.status()).status is Status.WAITING
    assert (await handle.diagram()).startswith("<svg")


async def an_input_that_does_not_fit_makes_no_run(runs: Any) -> None:
    with pytest.raises(InvalidInputError):
        await runs.start(flows.counting, Approve(), id="unfit")
    with pytest.raises(RunNotFoundError):
        await runs.get("unfit")


EXERCISES: tuple[Exercise, ...] = (
    a_run_gives_its_typed_result,
    the_same_id_is_the_same_run_and_another_input_is_refused,
    what_is_not_there_is_not_found,
    events_come_until_the_run_is_over_and_after_a_number,
    an_answer_is_checked_and_edits_what_goes_on,
    a_signal_counts_once_for_its_id,
    a_cancel_ends_the_run_and_says_so,
    a_failed_run_tells_its_failure_and_is_retried,
    what_was_written_is_undone,
    a_parked_step_is_told_whole_and_resolved,
    consent_is_given_by_true,
    a_fork_is_a_run_of_its_own,
    an_input_that_does_not_fit_makes_no_run,
)
