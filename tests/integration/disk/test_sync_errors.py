"""A sync fails, again and again: the engine opens the file anew and goes on; nothing told is lost or done twice.

What fails is the system call itself, in a real process. The tracer counts by thread, and each time that the file is
opened anew another thread writes: so every n-th sync fails, counted from there.
"""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.part("strace")]

EFFECTS = ["Busan", "Busan!", "Busan!", "approve"]
SYNCS = "fsync,fdatasync"


def run_under(folder: Path, calls: str, when: str) -> tuple[dict[str, Any], str, int]:
    """Let two runs go to their ends while some system calls fail; return what was told, the log, how many failed."""
    trace = folder / "trace"
    inject = ("-e", f"trace={calls}", "-e", f"inject={calls}:error=EIO:when={when}")
    command = ("strace", "-f", "-o", str(trace), *inject, sys.executable, "-m", "tests.integration.disk.faulty")
    done = subprocess.run((*command, folder), capture_output=True, text=True, check=False, timeout=120, env=os.environ)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout), done.stderr, trace.read_text("utf-8").count("INJECTED")


def check(folder: Path, told: dict[str, Any]) -> None:
    """Claim that all that was told is on disk as it was told, and that each effect was made once."""
    for run_id, shown in told["shown"].items():
        journal = journal_of(folder, run_id)
        assert shown == journal
    done = sorted(line.partition(" ")[0] for line in (folder / "done").read_text().splitlines())
    assert done == EFFECTS, "keyed writes once; the one that can not be sent again once too"
    tried = (folder / "tried").read_text().splitlines()
    assert sum("charge-" in line for line in tried) == 1
    assert told["tour"]["sent"] == "approve done"
    assert told["pay"] == "Busan! done", "its answer was in hand: there was nothing to park for"


def journal_of(folder: Path, run_id: str) -> list[list[Any]]:
    sql = "SELECT journal.seq, kind, path FROM journal JOIN runs ON runs.no = journal.run WHERE runs.id = ? ORDER BY 1"
    with closing(sqlite3.connect(folder / "podium.db")) as connection:
        return [list(row) for row in connection.execute(sql, (run_id,))]


def test_engine_goes_on_by_itself_after_every_sync_that_fails(tmp_path: Path) -> None:
    reopened = []
    for nth in (6, 7, 8, 9, 10, 11, 12, 14, 16):
        folder = tmp_path / str(nth)
        folder.mkdir()
        told, log, failed = run_under(folder, SYNCS, str(nth))
        assert failed > 0
        assert ("the store failed, and is opened anew" in log) == bool(told["reopened"])
        check(folder, told)
        reopened.append(told["reopened"])
    assert sum(map(bool, reopened)) > len(reopened) // 2, "they failed in the runs, and not only as the file was closed"


@pytest.mark.parametrize("nth", [130, 170, 250])
def test_engine_waits_for_writes_that_fail_before_the_commit(tmp_path: Path, nth: int) -> None:
    """What did not get to the log can be written again: nothing is opened anew."""
    told, log, failed = run_under(tmp_path, "pwrite64", f"{nth}..{nth + 2}")
    assert failed == 3
    assert told["reopened"] == 0
    assert "the store is stalled" in log
    check(tmp_path, told)
