"""SIGKILL before and in every model request and every tool call of an agent's loop."""

import multiprocessing
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from tests.integration.agents import dying
from tests.integration.agents.dying import TURNS, Job

pytestmark = [pytest.mark.process, pytest.mark.slow]

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.integration.agents.dying"])

LINES = 20
"""So many requests reach the other side in a run: ten to the model, ten to tools."""


def run(job: Job) -> str | None:
    """Return what a run gave in a process of its own; None where that was killed."""
    here, there = _PROCESSES.Pipe(duplex=False)
    process = _PROCESSES.Process(target=dying.main, args=(job, there), daemon=True)
    process.start()
    there.close()
    try:
        told: str | None = here.recv()
    except EOFError:
        told = None
    process.join()
    assert process.exitcode == (-9 if told is None else 0)
    return told


def lines(folder: Path) -> list[str]:
    return (folder / "lines").read_text().splitlines() if (folder / "lines").exists() else []


def recorded(folder: Path) -> int:
    """Return how many answers of the model are on disk."""
    with closing(sqlite3.connect(folder / "runs.db")) as file:
        rows = file.execute("SELECT body FROM journal WHERE kind = 'ReadDone'").fetchall()
    return sum("desk@played" in str(body) for (body,) in rows)


def test_without_a_kill_each_request_is_made_once(tmp_path: Path) -> None:
    assert run(Job(tmp_path)) == "done"
    asked = lines(tmp_path)
    assert (len(asked), asked[-1]) == (LINES, f"ask {len(TURNS) - 1}")
    assert recorded(tmp_path) == len(TURNS)


@pytest.mark.parametrize("is_before", [True, False], ids=["before", "in"])
@pytest.mark.parametrize("dies_at", range(LINES))
def test_what_was_committed_is_not_paid_again_and_writes_happen_once(
    tmp_path: Path, dies_at: int, *, is_before: bool
) -> None:
    assert run(Job(tmp_path, dies_at, is_before)) is None
    first, on_record = lines(tmp_path), recorded(tmp_path)
    assert run(Job(tmp_path)) == "done"
    asks = [line for line in lines(tmp_path)[len(first) :] if line.startswith("ask")]
    assert asks == [f"ask {nth}" for nth in range(on_record, len(TURNS))]
    books = Counter(line for line in lines(tmp_path) if line.startswith("book"))
    assert sorted(line.split()[1] for line in books) == ["a", "b", "e"], "one key for each act, whoever sends it"
    assert books.total() <= len(books) + 1
