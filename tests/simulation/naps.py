"""Waiting in virtual time: it takes none."""

import asyncio


async def nap(seconds: float) -> None:
    """Wait for so many seconds of the simulation's time."""
    over = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, over.set)
    await over.wait()
