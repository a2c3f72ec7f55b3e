"""A chain of ten states that are one tool each, in Podium on a Temporal server."""

from __future__ import annotations

import asyncio
from typing import Any

from bench.meter import scratch
from bench.ours.chain import Count, Kind, add_read, add_write
from bench.temporal_server import STEPS, client_of, measured, server
from podium import END, START, Engine, StateMachine

_TOOLS = {"read": add_read, "write": add_write}


def chain(*, kind: Kind, runs: int, concurrency: int) -> dict[str, float]:
    """Measure `runs` runs, `concurrency` at a time."""
    with scratch() as folder, server(folder) as address:
        return asyncio.run(_measure(address, _machine(kind), runs=runs, concurrency=concurrency))


def _machine(kind: Kind) -> StateMachine[Count]:
    chained: Any = START
    for number in range(STEPS):
        chained = chained >> _TOOLS[kind].state(f"s{number}", take={"count": "count"}, give="count")
    return StateMachine(f"chain-{kind}", Count, chained >> END)


async def _measure(address: str, machine: StateMachine[Count], *, runs: int, concurrency: int) -> dict[str, float]:
    client = await client_of(address)
    async with Engine(f"temporal://{address}/default") as engine:

        async def one(name: str) -> None:
            result = await (await engine.start(machine, Count(), id=name)).result()
            assert result.count == STEPS, result

        return await measured(client, one, runs=runs, concurrency=concurrency)
