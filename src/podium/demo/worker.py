"""A worker process of the demo: `python -m podium.demo.worker sqlite:///trip.db`.

It runs what is to be run in that database and takes over what a dead worker left behind. Its services are named by
the environment, see `podium.demo.app`.
"""

import argparse
import asyncio
import os
import signal
import sys
import threading
from types import FrameType

from podium.demo.app import WORKFLOWS, resources, travel
from podium.demo.travel import Trip
from podium.engine.engine import Engine


def main() -> None:
    """Work until SIGTERM or, if asked, the end of standard input."""
    parser = argparse.ArgumentParser(prog="python -m podium.demo.worker", description=__doc__)
    parser.add_argument("url", help="the database, as sqlite:///file.db")
    parser.add_argument("--trip", help="first start a run of `travel` with this input, in JSON; its order is its id")
    parser.add_argument("--ends-with-stdin", action="store_true", help="end when standard input does")
    asked = parser.parse_args()
    trip = Trip.model_validate_json(asked.trip) if asked.trip else None
    asyncio.run(work(asked.url, trip, ends_with_stdin=asked.ends_with_stdin))


async def work(url: str, trip: Trip | None, *, ends_with_stdin: bool) -> None:
    """Work until told to end; a line on standard output says that `trip` is on disk and everything is under way."""
    over = asyncio.Event()
    _end_with(over, stdin=ends_with_stdin)
    async with Engine(url, workflows=WORKFLOWS, resources=resources) as engine:
        if trip is not None:
            await engine.start(travel, trip, id=trip.order, target="podium.demo.app:travel")
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await over.wait()


def _end_with(over: asyncio.Event, *, stdin: bool) -> None:
    loop = asyncio.get_running_loop()

    def end(_signal: int = 0, _frame: FrameType | None = None) -> None:
        loop.call_soon_threadsafe(over.set)

    def wait() -> None:
        while os.read(0, 1024):
            pass
        end()

    signal.signal(signal.SIGTERM, end)
    if stdin:
        threading.Thread(target=wait, daemon=True).start()


if __name__ == "__main__":
    main()
