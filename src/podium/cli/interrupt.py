"""Ctrl-C: the first one asks to stop in order, the second one kills, whatever the first one waits for."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def interruptible() -> Iterator[asyncio.Event]:
    """Set the event at the first SIGINT or SIGTERM; from then on, the next one ends the process.

    The handler is Python's and not the loop's, so that a step which blocks the loop can still be killed.
    """
    loop, asked = asyncio.get_running_loop(), asyncio.Event()

    def caught(number: int, frame: FrameType | None) -> None:
        del number, frame
        for each in SIGNALS:
            signal.signal(each, signal.SIG_DFL)
        loop.call_soon_threadsafe(asked.set)

    before = {each: signal.signal(each, caught) for each in SIGNALS}
    try:
        yield asked
    finally:
        if not asked.is_set():
            for each, handler in before.items():
                signal.signal(each, handler)


async def either(first: asyncio.Event, second: asyncio.Event) -> None:
    """Wait until one of two events is set."""
    waiting = [asyncio.ensure_future(event.wait()) for event in (first, second)]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
