"""`podium worker --workers N`: processes that are started, listened to, started again when they die, and stopped.

The supervisor imports no author's code and opens no database: it is not what crashes.
"""

import asyncio
import os
import signal
import sys
import time
from asyncio import StreamReader
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TextIO

from podium.cli.interrupt import interruptible
from podium.cli.say import note
from podium.cli.verb import USAGE

PAUSE_S_FIRST, PAUSE_S_MAX = 0.5, 30.0
"""How long to wait before a worker that died is started again: doubling from the first to the last."""

STEADY_S = 60
"""Who has lived for so long begins with the first pause again."""

FAILURES_MAX = 5
"""Where a worker says by its exit code so often in a row, each time soon, that it can not work, all are stopped."""

_CHUNK = 1 << 16
_REST_S = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """What the supervisor keeps up.

    Attributes:
        command: Starts one worker.
        count: How many there are.
        until_idle: A worker that ends in order has nothing left to do; otherwise another takes its place.
    """

    command: Sequence[str]
    count: int
    until_idle: bool


async def supervise(crew: Crew) -> int:
    """Keep the workers up until SIGTERM or Ctrl-C, or none of them has anything left to do.

    The first signal asks all of them to stop, the second one ends this process, and with it them: see `leash`.

    Returns:
        0 if each ended in order; otherwise the code of one that did not.
    """
    with interruptible() as stop:
        places = [_Place(number, crew, stop) for number in range(1, crew.count + 1)]
        return max(await asyncio.gather(*[place.keep() for place in places]))


@dataclass(slots=True)
class _Place:
    """One of the workers, whichever process it is."""

    number: int
    crew: Crew
    stop: asyncio.Event
    lives: int = field(default=0, init=False)
    deaths: int = field(default=0, init=False)
    failures: int = field(default=0, init=False)

    async def keep(self) -> int:
        """Have a worker here until it is over; return the exit code that this adds up to."""
        while True:
            began_s = time.monotonic()
            code = await self._life()
            if self.stop.is_set():
                return 0 if code in (0, -signal.SIGTERM) else abs(code)  # -SIGTERM: it had hardly begun
            if code == 0 and self.crew.until_idle:
                return 0
            if time.monotonic() - began_s >= STEADY_S:
                self.deaths = self.failures = 0
            self.failures = self.failures + 1 if code > 0 else 0
            self.lives += 1
            if self.failures == FAILURES_MAX or (code == USAGE and self.lives == 1):
                self._say(f"can not work (it ended with {code}): stopping all")
                self.stop.set()
                return code
            await self._pause(code)
            if self.stop.is_set():
                return 0

    async def _life(self) -> int:
        """Have one worker, from its start to its end; return how it ended."""
        process = await asyncio.create_subprocess_exec(
            *self.crew.command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which passes it on once
        )
        self._say(f"started, pid {process.pid}")
        assert process.stdout is not None
        assert process.stderr is not None
        copies = [
            asyncio.create_task(self._copy(process.stdout, sys.stdout)),
            asyncio.create_task(self._copy(process.stderr, sys.stderr)),
        ]
        asking = asyncio.create_task(self._ask_to_stop(process))
        code = await process.wait()
        asking.cancel()
        await asyncio.wait(copies, timeout=_REST_S)
        return code

    async def _ask_to_stop(self, process: Process) -> None:
        await self.stop.wait()
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)

    async def _pause(self, code: int) -> None:
        """Say how a worker ended, and wait a while before the next, unless it was asked to end."""
        if code == 0:
            self._say("ended in order, and is started again")
            return
        pause_s = min(PAUSE_S_FIRST * 2**self.deaths, PAUSE_S_MAX)
        self.deaths += 1
        self._say(f"{_death(code)}; another one is started in {pause_s:g} s")
        asked = asyncio.create_task(self.stop.wait())
        await asyncio.wait([asked], timeout=pause_s)
        asked.cancel()

    async def _copy(self, source: StreamReader, to: TextIO) -> None:
        """Print what a worker says, line by line, with its number before it."""
        rest = b""
        while chunk := await source.read(_CHUNK):
            *lines, rest = (rest + chunk).split(b"\n")
            self._print(lines, to)
            if len(rest) > _CHUNK:
                self._print([rest], to)
                rest = b""
        if rest:
            self._print([rest], to)

    def _print(self, lines: Sequence[bytes], to: TextIO) -> None:
        to.writelines(f"{self._name} | {line.decode(errors='replace')}\n" for line in lines)
        to.flush()

    def _say(self, text: str) -> None:
        note(f"{self._name} {text}")

    @property
    def _name(self) -> str:
        return f"worker {self.number}"


def _death(code: int) -> str:
    if code >= 0:
        return f"ended with {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"
