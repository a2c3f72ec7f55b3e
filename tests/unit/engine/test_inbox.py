"""A row of the inbox that can not be read is refused, and keeps nobody from deciding about the others."""

import asyncio
from contextlib import suppress

from podium import END, START, StateMachine, wait
from podium.engine.ports import InboxRow
from podium.engine.watch import Watchers
from podium.errors import StoreUnavailableError
from podium.testing.clock import FakeClock
from tests.inside import inner
from tests.unit.engine.rig import Rig, in_time
from tests.unit.engine.world import Trip

waiting = StateMachine("waiting", Trip, START >> wait("go", str, give="booked") >> END)

BAD = [
    ("signal", "{"),
    ("signal", "[]"),
    ("signal", '{"name":"go","payload":"not JSON"}'),
    ("cancel", "{}"),
    ("resolve", '{"path":"go","verb":"maybe","answer":null,"by":""}'),
    ("resolve", '{"path":7,"verb":"abort","answer":null,"by":""}'),
    ("from tomorrow", "{}"),
]


async def test_rows_that_can_not_be_read_are_refused_and_the_others_are_heard(rig: Rig) -> None:
    clock = FakeClock()
    engine = await rig.open(clock=clock)
    run = await engine.start(waiting, Trip(), id="one")
    for nth, (kind, body) in enumerate(BAD):
        await inner(engine).store.put_inbox(InboxRow(id=f"bad {nth}", run_id="one", kind=kind, body=body))
    await in_time(clock, run.signal("go", "now"))
    assert (await in_time(clock, run.result())).booked == "now"
    verdicts = [await inner(engine).store.verdict(f"bad {nth}") for nth in range(len(BAD))]
    assert all(verdicts)


async def test_who_gives_up_waiting_takes_no_verdict_from_others_who_asked_the_same() -> None:
    watchers = Watchers()
    first, second = watchers.verdict_on("same"), watchers.verdict_on("same")
    first.cancel()
    watchers.forget_verdict("same", first)
    assert watchers.undecided() == ["same"]
    watchers.decided("same", "")
    assert second.result() == ""
    assert watchers.undecided() == []
    third = watchers.verdict_on("other")
    watchers.fail(StoreUnavailableError("gone"))
    assert isinstance(third.exception(), StoreUnavailableError)


async def test_who_gives_up_waiting_for_the_end_of_a_run_is_forgotten(rig: Rig) -> None:
    engine = await rig.open()
    await engine.start(waiting, Trip(), id="one")
    watchers = inner(engine).host.watchers
    with suppress(TimeoutError):
        async with asyncio.timeout(0.01):
            await engine.end_of("one")
    assert watchers.watched() == []
