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

from podium.demo.app import WORKFLOWS, front, resources
from podium.engine.engine import Engine


def main() -> None:
    """Work until SIGTERM or, if asked, the end of standard input."""
    parser = argparse.ArgumentParser(prog="python -m podium.demo.worker", description=__doc__)
    parser.add_argument("url", help="the database, as sqlite:///file.db")
    parser.add_argument("--text", help="first start a run of `front` with this sentence")
    parser.add_argument("--id", help="the id of that run")
    parser.add_argument("--ends-with-stdin", action="store_true", help="end when standard input does")
    asked = parser.parse_args()
    first = (asked.text, asked.id) if asked.text else None
    asyncio.run(work(asked.url, first, ends_with_stdin=asked.ends_with_stdin))


async def work(url: str, first: tuple[str, str] | None, *, ends_with_stdin: bool) -> None:
    """Work until told to end; a line on standard output says that everything is under way.

    By then the run that is to be started `first`, of a sentence and under an id, is on disk.
    """
    over = asyncio.Event()
    _end_with(over, stdin=ends_with_stdin)
    async with Engine(url, workflows=WORKFLOWS, resources=resources) as engine:
        if first is not None:
            await engine.start(front, first[0], id=first[1], target="podium.demo.app:front")
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
