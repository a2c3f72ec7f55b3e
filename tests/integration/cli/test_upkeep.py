"""`podium prune`, `backup`, `restore` and `runs migrate`, as a person calls them."""

import pytest

from tests.integration.cli.terminal import Terminal

NEWER = """
from flows import *

asks = StateMachine("asks", Data, START >> editor.choose({"go": booking, "stop": END}), booking >> first >> END)
"""

pytestmark = pytest.mark.process


@pytest.fixture
def two(terminal: Terminal) -> Terminal:
    """Return a folder with a run that is done and one that waits for a person."""
    assert terminal.podium("run", "flows.py:travel", "--id", "done").code == 0
    assert terminal.podium("run", "flows.py:asks", "--id", "waits").code == 3
    return terminal


def test_prune_takes_away_what_is_over_and_says_so(two: Terminal) -> None:
    assert "0 runs with" in two.podium("prune", "--older-than", "1d", "--dry-run").out
    assert two.podium("prune", "--older-than", "1s", "--status", "parked").code == 2
    dry = two.podium("prune", "--older-than", "0.001s", "--dry-run").out
    assert dry.startswith("1 runs with")
    assert two.podium("prune", "--older-than", "0.001s").out.startswith("pruned 1 runs with")
    assert [row["id"] for row in two.podium("runs", "ls", "--json").json] == ["waits"]
    again = two.podium("run", "flows.py:travel", "--id", "done")
    assert again.code == 2
    assert "was pruned at" in again.err


def test_backup_is_restored_and_its_runs_go_on(two: Terminal) -> None:
    assert two.podium("backup", "copy.db").code == 0
    assert "is there already" in two.podium("backup", "copy.db").err
    assert "podium restore" in two.podium("runs", "ls", "--db", "copy.db").err
    restored = two.podium("restore", "copy.db", "--db", "new.db")
    assert (restored.code, "1 runs in it are not over" in restored.out) == (0, True)
    rows = two.podium("runs", "ls", "--json", "--db", "new.db").json
    assert [(row["id"], row["status"]) for row in rows] == [("waits", "waiting"), ("done", "completed")]
    assert two.podium("tasks", "answer", "waits:editor", "--approve", "--db", "new.db").code == 0
    assert two.podium("runs", "resume", "waits", "--db", "new.db").code == 0


def test_runs_move_to_the_new_form_of_their_workflow(two: Terminal) -> None:
    (two.folder / "newer.py").write_text(NEWER, "utf-8")
    shown = two.podium("runs", "migrate", "newer.py:asks", "--dry-run")
    assert shown.code == 0
    assert "booking: leads to" in shown.out
    moved = two.podium("runs", "migrate", "newer.py:asks")
    assert (moved.code, "moved 1 runs, refused 0" in moved.out) == (0, True)
    assert "has this form already" in two.podium("runs", "migrate", "newer.py:asks").out
    assert two.podium("tasks", "answer", "waits:editor", "--approve").code == 0
    assert two.podium("runs", "resume", "waits").code == 0
    assert "first" in [event.get("path") for event in two.podium("runs", "export", "waits").lines]
