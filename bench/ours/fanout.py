"""Fan-out with `each=` and fan-in in Podium."""

from __future__ import annotations

import asyncio

from pydantic import BaseModel

from bench.meter import Meter, drive, scratch
from bench.ours.chain import url_in
from podium import Dag, Engine, node

WARM_UP_RUNS = 2


class Width(BaseModel):
    """The input: how many branches."""

    width: int


@node
async def items(width: int) -> list[int]:
    """Give each branch its number."""
    return list(range(width))


@node(each="items")
async def squares(item: int) -> int:
    """Do one branch's work."""
    return item**2


@node
async def total(squares: list[int]) -> int:
    """Bring the branches together."""
    return sum(squares)


def fanout(*, runs: int, width: int) -> dict[str, float]:
    """Measure `runs` runs, one after another, each fanning out to `width` branches."""
    with scratch() as folder:
        meter = asyncio.run(_measure(url_in(folder), runs=runs, width=width))
    return {
        "CPU ms/run": meter.cpu_s / runs * 1000,
        "wall ms/run": meter.wall_s / runs * 1000,
        "runs": runs,
    }


async def _measure(url: str, *, runs: int, width: int) -> Meter:
    dag = Dag("fanout", Width, items, squares, total, gives=total)
    expected = sum(number * number for number in range(width))
    async with Engine(url) as engine:

        async def one(name: str) -> None:
            run = await engine.start(dag, Width(width=width), id=name)
            result = await run.result()
            assert result == expected, result

        await drive(lambda number: one(f"warm-{number}"), runs=WARM_UP_RUNS, concurrency=1)
        with Meter() as meter:
            await drive(lambda number: one(f"run-{number}"), runs=runs, concurrency=1)
    return meter
