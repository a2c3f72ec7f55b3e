"""Processes that do the same work on shared data while some of them are killed: where histories come from.

`histories` starts one process that has imported the work already and forks the others, so that a history of ten
processes takes a fraction of a second. POSIX only.
"""

import importlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, TypeAlias

from podium.testing.linearizability.history import Log, Operation, read_log

Work: TypeAlias = Callable[[Path, Log, int], None]
"""What one process does: the folder of the shared data, where to write down what it does, and a seed."""

_DEATHS: Final = "deaths.json"


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many processes do the work, and how they die.

    Attributes:
        processes: How many live at a time.
        kills: How many get SIGKILL in a history; each is followed by another one.
        pause_ms_max: How long it is waited, at most, before the next is killed.
        seed: Of the first history; each further one has the next.
    """

    processes: int = 4
    kills: int = 6
    pause_ms_max: int = 20
    seed: int = 0


class CrowdError(Exception):
    """A process of a crowd ended by an error of its own; the message has what it said."""


def histories(work: str, folder: Path, count: int, crowd: Crowd | None = None) -> Iterator[list[Operation]]:
    """Record histories, one after another, and return each.

    The last operation of every process is `("died",)`, whether it was killed or ended by itself: nothing is closed.

    Args:
        work: `module:function` of a `Work`.
        folder: Where each history gets a folder of its own, for the shared data and the logs.
        count: How many.
        crowd: Who does the work.

    Raises:
        CrowdError: The work failed.
    """
    asked = json.dumps({"work": work, "folder": str(folder), "count": count, "crowd": asdict(crowd or Crowd())})
    command = [sys.executable, "-m", __name__, asked]
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}  # the work is found as it is here
    ended = subprocess.run(command, env=paths, capture_output=True, text=True, check=False)  # noqa: S603  # ourselves
    if ended.returncode != 0:
        raise CrowdError(ended.stderr)
    for number in range(count):
        yield _read(folder / str(number))


def _read(folder: Path) -> list[Operation]:
    deaths: dict[str, int] = json.loads((folder / _DEATHS).read_text("utf-8"))
    paths = sorted(folder.glob("p*.log"))
    return [operation for path in paths for operation in read_log(path, died_at=deaths[path.stem])]


def _main(asked: str) -> None:
    """Make the histories that are asked for."""
    given = json.loads(asked)
    module, function = given["work"].split(":")
    work: Work = getattr(importlib.import_module(module), function)
    crowd = Crowd(**given["crowd"])
    for number in range(given["count"]):
        folder = Path(given["folder"]) / str(number)
        folder.mkdir(parents=True)
        chance = random.Random(crowd.seed + number)  # noqa: S311  # seeded on purpose
        _Performance(work, folder, crowd, chance).run()


class _Performance:
    """One history being made."""

    def __init__(self, work: Work, folder: Path, crowd: Crowd, chance: random.Random) -> None:
        self._work, self._folder, self._crowd, self._chance = work, folder, crowd, chance
        self._living: dict[int, str] = {}
        self._deaths: dict[str, int] = {}

    def run(self) -> None:
        """Let processes begin, kill some, and wait for the others."""
        for _ in range(self._crowd.processes):
            self._start()
        for _ in range(self._crowd.kills):
            time.sleep(self._chance.uniform(0, self._crowd.pause_ms_max) / 1000)
            self._see_who_ended(os.WNOHANG)
            if not self._living:
                break
            self._kill(self._chance.choice(sorted(self._living)))
            self._start()
        self._see_who_ended(0)
        (self._folder / _DEATHS).write_text(json.dumps(self._deaths), "utf-8")

    def _start(self) -> None:
        name, seed = f"p{len(self._deaths) + len(self._living) + 1}", self._chance.getrandbits(32)
        pid = os.fork()
        if pid == 0:
            self._work(self._folder, Log(self._folder / f"{name}.log"), seed)
            os._exit(0)
        self._living[pid] = name

    def _kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        self._bury(*os.waitpid(pid, 0))

    def _see_who_ended(self, options: int) -> None:
        for pid in list(self._living):
            ended, status = os.waitpid(pid, options)
            if ended:
                self._bury(pid, status)

    def _bury(self, pid: int, status: int) -> None:
        name = self._living.pop(pid)
        self._deaths[name] = time.monotonic_ns()
        if os.waitstatus_to_exitcode(status) not in (0, -signal.SIGKILL):
            raise CrowdError(name)  # it has said itself why


if __name__ == "__main__":
    _main(sys.argv[1])
