"""Calls of runs under their guards: long waits hold no worker, and nothing is sent more often than allowed."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import httpx
import pytest

from podium import (
    END,
    FROM_ENGINE,
    START,
    Breaker,
    Budget,
    IdempotencyKey,
    Retry,
    StateMachine,
    Status,
    ToolFailed,
    minutes,
    step,
    tool,
)
from podium.core import events as ev
from podium.engine.engine import Engine
from podium.errors import RunFailedError
from podium.failure import FailureKind
from podium.guard.retry import ASKED, BREAKER
from podium.testing.clock import FakeClock
from tests.inside import inner
from tests.unit.engine.rig import Rig, story, turns, until
from tests.unit.engine.world import AT_ONCE, Trip, World, book

TEN_MINUTES_MS = 600_000

T = TypeVar("T")


def replied(status: int, *, retry_after: str | None = None) -> httpx.HTTPStatusError:
    request = httpx.Request("POST", "http://desk.example")
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    reply = httpx.Response(status, request=request, headers=headers)
    return httpx.HTTPStatusError(f"status {status}", request=request, response=reply)


def later() -> httpx.HTTPStatusError:
    return replied(429, retry_after="600")


@tool.read(retry=AT_ONCE)
async def ask(what: str, *, world: World = FROM_ENGINE) -> str:
    return await world.act("ask", what)


@tool.read(retry=AT_ONCE, deadline=minutes(15))
async def hurried(what: str, *, world: World = FROM_ENGINE) -> str:
    return await world.act("hurried", what)


@tool.write(retry=AT_ONCE)
async def pay(what: str, *, world: World = FROM_ENGINE) -> str:
    """Without a key: it is sent again only where it was certainly not sent."""
    return await world.act("pay", what, key="pay")


@tool.write(idempotent=True, retry=Retry(attempts=1), deadline=5)
async def brisk(what: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    return await world.act("brisk", what, key=key)


@tool.write(retry=AT_ONCE, breaker=Breaker("desk"))
async def guarded_pay(what: str, *, world: World = FROM_ENGINE) -> str:
    return await world.act("guarded_pay", what, key="guarded_pay")


@tool.write(timeout=5, retry=Retry(attempts=1), hard=True)
async def deaf(what: str, *, world: World = FROM_ENGINE) -> str:
    """It does not hear that its time is up."""
    world.note("deaf", what)
    task = asyncio.create_task(world.act("deaf", what, key="deaf"))
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            world.seen.append("cancelled")
    return task.result()


@deaf.reconcile
async def find_deaf(what: str, *, world: World = FROM_ENGINE) -> str | None:
    world.note("find_deaf", what)
    return f"{what}?" if world.effects else None


@tool.read(retry=Retry(attempts=1), budget=Budget("team", tokens=10, cost=lambda args: (0, len(args["what"]))))
async def costly(what: str, *, world: World = FROM_ENGINE) -> str:
    return await world.act("costly", what)


@step
async def reads_twice(trip: Trip) -> None:
    trip.log.append(await ask("first"))
    trip.log.append(await hurried("second"))


@step
async def reads_and_writes(trip: Trip) -> None:
    trip.found = await ask("it")
    trip.booked = await book("seat")


@step(retry=AT_ONCE)
async def stubborn(trip: Trip) -> None:
    trip.found = await ask("it")


@step
async def catches(trip: Trip) -> None:
    try:
        await ask("it")
    except ToolFailed as failed:
        trip.log.append(failed.failure.type)


def only(what: object, name: str, give: str = "found") -> StateMachine[Trip]:
    state = what.state("do", take={"what": "city"}, give=give)  # type: ignore[attr-defined]
    return StateMachine(name, Trip, START >> state >> END)


briskly = only(brisk, "briskly")
asking, hurrying, paying, guarding, deafening, spending = (
    only(which, name)
    for which, name in [
        (ask, "asking"),
        (hurried, "hurrying"),
        (pay, "paying"),
        (guarded_pay, "guarding"),
        (deaf, "deafening"),
        (costly, "spending"),
    ]
)
twice, mixed, nested, catching = (
    StateMachine(state.name, Trip, START >> state >> END)
    for state in (reads_twice, reads_and_writes, stubborn, catches)
)
booking = StateMachine("booking", Trip, START >> book.state("do", take={"city": "city"}, give="booked") >> END)

late_booking = StateMachine(
    "late_booking", Trip, START >> book.state("do", take={"city": "city"}, give="booked") >> END, deadline=10
)


async def soon(clock: FakeClock, work: Coroutine[Any, Any, T], *, leap_ms: int = 30_000) -> T:
    """Let time pass, monotonic time too, until something is done."""
    task = asyncio.create_task(work)
    while not task.done():
        await clock.skip(leap_ms)
        await asyncio.wait([task], timeout=0.001)  # what waits for a disk needs real time
    return await task


async def postponed(engine: Engine, run_id: str) -> list[ev.StepPostponed]:
    return [event for _, event in await engine.events(run_id) if isinstance(event, ev.StepPostponed)]


# ----- Retry-After


async def test_read_that_is_asked_to_wait_for_long_holds_no_worker(rig: Rig, world: World) -> None:
    clock = FakeClock()
    world.failures["ask"] = [later()]
    engine = await rig.open(clock=clock)
    run = await engine.start(asking, Trip(), id="one")
    held = await until(run, ev.StepPostponed)
    assert (held.tries, held.why) == (1, ASKED)
    assert TEN_MINUTES_MS <= held.until - clock.now_ms() <= TEN_MINUTES_MS * 1.1
    assert (await run.status()).status is Status.WAITING
    assert (await soon(clock, run.result())).found == "Busan!"
    assert clock.now_ms() >= held.until
    assert world.count("ask") == 2


@pytest.mark.parametrize("machine", [asking, mixed, twice], ids=lambda machine: machine.name)
async def test_tries_of_a_read_count_over_waits_and_crashes(
    machine: StateMachine[Trip], rig: Rig, world: World
) -> None:
    clock = FakeClock()
    world.failures["ask"] = [later() for _ in range(9)]
    engine = await rig.open(machine, clock=clock)
    run = await engine.start(machine, Trip(), id="one")
    await until(run, ev.StepPostponed)
    await rig.crash(engine)
    other = await rig.open(machine, clock=clock)
    with pytest.raises(RunFailedError, match="429"):
        await soon(clock, (await other.get("one")).result())
    assert world.count("ask") == 3
    assert [event.tries for event in await postponed(other, "one")] == [1, 2]


async def test_next_call_of_the_step_has_all_its_tries(rig: Rig, world: World) -> None:
    clock = FakeClock()
    world.failures["ask"] = [later(), later()]
    world.failures["hurried"] = [replied(503), replied(503)]
    engine = await rig.open(clock=clock)
    run = await engine.start(twice, Trip(), id="one")
    assert (await soon(clock, run.result())).log == ["first!", "second!"]
    assert (world.count("ask"), world.count("hurried")) == (3, 3)


async def test_write_that_is_asked_to_wait_for_long_is_sent_again_under_its_key(rig: Rig, world: World) -> None:
    clock = FakeClock()
    world.failures["book"] = [later(), later()]
    engine = await rig.open(booking, clock=clock)
    run = await engine.start(booking, Trip(), id="one")
    await until(run, ev.StepPostponed)
    await rig.crash(engine)
    other = await rig.open(booking, clock=clock)
    assert (await soon(clock, (await other.get("one")).result())).booked == "Busan!"
    assert world.done == ["book:Busan"]
    assert [event.tries for event in await postponed(other, "one")] == [1, 2]
    assert world.count("book") == 3


async def test_tries_of_a_write_count_over_waits(rig: Rig, world: World) -> None:
    clock = FakeClock()
    world.failures["pay"] = [later() for _ in range(9)]
    engine = await rig.open(clock=clock)
    run = await engine.start(paying, Trip())
    with pytest.raises(RunFailedError, match="429"):
        await soon(clock, run.result())
    assert world.count("pay") == 3


async def test_write_after_a_read_that_waited_has_all_its_tries(rig: Rig, world: World) -> None:
    clock = FakeClock()
    world.failures["ask"] = [later(), later()]
    world.failures["book"] = [ConnectionRefusedError(), ConnectionRefusedError()]
    engine = await rig.open(clock=clock)
    run = await engine.start(mixed, Trip())
    assert (await soon(clock, run.result())).booked == "seat!"
    assert world.count("book") == 3


async def test_deadline_of_a_call_is_that_of_its_first_entry(rig: Rig, world: World) -> None:
    clock = FakeClock()
    world.failures["hurried"] = [later(), later()]
    engine = await rig.open(hurrying, clock=clock)
    began = clock.now_ms()
    run = await engine.start(hurrying, Trip(), id="one")
    held = await until(run, ev.StepPostponed)
    assert held.deadline_at == began + 15 * 60_000
    await rig.crash(engine)
    other = await rig.open(hurrying, clock=clock)
    with pytest.raises(RunFailedError, match="OutOfTime") as ended:
        await soon(clock, (await other.get("one")).result())
    failure = ended.value.failure
    assert failure is not None
    assert (failure.kind, world.count("hurried")) == (FailureKind.DEADLINE, 2)
    assert "httpx.HTTPStatusError" in failure.types, "on_error still finds what the tool raised"
    assert failure.retry_at is not None
    assert failure.retry_at >= began + 20 * 60_000
    assert "status 429" in failure.message


async def test_doubt_is_settled_whatever_the_deadline_of_the_call_was(rig: Rig, world: World) -> None:
    clock = FakeClock()
    world.losses["brisk"] = [ConnectionResetError() for _ in range(3)]
    engine = await rig.open(clock=clock)
    run = await engine.start(briskly, Trip())
    assert (await soon(clock, run.result())).found == "Busan!"
    assert (world.count("brisk"), world.done) == (4, ["brisk:Busan"])


async def test_doubt_is_settled_though_the_time_of_the_run_is_up(rig: Rig, world: World) -> None:
    clock = FakeClock()
    world.losses["book"] = [ConnectionResetError() for _ in range(6)]
    engine = await rig.open(clock=clock)
    run = await engine.start(late_booking, Trip())
    await soon(clock, until(run, ev.StepPostponed), leap_ms=1)
    with pytest.raises(RunFailedError, match="DeadlineError"):
        await soon(clock, run.result())
    assert "WriteDone" in await story(engine, run.id)
    assert (world.count("book"), world.done) == (7, ["book:Busan"])


# ----- our own key


async def test_write_that_is_still_in_progress_there_is_waited_for(rig: Rig, world: World) -> None:
    clock = FakeClock()
    world.failures["book"] = [replied(409), replied(409)]
    engine = await rig.open(clock=clock)
    run = await engine.start(booking, Trip())
    assert (await soon(clock, run.result())).booked == "Busan!"
    assert world.count("book") == 3
    assert world.done == ["book:Busan"]
    assert inner(engine).host.around.guards.view().retry_budgets[0].left == 500


# ----- refusals of our own


async def test_write_without_a_key_waits_for_an_open_breaker_and_is_sent_once(rig: Rig, world: World) -> None:
    clock = FakeClock()
    engine = await rig.open(guarding, clock=clock)
    inner(engine).host.around.guards.adopt_open("desk", clock.now_ms() + 60_000)
    run = await engine.start(guarding, Trip(), id="one")
    held = await until(run, ev.StepPostponed)
    assert (held.tries, held.why) == (0, BREAKER)
    assert world.calls == []
    assert "WriteReleased" in await story(engine, "one"), "it was surely not sent, and must not look like doubt"
    assert (await soon(clock, run.result())).found == "Busan!"
    assert world.calls == ["guarded_pay:Busan"]


async def test_write_is_not_kept_waiting_for_a_breaker_twice(rig: Rig, world: World) -> None:
    clock = FakeClock()
    engine = await rig.open(guarding, clock=clock)
    inner(engine).host.around.guards.adopt_open("desk", clock.now_ms() + 60_000)
    run = await engine.start(guarding, Trip())
    await until(run, ev.StepPostponed)
    inner(engine).host.around.guards.force_open("desk")
    with pytest.raises(RunFailedError, match="BreakerOpen: desk is left alone"):
        await soon(clock, run.result())
    assert world.calls == []


async def test_what_is_over_budget_is_not_called(rig: Rig, world: World) -> None:
    engine = await rig.open()
    run = await engine.start(spending, Trip(city="Constantinople"))
    with pytest.raises(RunFailedError, match="OverBudget"):
        await run.result()
    assert world.calls == []


# ----- one layer that retries


async def test_step_does_not_try_again_what_its_call_gave_up_on(rig: Rig, world: World) -> None:
    world.failures["ask"] = [replied(503) for _ in range(99)]
    engine = await rig.open()
    with pytest.raises(RunFailedError, match="503"):
        await (await engine.start(nested, Trip())).result()
    assert world.count("ask") == 3


async def test_failure_is_the_tools_own_where_no_guard_ended_it(rig: Rig, world: World) -> None:
    world.failures["ask"] = [replied(404)]
    engine = await rig.open()
    assert (await (await engine.start(catching, Trip())).result()).log == ["httpx.HTTPStatusError"]


# ----- what does not end


async def test_nobody_is_asked_about_a_write_before_its_attempt_has_really_ended(rig: Rig, world: World) -> None:
    clock = FakeClock()
    gate = world.gate("deaf")
    engine = await rig.open(clock=clock)
    run = await engine.start(deafening, Trip())
    await world.entered["deaf"].wait()
    await clock.advance(7_000)
    await turns()
    assert world.seen == ["cancelled"]
    assert world.count("find_deaf") == 0
    assert inner(engine).host.around.guards.view().left_behind == 1
    gate.set()
    assert (await soon(clock, run.result())).found == "Busan!"
    assert world.count("find_deaf") == 0, "its own late answer was there first"


# ----- what exceptions mean


async def test_author_teaches_an_engine_what_exceptions_of_all_tools_mean(rig: Rig, world: World) -> None:
    engine = Engine(rig.url, resources=rig._resources)

    @engine.classify
    def of_our_bus(error: BaseException) -> FailureKind | None:
        return FailureKind.PERMANENT if isinstance(error, KeyError | ConnectionResetError) else None

    world.failures["ask"] = [ConnectionResetError("the bus says no"), ValueError()]
    async with engine:
        with pytest.raises(RunFailedError, match="the bus says no") as ended:
            await (await engine.start(asking, Trip())).result()
    assert of_our_bus(KeyError()) is FailureKind.PERMANENT
    assert ended.value.failure is not None
    assert (ended.value.failure.kind, world.count("ask")) == (FailureKind.PERMANENT, 1)
