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


@pytest.mark.parametrize(("kind", "body"), BAD)
async def test_row_that_can_not_be_read_is_refused_and_the_others_are_heard(rig: Rig, kind: str, body: str) -> None:
    engine = await rig.open()
    run = await engine.start(waiting, Trip(), id="one")
    await inner(engine).store.put_inbox(InboxRow(id="bad", run_id="one", kind=kind, body=body))
    async with asyncio.timeout(5):
        await run.signal("go", "now")
        assert (await run.result()).booked == "now"
    assert await inner(engine).store.verdict("bad")
