"""A process may die at any moment of an agent's loop: what is on record is not paid again, and writes happen once."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from podium import FROM_ENGINE, IdempotencyKey, tool
from podium.agents import Agent
from podium.core.events import Event, ReadDone
from podium.engine.ports import Append
from tests.unit.agents.script import Script, final
from tests.unit.engine.rig import Rig, valve
from tests.unit.engine.world import World


class Trip(BaseModel):
    summary: str


@tool.read
async def look(city: str, *, world: World = FROM_ENGINE) -> str:
    """Look a city up."""
    return await world.act("look", city)


@tool.write(idempotent=True)
async def book(city: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    """Book a room."""
    return await world.act("book", city, key=key)


TURNS: tuple[Any, ...] = (
    [("look", {"city": "a"}, "id")],
    [("look", {"city": "b"}, "id"), ("look", {"city": "b"}, "id")],
    [("book", {"city": "a"}, "id"), ("look", {"city": "c"}, "id"), ("book", {"city": "b"}, "id")],
    [("look", '{"city": "d",}', "id")],
    [("hotel", {"city": "d"}, "id")],
    [("look", {"city": "e"}, "id")],
    [("book", {"city": "e"}, "id")],
    [("look", {"city": "f"}, "id")],
    [("final_result", {"wrong": 1}, "id")],
    final(summary="done"),
)
"""Ten requests: reads at once and equal, writes, JSON to mend, a tool that is not there, output that misfits."""

APPENDS = 28
"""So often a run of it is added to at most: 25 times, where answers that come together are decided together."""


def desk(script: Script) -> Agent[Trip]:
    return Agent("desk", script.model, output=Trip, tools=[look, book])


@pytest.mark.parametrize("nth", range(APPENDS))
async def test_whenever_the_process_dies_no_request_on_record_is_paid_again(rig: Rig, world: World, nth: int) -> None:
    first, second = Script(*TURNS), Script(*TURNS)
    engine = await rig.open()
    taken = cut_before(engine, nth)
    run = await engine.start(desk(first), "go", id="r")
    ends = [asyncio.ensure_future(valve(engine).is_cut.wait()), asyncio.ensure_future(run.result())]
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    await rig.crash(engine)
    recorded = sum(isinstance(event, ReadDone) and event.call.startswith("desk@") for event in taken)
    other = await rig.open(desk(second))
    assert await (await other.start(desk(second), "go", id="r")).result() == Trip(summary="done")
    assert second.paid == list(range(recorded, len(TURNS)))
    assert sorted(world.effects.values()) == ["book:a", "book:b", "book:e"]
    assert Counter(call for call in world.calls if call.startswith("book")).most_common(1)[0][1] <= 2


async def test_the_cases_above_are_all_there_are(rig: Rig, world: World) -> None:
    script = Script(*TURNS)
    engine = await rig.open()
    taken = cut_before(engine, -1)
    disk: Any = valve(engine)
    run = await engine.start(desk(script), "go", id="r")
    assert await run.result() == Trip(summary="done")
    assert len(TURNS) < disk.appends <= APPENDS
    assert script.paid == list(range(len(TURNS)))
    assert sum(isinstance(event, ReadDone) and event.call.startswith("desk@") for event in taken) == len(TURNS)


def cut_before(engine: Any, nth: int) -> list[Event]:
    """Take nothing more from the n-th append on (what is decided at once comes in one); return what was taken."""
    disk: Any = valve(engine)
    taken: list[Event] = []
    disk.appends = 0
    plain: Callable[[Append], int] = disk.append

    def append(news: Append) -> int:
        if disk.appends == nth:
            disk.mute()
            disk.is_cut.set()
        if not disk.is_cut.is_set():
            taken.extend(news.events)
        disk.appends += 1
        return plain(news)

    disk.append = append
    return taken
