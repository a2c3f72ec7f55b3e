"""A row of the inbox that can not be read is refused, and keeps nobody from deciding about the others."""

import asyncio

import pytest

from podium import END, START, StateMachine, wait
from podium.engine.ports import InboxRow
from tests.inside import inner
from tests.unit.engine.rig import Rig
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
    engine = await rig.open()
    run = await engine.start(waiting, Trip(), id="one")
    for nth, (kind, body) in enumerate(BAD):
        await inner(engine).store.put_inbox(InboxRow(id=f"bad {nth}", run_id="one", kind=kind, body=body))
    async with asyncio.timeout(60):
        await run.signal("go", "now")
        assert (await run.result()).booked == "now"
    verdicts = [await inner(engine).store.verdict(f"bad {nth}") for nth in range(len(BAD))]
    assert all(verdicts)
