"""A coordinator is no single point of failure: its process is killed, another takes it over, and nothing is lost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from examples import developer_tester
from tests.docs.pages import ROOT

pytestmark = [pytest.mark.process, pytest.mark.slow]

KILLED = -9


def process(folder: Path, team: str, deadly: str = "") -> subprocess.CompletedProcess[str]:
    """Let a process hold the run until it is over, or dies."""
    running = started(folder, team, deadly)
    said, complained = running.communicate()
    return subprocess.CompletedProcess(running.args, running.returncode, said, complained)


def started(folder: Path, team: str, deadly: str = "") -> subprocess.Popen[str]:
    """Start a process that holds the run, or stands by for when it is free."""
    command = [sys.executable, "-m", "tests.integration.teams.worker", str(folder), team, *filter(None, [deadly])]
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=-1, stderr=-1, text=True)


def folder_in(parent: Path) -> Path:
    folder = parent / "outside"
    folder.mkdir(parents=True)
    return folder


def kept(folder: Path) -> list[str]:
    """Return what the other side was told, once for each key."""
    return sorted(file.read_text() for file in folder.iterdir() if len(file.name) == 40)


@pytest.mark.parametrize("second", ["plan-1", "work-e"])
def test_team_killed_in_plan_and_in_work_ends_as_one_that_was_left_alone(tmp_path: Path, second: str) -> None:
    alone = folder_in(tmp_path / "alone")
    undisturbed = process(alone, "team")
    assert undisturbed.returncode == 0, undisturbed.stderr
    folder = folder_in(tmp_path / "killed")
    for where in ("plan-0", "work-b"):
        (folder / f"die-in-{where}").touch()
        assert process(folder, "team").returncode == KILLED, where
    (folder / f"die-in-{second}").touch()
    assert process(folder, "team").returncode == KILLED
    last = process(folder, "team")
    assert last.returncode == 0, last.stderr
    assert _of(last, folder) == _of(undisturbed, alone)
    assert kept(folder) == kept(alone) == ["a", "b", "c", "d", "e"]
    told = (folder / "told").read_text().splitlines()
    assert len(told) > len(set(told)), "a write was sent again, under its key"
    assert not list(folder.glob("die-in-*"))


def test_team_is_taken_over_by_those_that_stand_by(tmp_path: Path) -> None:
    folder = folder_in(tmp_path)
    for where in ("plan-0", "work-b"):
        (folder / f"die-in-{where}").touch()
    crew = [started(folder, "team") for _ in range(3)]
    said = [process.communicate()[0] for process in crew]
    assert sorted(process.returncode for process in crew) == [KILLED, KILLED, 0]
    assert '"ended":"done"' in "".join(said)
    assert kept(folder) == ["a", "b", "c", "d", "e"]


def _of(ended: subprocess.CompletedProcess[str], folder: Path) -> tuple[str, list[str]]:
    """Return the result as text, and what is on the board: the order of posts is that in which workers were done."""
    result, _, board = ended.stdout.strip().rpartition(" {")
    return result.replace(str(folder), "FOLDER"), sorted(board)


def test_developer_and_tester_mend_a_repository_though_their_coordinator_is_killed_twice(tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    developer_tester.make_repository(folder)
    for deadly in ("StepStarted plan", "WriteIntended work/worker[0]/developer/code/act"):
        assert process(folder, "mending", deadly).returncode == KILLED, deadly
    last = process(folder, "mending")
    assert last.returncode == 0, last.stderr
    assert '"ended":"done"' in last.stdout
    assert "tester: 0 failing" in last.stdout
    edits = (folder / developer_tester.EDITS).read_text().splitlines()
    assert len(edits) == 2, "each mistake was edited once"
