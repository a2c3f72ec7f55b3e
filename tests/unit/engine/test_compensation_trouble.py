"""A compensation that fails is tried for long, by durable timers; what is in doubt is settled as any write is."""

from typing import Any

import pytest

from podium import FROM_ENGINE, Breaker, Engine, Handle, IdempotencyKey, Status, Verb, tool
from podium.core import events as ev
from podium.errors import RunCompensatedError
from podium.testing.clock import FakeClock
from tests.inside import inner
from tests.unit.engine.booking import dine, fly, machine, sit, stay
from tests.unit.engine.rig import Rig, draw, in_time, story, until
from tests.unit.engine.world import Refused, Trip, World

lone = machine(fly)
MINUTE_MS = 60_000


@pytest.fixture(autouse=True)
def _closed(world: World) -> None:
    """Let every run here fail at its end."""
    world.failures["look"] = [Refused("closed") for _ in range(9)]


class TooManyError(Exception):
    """What an HTTP client raises for status 429."""

    def __init__(self, seconds: int) -> None:
        super().__init__("too many requests")
        self.response = Response(seconds)


class Response:
    """Says when to come back."""

    status_code = 429

    def __init__(self, seconds: int) -> None:
        self.headers = {"retry-after": str(seconds)}


async def events(engine: Engine, run: Handle[Any], kind: type[ev.Event]) -> list[Any]:
    return [event for _, event in await engine.events(run.id) if isinstance(event, kind)]


async def test_compensation_that_fails_is_tried_again_later_under_a_new_key(rig: Rig, world: World) -> None:
    world.failures["cancel_flight"] = [Refused("not now"), Refused("not yet")]
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(lone, Trip())
    with pytest.raises(RunCompensatedError, match="closed"):
        await in_time(clock, run.result())
    assert world.count("cancel_flight") == 3
    sent = [event.key for event in await events(engine, run, ev.WriteIntended) if event.path == "fly.undo"]
    assert len(set(sent)) == 3
    failed = await events(engine, run, ev.AttemptFailed)
    assert [0 <= event.retry_at - event.at <= 1_000 << n for n, event in enumerate(failed)] == [True, True]


async def test_run_that_waits_to_try_again_is_held_by_nobody_and_goes_on_in_time(rig: Rig, world: World) -> None:
    world.failures["cancel_flight"] = [Refused("not now") for _ in range(6)]
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    draw(engine, 0.999)
    run = await engine.start(lone, Trip())
    await in_time(clock, until(run, ev.AttemptFailed, count=5))
    await clock.advance(100)
    info = await run.status()
    assert (info.status, info.owner, info.has_work) == (Status.COMPENSATING, None, False)
    (*_, last) = await events(engine, run, ev.AttemptFailed)
    assert info.wake_at == last.retry_at
    assert run.id not in inner(engine).host.live
    assert "closed" in (info.error or "")
    with pytest.raises(RunCompensatedError):
        await in_time(clock, run.result())


async def test_waits_grow_to_five_minutes_and_ten_tries_are_all(rig: Rig, world: World) -> None:
    world.failures["cancel_flight"] = [Refused("never") for _ in range(10)]
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    draw(engine, 0.999)
    run = await engine.start(lone, Trip())
    parked = await in_time(clock, until(run, ev.StepParked), leap_ms=MINUTE_MS)
    assert (parked.path, parked.reason) == ("fly.undo", "undo-failed")
    assert world.count("cancel_flight") == 10
    waits = [event.retry_at - event.at for event in await events(engine, run, ev.AttemptFailed)]
    assert waits == [999, 1998, 3996, 7992, 15984, 31968, 63936, 127872, 255744]
    info = await run.status()
    assert (info.status, info.wake_at) == (Status.PARKED, None)
    assert info.undoing_since is not None
    assert "closed" in (info.error or "")
    assert "fly.undo: undo-failed" in (info.error or "")


async def test_persons_retry_begins_the_waits_anew(rig: Rig, world: World) -> None:
    world.failures["cancel_flight"] = [Refused("never") for _ in range(12)]
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    draw(engine, 0.999)
    run = await engine.start(lone, Trip())
    await in_time(clock, until(run, ev.StepParked), leap_ms=MINUTE_MS)
    await in_time(clock, run.resolve("fly.undo", Verb.SEND_AGAIN))
    with pytest.raises(RunCompensatedError):
        await in_time(clock, run.result())
    waits = [event.retry_at - event.at for event in await events(engine, run, ev.AttemptFailed)]
    assert waits[9:] == [999, 1998]


async def test_compensation_waits_as_long_as_the_other_side_asks_for(rig: Rig, world: World) -> None:
    world.failures["cancel_flight"] = [TooManyError(90)]
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(lone, Trip())
    with pytest.raises(RunCompensatedError):
        await in_time(clock, run.result())
    assert world.count("cancel_flight") == 2
    (wait,) = [event.retry_at - event.at for event in await events(engine, run, ev.AttemptFailed)]
    assert wait > 80_000, "90 s less the leaps that the clock makes meanwhile"


@tool.write(idempotent=True, breaker=Breaker("desk", consecutive=1, open_for=2, open_for_max=2))
async def tour(city: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    return await world.act("tour", city, key=key)


@tour.compensate
async def cancel_tour(booked: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> None:
    await world.act("cancel_tour", booked, key=key)


async def test_open_breaker_paces_a_compensation_and_counts_for_no_try(rig: Rig, world: World) -> None:
    world.failures["cancel_tour"] = [ConnectionRefusedError("down") for _ in range(12)]
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    draw(engine, 0)
    run = await engine.start(machine(tour.state("tour", take={"city": "city"})), Trip())
    with pytest.raises(RunCompensatedError):
        await in_time(clock, run.result())
    assert world.count("cancel_tour") == 13
    failed = await events(engine, run, ev.AttemptFailed)
    assert {event.failure.type for event in failed} == {"ConnectionRefusedError", "BreakerOpen"}
    waits = [event.retry_at - event.at for event in failed if event.failure.type == "BreakerOpen"]
    assert max(waits) > 1_000, "as long as it stays open"


async def test_compensation_that_never_gets_through_is_tried_for_ever(rig: Rig, world: World) -> None:
    world.failures["cancel_flight"] = [ConnectionRefusedError("down") for _ in range(25)]
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    draw(engine, 0.999)
    run = await engine.start(lone, Trip())
    with pytest.raises(RunCompensatedError):
        await in_time(clock, run.result(), leap_ms=MINUTE_MS)
    waits = [event.retry_at - event.at for event in await events(engine, run, ev.AttemptFailed)]
    assert max(waits) == 299_700
    assert world.count("cancel_flight") == 26


async def test_lost_reply_is_asked_for_again_under_the_same_key(rig: Rig, world: World) -> None:
    world.losses["cancel_flight"] = [ConnectionError("reset"), ConnectionError("reset")]
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(lone, Trip())
    with pytest.raises(RunCompensatedError):
        await in_time(clock, run.result())
    assert world.count("cancel_flight") == 3
    assert world.done == ["flight:Busan", "cancel_flight:Busan!"]
    assert [event.path for event in await events(engine, run, ev.StepPostponed)] == ["fly.undo"] * 2


async def test_reply_that_is_lost_ten_times_parks(rig: Rig, world: World) -> None:
    world.losses["cancel_flight"] = [ConnectionError("reset") for _ in range(10)]
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(lone, Trip())
    parked = await in_time(clock, until(run, ev.StepParked), leap_ms=MINUTE_MS)
    assert (parked.path, parked.reason) == ("fly.undo", "undo-failed")
    assert "may have happened" in parked.detail
    assert world.count("cancel_flight") == 10


async def test_write_that_was_given_up_in_doubt_is_undone_by_its_key(rig: Rig, world: World) -> None:
    world.losses["seat"] = [ConnectionError("reset")]
    engine = await rig.open()
    run = await engine.start(machine(stay, sit), Trip())
    await until(run, ev.StepParked)
    await run.cancel()
    assert (await run.status()).status is Status.PARKED, "doubt is resolved first"
    (sent,) = [event for event in await events(engine, run, ev.WriteIntended) if event.path == "sit"]

    await run.resolve("sit", Verb.ABORT, by="ann", reason="nobody knows")
    with pytest.raises(RunCompensatedError):
        await run.result()
    assert world.seen == [f"None under {sent.key}"]
    assert world.done == ["hotel:Busan", "seat:Busan", "free_seat:None", "cancel_hotel:Busan!"]


async def test_write_that_was_given_up_in_doubt_parks_where_its_compensator_must_know(rig: Rig, world: World) -> None:
    world.losses["table"] = [ConnectionError("reset")]
    engine = await rig.open()
    run = await engine.start(machine(stay, dine), Trip())
    await until(run, ev.StepParked)

    await run.resolve("dine", Verb.ABORT)
    parked = await until(run, ev.StepParked, count=2)
    assert (parked.path, parked.reason) == ("dine.undo", "no-undo")
    assert "free_table does not take None" in parked.detail
    await run.resolve("dine.undo", Verb.SEND_AGAIN, answer="Busan after all", by="ann")
    with pytest.raises(RunCompensatedError):
        await run.result()
    assert world.done[-2:] == ["free_table:Busan after all", "cancel_hotel:Busan!"]
    assert "UndoSkipped" not in await story(engine, run.id)
