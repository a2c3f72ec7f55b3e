"""Plays tasks on one side: every fault at every call that changes the world, against servers of every manner."""

from __future__ import annotations

import gc
from collections import defaultdict
from dataclasses import dataclass
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
    from collections.abc import Callable, Iterable, Sequence

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


Counts = dict[tuple[Manners, Fault], Verdict]


@dataclass(frozen=True, slots=True)
class Stage:
    """What is played: tasks with their truths, and the functions that change their world anywhere."""

    tasks: tuple[tuple[Task, Truth], ...]
    writes: frozenset[str]

    def every(self, nth: int) -> Stage:
        """Return every `nth` task only; what is a write stays what it was."""
        return Stage(self.tasks[::nth], self.writes)


def stage() -> Stage:
    """Return the tasks of all benchmarks that change anything."""
    played = [(task, truth_of(task)) for task in (*bfcl.tasks(), *agentdojo.tasks())]
    writes = {
        call.name for task, truth in played for call, changes in zip(task.calls, truth.changes, strict=True) if changes
    }
    return Stage(tuple((task, truth) for task, truth in played if any(truth.changes)), frozenset(writes))


def play(tasks: Iterable[tuple[Task, Truth]], side: Side, manners: Sequence[Manners]) -> Counts:
    """Play every case, each in a new world and an empty folder, and count what became of them."""
    counts: Counts = defaultdict(Verdict)
    gc.freeze()  # so that a fork does not copy what is here already
    for task, truth in tasks:
        for manner in manners:
            living = side(task, manner)
            for fault, at in product(Fault, changing(truth)):
                server = Server(task.world(), manner, fault, at)
                told = played(living, server)
                counts[manner, fault] += judge(told, server, truth)
    return dict(counts)


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
    raise ChildProcessError(f"killed {LIVES_MAX} times")
