"""Shapes of work with run times: two made up to punish barriers, and real ones from a folder.

The real ones are workflow instances of WfCommons (https://wfcommons.org), one
JSON file each: `{"tasks": [{"id", "parents", "runtime_s"}, …]}`.
"""

from __future__ import annotations

import graphlib
import json
from dataclasses import dataclass, replace
from pathlib import Path

CRITICAL_PATH_S = 2.0


@dataclass(frozen=True, slots=True)
class Task:
    """One task: an identifier, the names it waits for, and how long it takes."""

    name: str
    parents: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Shape:
    """A DAG whose tasks come after their parents and whose last task waits for all the rest."""

    tasks: tuple[Task, ...]

    def critical_path_s(self) -> float:
        """Return the least time this can take with everything else free."""
        done: dict[str, float] = {}
        for task in self.tasks:
            done[task.name] = task.seconds + max((done[name] for name in task.parents), default=0)
        return max(done.values())

    def scaled(self, critical_path_s: float) -> Shape:
        """Return the same shape with run times stretched to that critical path (0: no-ops)."""
        factor = critical_path_s / self.critical_path_s() if critical_path_s else 0
        return Shape(tuple(replace(task, seconds=task.seconds * factor) for task in self.tasks))


def named(name: str) -> Shape:
    """Return one of the made-up shapes, or the DAG in the file `name`, scaled to 2 s."""
    if name == "beside":
        return _closed(_line("a", [1, 1]) + _line("b", [0.1] * 10))
    if name == "staggered":
        return _closed(
            [task for slow in range(5) for task in _line(f"b{slow}_", [1 if at == slow else 0.1 for at in range(5)])]
        )
    return load(Path(name)).scaled(CRITICAL_PATH_S)


def load(path: Path) -> Shape:
    """Read a DAG; its tasks are renamed to identifiers, and it is closed by a task that takes no time."""
    found = {task["id"]: task for task in json.loads(path.read_text())["tasks"]}
    order = graphlib.TopologicalSorter({name: task["parents"] for name, task in found.items()}).static_order()
    names = {old: f"t{number}" for number, old in enumerate(order)}
    return _closed(
        [
            Task(new, tuple(dict.fromkeys(names[parent] for parent in found[old]["parents"])), found[old]["runtime_s"])
            for old, new in names.items()
        ]
    )


def files(folder: Path | None) -> list[Path]:
    """Return the DAGs in `folder`, in order of name; none where there is no such folder."""
    return sorted(folder.glob("*.json")) if folder and folder.is_dir() else []


def _line(prefix: str, seconds: list[float]) -> list[Task]:
    return [
        Task(f"{prefix}{number}", (f"{prefix}{number - 1}",) if number else (), each)
        for number, each in enumerate(seconds)
    ]


def _closed(tasks: list[Task]) -> Shape:
    """End in one task, so that every side has one thing to wait for."""
    waited_for = {name for task in tasks for name in task.parents}
    ends = tuple(task.name for task in tasks if task.name not in waited_for)
    return Shape((*tasks, *([Task("end", ends, 0)] if len(ends) > 1 else [])))
