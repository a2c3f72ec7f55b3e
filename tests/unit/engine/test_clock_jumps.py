"""The wall clock is set by an hour under a running engine: durable times are wall times, and nothing else minds."""

import pytest

from podium import END, START, Engine, Handle, StateMachine, sleep
from podium.core import stimuli as st
from podium.engine.ports import Status
from podium.errors import RunFailedError
from podium.testing.clock import FakeClock
from tests.inside import inner
from tests.unit.engine.rig import Rig, in_time, turns
from tests.unit.engine.world import Trip, World, book, look

HOUR_MS = 3_600_000

search = look.state("search", take={"what": "city"}, give="found")
flight = book.state("flight", take={"city": "city"}, give="booked")
travel = StateMachine("travel", Trip, START >> search >> flight >> END)
napping = StateMachine("napping", Trip, START >> sleep("cool", 3) >> search >> END)
resting = StateMachine("resting", Trip, START >> sleep("cool", 60) >> search >> END)
hurried = StateMachine("hurried", Trip, START >> search >> flight >> END, deadline=600)


async def began(rig: Rig, machine: StateMachine[Trip]) -> tuple[FakeClock, Engine, Handle[Trip]]:
    clock = FakeClock()
    engine = await rig.open(machine, clock=clock)
    run = await engine.start(machine, Trip(), id="one")
    return clock, engine, run


@pytest.mark.parametrize("machine", [napping, resting], ids=["held", "let-go"])
@pytest.mark.parametrize("jump_ms", [HOUR_MS, -HOUR_MS], ids=["on", "back"])
async def test_timer_is_due_by_the_wall_clock_however_that_is_set(
    rig: Rig, machine: StateMachine[Trip], jump_ms: int
) -> None:
    clock, engine, run = await began(rig, machine)
    await turns()
    clock.jump(jump_ms)
    inner(engine).recovery.nudge()  # the fake clock's timers are of the time before
    started_at = clock.now_ms()
    assert (await in_time(clock, run.result(), leap_ms=HOUR_MS // 8)).found == "Busan!"
    waited_ms = clock.now_ms() - started_at
    assert waited_ms < HOUR_MS / 2 if jump_ms > 0 else HOUR_MS <= waited_ms < 2 * HOUR_MS


@pytest.mark.parametrize("jump_ms", [HOUR_MS, -HOUR_MS], ids=["on", "back"])
async def test_step_under_way_and_its_write_are_not_done_again(rig: Rig, world: World, jump_ms: int) -> None:
    gate = world.gate("book")
    clock, engine, run = await began(rig, travel)
    await world.entered["book"].wait()
    other = await rig.open(travel, clock=clock)
    clock.jump(jump_ms)
    for engine_ in (engine, other):
        inner(engine_).recovery.nudge()
    await turns()
    assert (await run.status()).epoch == 1, "nobody took it over"
    gate.set()
    assert (await run.result()).booked == "Busan!"
    assert world.count("book") == 1


async def test_deadline_that_a_clock_set_forward_has_passed_ends_the_run(rig: Rig, world: World) -> None:
    gate = world.gate("look")
    clock, _, run = await began(rig, hurried)
    await world.entered["look"].wait()
    clock.jump(HOUR_MS)
    gate.set()
    with pytest.raises(RunFailedError, match="DeadlineError|OutOfTime"):
        await in_time(clock, run.result())
    assert world.count("book") == 0


async def test_events_of_a_run_never_go_back_in_time(rig: Rig, world: World) -> None:
    gate = world.gate("look")
    clock, engine, run = await began(rig, travel)
    await world.entered["look"].wait()
    clock.jump(-HOUR_MS)
    gate.set()
    await run.result()
    times = [event.at for _, event in await engine.events(run.id)]
    assert times == sorted(times)
    assert (await run.status()).status is Status.COMPLETED


async def test_timer_that_rings_early_because_the_clock_was_set_back_rings_again(rig: Rig, world: World) -> None:
    """A timer of the event loop counts on whatever becomes of the wall clock."""
    world.gate("look")
    clock, engine, run = await began(rig, hurried)
    await world.entered["look"].wait()
    held = inner(engine).host.live["one"]
    due = held.state.deadline_at
    assert due is not None
    clock.jump(-HOUR_MS)
    held._time_came(st.Wake("", due))
    assert (await run.status()).status is Status.RUNNING
    clock.jump(2 * HOUR_MS)
    with pytest.raises(RunFailedError, match="DeadlineError"):
        await in_time(clock, run.result())
