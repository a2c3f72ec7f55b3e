"""A failed run can be sent on, and a run can be forked: what was done is not done again."""

import pytest

from podium import END, START, StateMachine, wait
from podium.core import events as ev
from podium.errors import DuplicateRunError, RefusedError, RunFailedError
from tests.unit.engine.rig import Rig, story, until
from tests.unit.engine.world import Refused, Trip, World, book, look

search = look.state("search", take={"what": "city"}, give="found")
flight = book.state("flight", take={"city": "city"}, give="booked")
last = look.state("last", take={"what": "booked"}, give="found")
travel = StateMachine("travel", Trip, START >> search >> flight >> last >> END)
asking = StateMachine("asking", Trip, START >> flight >> wait("go", str, give="found") >> last >> END)
later = StateMachine("later", Trip, START >> search >> wait("go", str) >> flight >> END)


async def test_retry_of_a_failed_run_does_not_repeat_finished_steps(rig: Rig, world: World) -> None:
    world.failures["look"] = []
    engine = await rig.open()
    gate = world.gate("book")
    run = await engine.start(travel, Trip())
    await world.entered["book"].wait()
    world.failures["look"] = [Refused("closed")]
    gate.set()
    with pytest.raises(RunFailedError):
        await run.result()
    await run.retry(by="ann")
    trip = await run.result()
    assert trip.found == "Busan!!"
    assert world.calls == ["look:Busan", "book:Busan", "look:Busan!", "look:Busan!"]
    assert (await until(run, ev.RunRetried)).by == "ann"


async def test_retry_of_a_failed_write_takes_a_new_key(rig: Rig, world: World) -> None:
    world.failures["book"] = [Refused("full")]
    engine = await rig.open()
    run = await engine.start(travel, Trip())
    with pytest.raises(RunFailedError):
        await run.result()
    await run.retry()
    await run.result()
    events = await engine.events(run.id)
    first, second = [event.key for _, event in events if isinstance(event, ev.WriteIntended)]
    assert first != second
    assert world.calls.count("look:Busan") == 1


async def test_retry_of_a_run_that_did_not_fail_is_refused(rig: Rig) -> None:
    engine = await rig.open()
    run = await engine.start(travel, Trip())
    await run.result()
    with pytest.raises(RefusedError, match="only a failed run"):
        await run.retry()


async def test_fork_goes_on_from_where_it_was_taken_and_leaves_the_other_alone(rig: Rig, world: World) -> None:
    engine = await rig.open()
    run = await engine.start(asking, Trip(), id="one")
    await until(run, ev.StepStarted, count=2)
    fork = await run.fork(id="two")
    await fork.signal("go", "fork")
    trip = await fork.result()
    assert (trip.booked, trip.found) == ("Busan!", "Busan!!")
    assert (await fork.status()).parent == "one"
    assert world.count("book") == 1
    await run.signal("go", "first")
    await run.result()
    assert world.count("look") == 2
    assert (await story(engine, "two"))[0] == "RunForked"


async def test_fork_may_be_taken_at_any_event_of_a_run(rig: Rig, world: World) -> None:
    engine = await rig.open()
    run = await engine.start(travel, Trip())
    wanted = (await run.result()).found
    events = await engine.events(run.id)
    over = next(number for number, event in events if isinstance(event, ev.StepDone) and event.path == "last")
    for at in range(1, over):
        fork = await run.fork(at=at, writes=True)
        assert (await fork.result()).found == wanted, at
    with pytest.raises(RefusedError, match="was completed"):
        await run.fork(at=over)


async def test_fork_of_an_earlier_moment_does_the_rest_anew(rig: Rig, world: World) -> None:
    engine = await rig.open()
    run = await engine.start(later, Trip(), id="one")
    await until(run, ev.StepStarted, count=2)
    waiting = (await run.status()).seq
    await run.signal("go", "first")
    await run.result()
    fork = await run.fork(at=waiting, id="two", writes=True)
    await fork.signal("go", "second")
    assert (await fork.result()).booked == "Busan!"
    assert [world.count("look"), world.count("book"), len(world.done)] == [1, 2, 2]


async def test_fork_without_leave_to_write_calls_no_write(rig: Rig, world: World) -> None:
    engine = await rig.open()
    run = await engine.start(later, Trip(), id="one")
    await until(run, ev.StepStarted, count=2)
    fork = await run.fork(id="two")
    await fork.signal("go", "second")
    with pytest.raises(RunFailedError, match="WritesForbiddenError"):
        await fork.result()
    assert world.count("book") == 0


async def test_fork_needs_an_id_of_its_own(rig: Rig) -> None:
    engine = await rig.open()
    run = await engine.start(later, Trip(), id="one")
    await until(run, ev.StepStarted, count=2)
    with pytest.raises(DuplicateRunError):
        await run.fork(id="one")
