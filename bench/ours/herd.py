"""What a herd of callers does to a dependency that is being tried again, and what a guarded call costs.

Here both sides are measured in one process: a call costs microseconds, and what the machine does beside is no less.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from bench.ours.guards import everything, podium_guard
from podium.guard.flight import GuardedCall

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Backend = Callable[[], Awaitable[object]]

CALLERS = 1_000
FAILURES = 5
CANCELS = 20
OPEN_S, ANSWER_S = 0.2, 0.05
SLICE, WARM_UP = 1_000, 20

OURS = "Podium"
NOTHING = "no guard"
ALL_ON = "all guards"
REACHED, CANCELLED, COST = "callers let through", "of them let through", "µs/call"


def herd(*, of: str) -> dict[str, float]:
    """Count who reaches a dependency of which one probe is due, and one that callers wait for and leave."""
    make = _guard(of)
    return {REACHED: asyncio.run(_flood(make)), CANCELLED: asyncio.run(_cancel(make))}


def _guard(side: str) -> Callable[..., Backend]:
    if side == OURS:
        return podium_guard
    from bench.peers.breakers import GUARDS  # noqa: PLC0415  # door: only in the environment of the benches

    return GUARDS[side]


async def _flood(make: Callable[..., Backend]) -> int:
    """Open a breaker, wait until it is to be tried, and come with all callers at once."""
    reached, is_down = 0, True

    async def backend() -> str:
        nonlocal reached
        if is_down:
            raise ConnectionRefusedError
        reached += 1
        await asyncio.sleep(ANSWER_S)
        return "answer"

    call = make(backend, open_s=OPEN_S)
    await asyncio.gather(*(call() for _ in range(FAILURES)), return_exceptions=True)
    await asyncio.sleep(2 * OPEN_S)
    is_down = False
    await asyncio.gather(*(call() for _ in range(CALLERS)), return_exceptions=True)
    return reached


async def _cancel(make: Callable[..., Backend]) -> int:
    """Cancel call after call, and count those that reached the dependency before they were."""
    reached = 0

    async def backend() -> None:
        nonlocal reached
        reached += 1
        await asyncio.sleep(60)

    call = make(backend, open_s=60)
    for _ in range(CANCELS):
        task = asyncio.ensure_future(call())
        await asyncio.sleep(0.001)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    return reached


def cost(*, of: str, slices: int) -> dict[str, float]:
    """Measure a successful call through each side in turn, slice by slice, and return the least of one side.

    The least of many short slices is what is left of a figure when nothing else runs on the machine.
    """
    least = asyncio.run(_least(slices))
    return {COST: least[of] * 1e6}


async def _least(slices: int) -> dict[str, float]:
    from bench.peers.breakers import COSTS  # noqa: PLC0415  # door: only in the environment of the benches

    ring = everything()
    sides: dict[str, Backend] = {
        NOTHING: _backend,
        ALL_ON: lambda: ring.call(GuardedCall(_backend)),
        **{name: make(_backend) for name, make in COSTS.items()},
    }
    least = dict.fromkeys(sides, float("inf"))
    for number in range(WARM_UP + slices):
        for name, call in sides.items():
            began = time.process_time()
            for _ in range(SLICE):
                await call()
            took = (time.process_time() - began) / SLICE
            if number >= WARM_UP:
                least[name] = min(least[name], took)
    return least


async def _backend() -> str:
    return "answer"
