"""A run that undoes what it did, on the command line: shown, decided about, cancelled, stopped and sent on."""

import re
import shutil
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.integration.cli.terminal import Terminal

BOOKED = ["rented Busan", "booked Busan"]
UNDONE = ["cancelled booked Busan", "gave back rented Busan"]
SAGA = Path(__file__).with_name("saga.py.txt")


@pytest.fixture(autouse=True)
def _flows(terminal: Terminal) -> None:
    (terminal.folder / "saga.py").write_text(SAGA.read_text("utf-8"), "utf-8")


def parked(terminal: Terminal) -> str:
    """Bring a run to where only a person gets it on, without the waits in between, and return its version."""
    made = terminal.podium("run", "saga.py:trip", "--id", "one", SKY="closed", DESK="refuses", HURRY="yes")
    assert made.code == 5, made
    (step,) = terminal.podium("runs", "parked", "--json").json
    assert step["path"] == "flight.undo"
    return str(step["version"])


def test_compensated_run_is_code_4_and_says_why(terminal: Terminal) -> None:
    ended = terminal.podium("run", "saga.py:trip", "--id", "one", SKY="closed")
    assert ended.code == 4
    assert "run one was compensated: NotDone: the sky is closed" in ended.err
    assert terminal.effects == [*BOOKED, *UNDONE]
    lines = ended.err.splitlines()
    assert any("undone" in line and "flight.undo" in line for line in lines)


@pytest.mark.slow
def test_show_tells_what_was_undone(terminal: Terminal) -> None:
    terminal.podium("run", "saga.py:trip", "--id", "one", SKY="closed")
    shown = terminal.podium("runs", "show", "one").out
    assert "trip one: compensated" in shown
    assert "cause     NotDone: the sky is closed" in shown
    assert re.search(r"flight +cancel +undone", shown)
    assert re.search(r"car +give_back +undone", shown)
    assert re.search(r"flight +undone", shown)


@pytest.mark.slow
def test_compensated_run_is_sent_on(terminal: Terminal) -> None:
    terminal.podium("run", "saga.py:trip", "--id", "one", SKY="closed")
    assert terminal.podium("runs", "retry", "one", "--by", "kim").code == 0
    assert terminal.podium("runs", "resume", "one").code == 0
    assert terminal.effects == [*BOOKED, *UNDONE, *BOOKED]
    assert re.search(r"kim +retry", terminal.podium("runs", "show", "one").out)


@pytest.mark.process
def test_stopped_worker_leaves_the_rest_to_be_undone_by_another(terminal: Terminal) -> None:
    with terminal.started("run", "saga.py:trip", "--id", "one", SKY="closed", DESK="shut") as run:
        run.until("cancelling")
        assert terminal.podium("runs", "cancel", "one").code == 0
        assert terminal.podium("runs", "cancel", "one", "--reason", "again").code == 0
        run.signal(signal.SIGKILL)
        run.end()
    assert terminal.podium("runs", "ls", "--json").json[0]["status"] == "compensating"
    with terminal.started("worker", "saga.py", "--grace", "0.5", DESK="shut") as worker:
        worker.until("cancelling")
        worker.signal(signal.SIGTERM)
        assert worker.end() == 0
    (info,) = terminal.podium("runs", "ls", "--json").json
    assert (info["status"], info["owner"]) == ("compensating", None)
    ended = terminal.podium("worker", "saga.py", "--until-idle")
    assert "compensated" in ended.out
    assert terminal.effects == [*BOOKED, *UNDONE]
    assert "CancelAsked" not in terminal.podium("runs", "export", "one").out


@pytest.mark.process
def test_run_that_mailed_something_can_not_be_called_off(terminal: Terminal) -> None:
    with terminal.started("run", "saga.py:letter", "--id", "one", SKY="foggy") as run:
        run.until("foggy")
        refused = terminal.podium("runs", "cancel", "one")
        assert refused.code == 2
        assert "can only go forward: what post wrote can not be undone" in refused.err
        run.signal(signal.SIGINT)
        run.end()
    assert terminal.podium("runs", "resume", "one", SKY="closed").code == 5
    assert "leave is parked (forward-only)" in terminal.podium("runs", "parked").out
    assert terminal.effects == ["rented Busan", "mailed Busan"], "nothing is undone"
    assert terminal.podium("runs", "resolve", "one", "leave", "--retry").code == 0
    assert terminal.podium("runs", "resume", "one").code == 0


@pytest.mark.slow
def test_parked_compensation_tells_all_and_is_skipped(terminal: Terminal) -> None:
    version = parked(terminal)
    told = terminal.podium("runs", "parked", "one").out
    for part in (
        "flight.undo is parked (undo-failed): tried 10 times, in vain",
        'known: book with {"city":"Busan"} happened, under key ',
        "tried: 10 failures, these are the last 5",
        "not done (permanent): NotDone: no refund",
        "waits for it: undoing car",
        f"podium runs resolve one flight.undo --retry --version {version}",
        f"podium runs resolve one flight.undo --skip --reason WHY --version {version}",
    ):
        assert part in told
    (plain,) = terminal.podium("runs", "parked", "one", "--json").json
    assert (plain["waiting"], list(plain["actions"])) == (["car"], ["retry", "done", "skip"])
    shown = terminal.podium("runs", "show", "one").out
    assert "undoing   since " in shown
    assert re.search(r"car +give_back +waits for its turn", shown)
    words = ("runs", "resolve", "one", "flight.undo", "--skip", "--version")
    assert "look at it again" in terminal.podium(*words, "1").err
    assert terminal.podium(*words, version, "--reason", "not worth it", "--by", "kim").code == 0
    assert terminal.podium("runs", "resume", "one").code == 4
    assert terminal.effects == [*BOOKED, UNDONE[1]]
    shown = terminal.podium("runs", "show", "one").out
    assert re.search(r"kim +skip +flight\.undo +not worth it", shown)
    assert re.search(r"flight +cancel +left as it is", shown)


@pytest.mark.slow
def test_parked_compensation_is_given_something_else(terminal: Terminal) -> None:
    parked(terminal)
    words = ("runs", "resolve", "one", "flight.undo", "--retry", "--answer")
    wrong = terminal.podium(*words, '{"not": "a text"}')
    assert wrong.code == 2
    assert "cancel does not fit" in wrong.err
    assert terminal.podium(*words, '"by hand"').code == 0
    assert terminal.podium("runs", "resume", "one").code == 4
    assert terminal.effects == [*BOOKED, "cancelled by hand", UNDONE[1]]


@pytest.mark.slow
def test_copy_of_a_parked_runs_database_is_all_that_is_needed(terminal: Terminal, tmp_path: Path) -> None:
    version = parked(terminal)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("podium.db", "podium.db-wal", "saga.py"):
        if (terminal.folder / name).exists():
            shutil.copy(terminal.folder / name, elsewhere / name)
    there = Terminal(elsewhere)
    assert there.podium("runs", "resolve", "one", "flight.undo", "--retry", "--version", version).code == 0
    assert there.podium("worker", "saga.py", "--until-idle").code == 0
    assert there.effects == UNDONE


@pytest.mark.slow
def test_doctor_names_what_undoes_for_long(terminal: Terminal) -> None:
    parked(terminal)
    assert "undoing" not in terminal.podium("doctor").out
    hour_ago = time.time_ns() // 1_000_000 - 3_600_000
    with closing(sqlite3.connect(terminal.folder / "podium.db")) as connection:
        connection.execute("UPDATE runs SET undoing_since = ?", (hour_ago,))
        connection.commit()
    told = terminal.podium("doctor")
    assert told.code == 0
    assert re.search(r"note +undoing +one undoes what it wrote since .* is parked: podium runs show one", told.out)
