"""What a step costs does not depend on how many came before it, nor a run on how many others wait."""

import asyncio
import gc
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, create_model

from podium import END, START, Dag, Engine, StateMachine, node, step, wait
from podium.core import snapshot
from podium.engine.live import LiveRun
from podium.engine.recovery import CLAIMS_MAX
from podium.testing.clock import FakeClock
from tests.inside import inner
from tests.unit.engine.rig import Rig

Again = Literal["again", "done"]


LARGE, NOTE = "x" * 100_000, "n" * 200


class Count(BaseModel):
    count: int = 100_000
    text: str = ""
    notes: list[str] = []


class Calls:
    """Counts the calls of functions of this process, without its threads."""

    def __init__(self) -> None:
        self.count = 0

    def see(self, _frame: object, event: str, _arg: object) -> None:
        self.count += event == "call"


@contextmanager
def counted() -> Iterator[Calls]:
    calls = Calls()
    sys.setprofile(calls.see)
    try:
        yield calls
    finally:
        sys.setprofile(None)


def loop(steps: int, stamps: list[int], calls: Calls, *, note: str = "") -> StateMachine[Count]:
    @step
    async def turn(state: Count) -> Again:
        stamps.append(calls.count)
        state.count += 1
        if note:
            state.notes.append(note)
        return "again" if state.count < 100_000 + steps else "done"

    return StateMachine("loop", Count, START >> turn.choose({"again": turn, "done": END}), max_visits=steps)


async def looped(url: str, steps: int, *, text: str = "", note: str = "") -> list[int]:
    """Run a loop; return how many calls had been made at the beginning of each step."""
    stamps: list[int] = []
    with counted() as calls:
        machine = loop(steps, stamps, calls, note=note)
        async with Engine(url) as engine:
            await (await engine.start(machine, Count(text=text), id="r")).result()
            state = await engine.state("r")
    assert len(state.steps) <= 1
    assert len(snapshot.dump(state)) < 2_000 + 2 * (len(text) + steps * (len(note) + 5)), "with the result"
    return stamps


async def test_step_of_a_loop_makes_as_many_calls_late_as_early() -> None:
    stamps = await looped("memory:", 3_000)
    early, late = stamps[600] - stamps[100], stamps[2_900] - stamps[2_400]
    assert abs(late - early) < early / 20, (early, late)


async def test_node_of_a_large_dag_makes_as_many_calls_as_one_of_a_small_one() -> None:
    per_node = [await _walked(nodes) / nodes for nodes in (40, 200)]
    assert per_node[1] < per_node[0] * 1.05, per_node


async def _walked(nodes: int) -> int:
    """Run a chain of nodes; return how many calls were made from the first to the last."""
    stamps: list[int] = []
    calls = Calls()
    made = [node(_link(number, stamps, calls)) for number in range(nodes)]
    dag = Dag("links", create_model("Begin", begin=(int, 0)), *made, gives=made[-1])
    async with Engine("memory:") as engine:
        sys.setprofile(calls.see)
        try:
            await (await engine.start(dag, dag.input.decode("{}", "input"), id="r")).result()
        finally:
            sys.setprofile(None)
    return stamps[-1] - stamps[0]


def _link(number: int, stamps: list[int], calls: Calls) -> Callable[..., Any]:
    source = f"n{number - 1}" if number else "begin"
    names: dict[str, Any] = {"stamps": stamps, "calls": calls}
    exec(f"async def n{number}({source}: int) -> int:\n stamps.append(calls.count)\n return {source} + 1", names)  # noqa: S102
    made: Callable[..., Any] = names[f"n{number}"]
    return made


def _kept(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        pages, size = connection.execute(
            "SELECT page_count, page_size FROM pragma_page_count, pragma_page_size"
        ).fetchone()
    return int(pages) * int(size)


@pytest.mark.slow
async def test_disk_per_step_is_what_changed(tmp_path: Path) -> None:
    sizes = {}
    works = {"short": (500, "", ""), "long": (1_500, "", ""), "large": (1_500, LARGE, ""), "grows": (1_500, "", NOTE)}
    for name, (steps, text, note) in works.items():
        path = tmp_path / f"{name}.db"
        await looped(f"sqlite:///{path}?synchronous=NORMAL", steps, text=text, note=note)
        sizes[name] = _kept(path)
    per_step = (sizes["long"] - sizes["short"]) / 1_000
    assert per_step < 250
    assert sizes["large"] - sizes["long"] < 3 * 100_000, "the value lies there as it came and as it went"
    assert sizes["grows"] - sizes["long"] < 4 * 200 * 1_500, "in the steps, in a snapshot at most, in the result"


async def test_runs_that_wait_are_in_no_memory(rig: Rig) -> None:
    machine = StateMachine("waits", Count, START >> wait("go", str, give="text") >> END)
    engine = await rig.open(machine)
    for number in range(50):
        await engine.start(machine, Count(), id=f"r{number}")
    while inner(engine).host.live:
        await asyncio.sleep(0)
    gc.collect()
    assert not [one for one in gc.get_objects() if isinstance(one, LiveRun) and one.compiled is machine]
    handle = await engine.get("r7")
    await handle.signal("go", "on")
    assert (await handle.result()).text == "on"


async def test_runs_of_a_dead_process_are_taken_over_batch_after_batch_without_a_wait(rig: Rig) -> None:
    clock = FakeClock()
    doors: list[asyncio.Future[None]] = []

    @step
    async def work(state: Count) -> None:
        if len(doors) < count:
            doors.append(asyncio.get_running_loop().create_future())
            await doors[-1]
        state.count = 1

    count = CLAIMS_MAX + 50
    machine = StateMachine("stubborn", Count, START >> work >> END)
    first = await rig.open(machine, clock=clock)
    for number in range(count):
        await first.start(machine, Count(), id=f"r{number}")
    while len(doors) < count:
        await asyncio.sleep(0)
    await rig.crash(first)
    second = await rig.open(machine, clock=clock)
    handles = [await second.get(f"r{number}") for number in range(count)]
    assert {result.count for result in await asyncio.gather(*(handle.result() for handle in handles))} == {1}
