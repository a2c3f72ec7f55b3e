"""Plays tasks on one side: every fault at every call that changes the world, against servers of every manner."""

from __future__ import annotations

import gc
from collections import defaultdict
from dataclasses import asdict, dataclass
from functools import partial
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol

from bench.worlds import agentdojo, bfcl
from bench.worlds.life import live
from bench.worlds.server import Fault, Manners, Server
from bench.worlds.task import truth_of
from bench.worlds.verdict import Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bench.worlds.client import Client
    from bench.worlds.server import Message
    from bench.worlds.task import Task, Truth

LIVES_MAX = 5


class Side(Protocol):
    """Who is measured."""

    def __call__(self, task: Task, manners: Manners) -> Callable[[Path, Client], Message]:
        """Prepare a task, and return what a process is to do: it may find a folder that a killed one left behind.

        It returns its `status`, the `replies` that are on record by the number of their call, and `why` it failed.
        """


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the work, so that several processes can do it.

    Attributes:
        of: How many parts there are.
        number: Which one this is, from 0.
        nth: Play every n-th task only.
    """

    of: int = 1
    number: int = 0
    nth: int = 1


@dataclass(frozen=True, slots=True)
class Stage:
    """What is played: tasks with their truths, and the functions that change their world anywhere."""

    tasks: tuple[tuple[Task, Truth], ...]
    writes: frozenset[str]

    def share(self, share: Share) -> Stage:
        """Return a part of the tasks; what is a write stays what it was."""
        return Stage(self.tasks[:: share.nth][share.number :: share.of], self.writes)


def stage() -> Stage:
    """Return the tasks of all benchmarks that change anything."""
    played = [(task, truth_of(task)) for task in (*bfcl.tasks(), *agentdojo.tasks())]
    writes = {
        call.name for task, truth in played for call, changes in zip(task.calls, truth.changes, strict=True) if changes
    }
    return Stage(tuple((task, truth) for task, truth in played if any(truth.changes)), frozenset(writes))


def play(stage: Stage, side: Side, manners: Iterable[Manners]) -> dict[str, float]:
    """Play every case, each in a new world and an empty folder, and count what became of them.

    Returns:
        The counts by `server|fault|name of the count`.
    """
    counts: dict[tuple[Manners, Fault], Verdict] = defaultdict(Verdict)
    gc.freeze()  # so that a fork does not copy what is here already
    for task, truth in stage.tasks:
        for manner in manners:
            living = side(task, manner)
            for fault, at in product(Fault, changing(truth)):
                server = Server(task.world(), manner, fault, at, f"{task.id}, {manner}, {fault} at call {at}")
                told = played(living, server)
                counts[manner, fault] += judge(told, server, truth)
    return {
        f"{manner}|{fault}|{name}": count
        for (manner, fault), verdict in counts.items()
        for name, count in asdict(verdict).items()
    }


def changing(truth: Truth) -> list[int]:
    """Return the numbers of the calls that change the world."""
    return [at for at, changes in enumerate(truth.changes) if changes]


def played(living: Callable[[Path, Client], Message], server: Server) -> Message:
    """Let processes live over one folder, the next where one was killed, and return what the last one told.

    Raises:
        ChildProcessError: They were killed more often than there are faults.
    """
    with TemporaryDirectory() as folder:
        for _ in range(LIVES_MAX):
            told = live(server, partial(living, Path(folder)))
            if told is not None:
                return told
    message = f"{server.name}: killed {LIVES_MAX} times"
    raise ChildProcessError(message)
