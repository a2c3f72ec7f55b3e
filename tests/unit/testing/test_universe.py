"""The universe of a simulation: virtual time, one order of things, and processes that die and stand still."""

import asyncio
import socket
from collections.abc import Coroutine
from contextvars import ContextVar
from typing import Any

import pytest

from podium.testing.simulation.errors import OutsideError
from podium.testing.simulation.loop import SimLoop, process_loop
from podium.testing.simulation.threads import SimThreads
from podium.testing.simulation.universe import ProcessClock, Stuck, Universe
from tests.simulation.naps import nap

Seen = list[Any]


@pytest.fixture
def universe() -> Universe:
    return Universe()


@pytest.fixture
def seen() -> Seen:
    return []


def play(universe: Universe, *works: Coroutine[Any, Any, Any]) -> list[SimLoop]:
    """Let each work be a process of its own, and everything happen."""
    loops = [process_loop(universe, f"process {number}") for number in range(len(works))]
    for loop, work in zip(loops, works, strict=True):
        loop.create_task(work)
    universe.run(lambda: False)
    return loops


def test_asyncio_waits_without_waiting(universe: Universe, seen: Seen) -> None:
    async def work() -> None:
        async with asyncio.TaskGroup() as group:
            for days in (3, 1, 2):
                group.create_task(sleep_for(days))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(60):
                await asyncio.Event().wait()
        seen.append(asyncio.get_running_loop().time())
        seen.append(await asyncio.wait_for(asyncio.gather(sleep_for(1), sleep_for(2)), None))
        seen.append(await asyncio.to_thread(lambda: "in a thread"))

    async def sleep_for(days: int) -> int:
        await nap(days * 86_400)
        seen.append(days)
        return days

    play(universe, work())
    assert seen == [1, 2, 3, 3 * 86_400 + 60, 1, 2, [1, 2], "in a thread"]


def test_processes_take_turns(universe: Universe, seen: Seen) -> None:
    async def work(name: str) -> None:
        for number in range(3):
            seen.append(f"{name}{number}")
            await asyncio.sleep(0)

    play(universe, work("a"), work("b"))
    assert seen == ["a0", "b0", "a1", "b1", "a2", "b2"]


def test_process_that_dies_does_nothing_more(universe: Universe, seen: Seen) -> None:
    async def work() -> None:
        try:
            await nap(2)
            seen.append("alive")
        finally:
            seen.append("finally")

    def kill(loop: SimLoop) -> None:
        loop.is_dead = True

    loop = process_loop(universe, "one")
    loop.create_task(work())
    universe.after(1000, kill, loop)
    universe.run(lambda: False)
    assert (seen, universe.now_ms) == ([], 1000)
    universe.put_away([loop])
    assert seen == ["finally"]


def test_process_that_stands_still_goes_on_where_it_was(universe: Universe, seen: Seen) -> None:
    async def work() -> None:
        await nap(2)
        seen.append(universe.now_ms)

    def wake() -> None:
        held, loop.held = loop.held or [], None
        universe.ready.extend(held)

    loop = process_loop(universe, "one")
    loop.create_task(work())
    universe.after(1000, setattr, loop, "held", [])
    universe.after(5000, wake)
    universe.run(lambda: False)
    assert seen == [5000]


def test_what_the_world_does_has_nothing_of_who_asked_for_it(universe: Universe, seen: Seen) -> None:
    asking: ContextVar[str] = ContextVar("asking", default="nobody")

    async def work() -> None:
        asking.set("somebody")
        universe.after(1, lambda: seen.append(asking.get()))
        asyncio.get_running_loop().call_later(2, lambda: seen.append(asking.get()))

    play(universe, work())
    assert seen == ["nobody", "somebody"]


def test_looks_come_late_where_nothing_can_have_happened(universe: Universe, seen: Seen) -> None:
    async def look() -> None:
        while True:
            seen.append(universe.now_ms)
            looked = asyncio.Event()
            clock.poll_at(clock.now_ms() + 50, looked.set)
            await looked.wait()

    loop = process_loop(universe, "one")
    clock = ProcessClock(universe, loop)
    loop.create_task(look())
    universe.wakes_at = lambda: clock.now_ms() - universe.now_ms + 86_400_000 if len(seen) < 6 else None
    universe.run(lambda: False)
    assert seen[:5] == [0, 50, 1050, 2050, 86_400_000]
    universe.put_away([loop])


def test_clock_on_the_wall_can_be_set_and_timers_keep_their_time(universe: Universe, seen: Seen) -> None:
    loop = process_loop(universe, "one")
    clock = ProcessClock(universe, loop)
    clock.call_at(clock.now_ms() + 1000, lambda: seen.append(universe.now_ms))
    before = clock.now_ms()
    universe.jumped_ms += 3_600_000
    universe.run(lambda: False)
    assert seen == [1000]
    assert (clock.now_ms() - before, clock.mono_ms()) == (3_601_000, 1000)


def test_endless_work_without_time_is_stuck(universe: Universe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("podium.testing.simulation.universe.TURNS_MAX", 100)

    async def work() -> None:
        while True:
            await asyncio.sleep(0)

    with pytest.raises(Stuck):
        play(universe, work())


def test_sync_code_waits_for_its_calls_in_one_order(universe: Universe, seen: Seen) -> None:
    async def call(name: str) -> str:
        await nap(1)
        seen.append(f"{name} called")
        return name

    def sync(name: str, loop: SimLoop) -> str:
        found = [asyncio.run_coroutine_threadsafe(call(f"{name}{nth}"), loop).result() for nth in range(2)]
        seen.append(f"{name} done")
        return "".join(found)

    async def work(name: str) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SimLoop)
        seen.append(await loop.run_in_executor(universe.threads, sync, name, loop))

    play(universe, work("a"), work("b"))
    assert seen[:4] == ["a0 called", "b0 called", "a1 called", "b1 called"]
    assert seen[4:] == ["a done", "b done", "a0a1", "b0b1"]


def test_sync_code_that_fails_fails_its_caller(universe: Universe, seen: Seen) -> None:
    def fails() -> None:
        raise LookupError("no")

    async def work(pool: SimThreads | None) -> None:
        try:
            await asyncio.get_running_loop().run_in_executor(pool, fails)
        except LookupError as error:
            seen.append(str(error))

    play(universe, work(universe.threads), work(None))
    assert seen == ["no", "no"]


def test_network_is_refused(universe: Universe, seen: Seen) -> None:
    async def work() -> None:
        with pytest.raises(OutsideError, match="there is no network in a simulation"):
            await asyncio.open_connection("example.org", 443)
        with pytest.raises(OutsideError):
            await asyncio.get_running_loop().getaddrinfo("example.org", 443, family=socket.AF_INET)
        seen.append("refused")

    play(universe, work())
    assert seen == ["refused"]


def test_tasks_lie_in_sets_in_the_order_in_which_they_were_made(universe: Universe, seen: Seen) -> None:
    async def work() -> None:
        tasks = [asyncio.create_task(asyncio.sleep(0)) for _ in range(50)]
        seen.append([task.get_name() for task in set(tasks)] == [task.get_name() for task in tasks])

    play(universe, work())
    assert seen == [True]
