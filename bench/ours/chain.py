"""A chain of ten states in Podium: bare steps, steps that read, steps that write."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pydantic import BaseModel

from bench.meter import Meter, drive, scratch
from podium import END, START, Engine, StateMachine, step, tool

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

STEPS = 10
WARM_UP_RUNS = 5

Kind = Literal["step", "read", "write"]
Body: TypeAlias = "Callable[[Count], Coroutine[Any, Any, None]]"


class Count(BaseModel):
    """The state: one number."""

    count: int = 0


@tool.read()
async def add_read(count: int) -> int:
    """Add one, as something that may be asked again."""
    return count + 1


@tool.write(idempotent=True)
async def add_write(count: int) -> int:
    """Add one, as something that changes the world once."""
    return count + 1


def chain(*, kind: Kind, durable: bool, runs: int, concurrency: int) -> dict[str, float]:
    """Measure `runs` runs, `concurrency` at a time, on SQLite or in memory."""
    with scratch() as folder:
        url = url_in(folder) if durable else "memory:"
        meter = asyncio.run(_measure(url, chain_of(kind), runs=runs, concurrency=concurrency))
    return {
        "CPU µs/step": meter.cpu_s / runs / STEPS * 1e6,
        "runs/s": runs / meter.wall_s,
        "runs": runs,
    }


def url_in(folder: Path) -> str:
    """Return the URL of a database in `folder`, with Podium's default settings (WAL, FULL)."""
    return f"sqlite:///{folder / 'podium.db'}"


async def _measure(url: str, machine: StateMachine[Count], *, runs: int, concurrency: int) -> Meter:
    async with Engine(url) as engine:

        async def one(name: str) -> None:
            run = await engine.start(machine, Count(), id=name)
            result = await run.result()
            assert result.count == STEPS, result

        await drive(lambda number: one(f"warm-{number}"), runs=WARM_UP_RUNS, concurrency=WARM_UP_RUNS)
        with Meter() as meter:
            await drive(lambda number: one(f"run-{number}"), runs=runs, concurrency=concurrency)
    return meter


def chain_of(kind: Kind, *, name: str = "chain") -> StateMachine[Count]:
    """Return ten states in a row."""
    states = [step(_named(_BODIES[kind](), f"s{number}")) for number in range(STEPS)]
    chained: Any = START
    for state in states:
        chained = chained >> state
    return StateMachine(f"{name}-{kind}", Count, chained >> END)


def _named(body: Body, name: str) -> Body:
    body.__name__ = body.__qualname__ = name
    return body


def _bare() -> Body:
    async def work(state: Count) -> None:
        state.count += 1

    return work


def _reading() -> Body:
    async def work(state: Count) -> None:
        state.count = await add_read(state.count)

    return work


def _writing() -> Body:
    async def work(state: Count) -> None:
        state.count = await add_write(state.count)

    return work


_BODIES = {"step": _bare, "read": _reading, "write": _writing}
