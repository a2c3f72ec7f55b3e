"""SIGKILL at every write to the journal of a run that undoes what it wrote: all or undone, each effect once."""

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.integration.crash.conftest import Start
from tests.integration.crash.outside import Outside
from tests.integration.crash.worker import Job

pytestmark = pytest.mark.process

BOOKED = ["flight", "hotel", "car", "table", "guide"]
UNDONE = [f"no-{what}" for what in reversed(BOOKED)]


def fresh(folder: Path, *, mode: str = "sold-out") -> Outside:
    folder.mkdir()
    return Outside(folder, mode=mode)


def ended(start: Start, outside: Outside, workflow: str = "five", **how: Any) -> Any:
    """Let a process run the saga to its end, and return what it told; None when it was killed."""
    return start(Job("end", outside, workflow=workflow, **how)).end()


def check(told: Any, outside: Outside, effects: Sequence[str] = (*BOOKED, *UNDONE)) -> None:
    assert (told["status"], told["ended"]) == ("compensated", "RunCompensatedError")
    assert "sold out" in told["error"]
    assert outside.done() == list(effects)
    check_rows(told, outside, "RunCompensated")


def check_rows(told: Any, outside: Outside, last: str) -> None:
    """See that the file is sound, its journal without a gap, and that all its tables say how the run ended."""
    assert told["left"] == []
    with closing(sqlite3.connect(outside.folder / "podium.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        rows = connection.execute("SELECT seq, kind FROM journal ORDER BY seq").fetchall()
        ((seq, status),) = connection.execute("SELECT seq, status FROM runs").fetchall()
        open_rows = connection.execute("SELECT path FROM parked UNION SELECT path FROM human_tasks WHERE is_open")
        assert open_rows.fetchall() == []
    assert [number for number, _ in rows] == list(range(1, seq + 1))
    assert (rows[-1][1], status) == (last, told["status"])


@pytest.mark.slow
@pytest.mark.parametrize("is_eager", [True, False], ids=["every event", "every commit"])
def test_killed_at_every_write_a_saga_ends_compensated(start: Start, tmp_path: Path, *, is_eager: bool) -> None:
    clean = ended(start, fresh(tmp_path / "clean"), is_eager=is_eager)
    assert clean["appends"] > len(BOOKED + UNDONE)
    for count in range(clean["appends"]):
        outside = fresh(tmp_path / f"after-{count}")
        assert ended(start, outside, dies_after=count, is_eager=is_eager) is None
        told = ended(start, outside)
        check(told, outside)


@pytest.mark.slow
def test_killed_at_every_write_a_saga_that_goes_well_ends_completed(start: Start, tmp_path: Path) -> None:
    clean = ended(start, fresh(tmp_path / "clean", mode="fine"), is_eager=True)
    for count in range(clean["appends"]):
        outside = fresh(tmp_path / f"after-{count}", mode="fine")
        assert ended(start, outside, dies_after=count, is_eager=True) is None
        told = ended(start, outside)
        assert told["status"] == "completed"
        assert outside.done() == BOOKED
        check_rows(told, outside, "RunCompleted")


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["sold-out", "fine"])
def test_killed_inside_every_commit_a_saga_ends_all_done_or_all_undone(start: Start, tmp_path: Path, mode: str) -> None:
    count, was_killed = 0, True
    while was_killed:
        count += 1
        outside = fresh(tmp_path / f"in-{count}", mode=mode)
        was_killed = ended(start, outside, dies_in=count) is None
        told = ended(start, outside)
        if mode == "sold-out":
            check(told, outside)
        else:
            assert outside.done() == BOOKED
            check_rows(told, outside, "RunCompleted")
    assert count > len(BOOKED)


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_around_every_effect_and_every_compensation(start: Start, tmp_path: Path, when: str) -> None:
    for effect in (*BOOKED, *UNDONE):
        outside = fresh(tmp_path / effect)
        assert ended(start, outside.deadly(when, effect)) is None
        check(ended(start, outside), outside)
        asked = effect.removeprefix("no-") == "table" and when == "after"
        assert outside.tried().count(effect) == (1 if asked else 2)


@pytest.mark.slow
def test_recovery_that_is_killed_again_and_again_gets_there(start: Start, tmp_path: Path) -> None:
    outside = fresh(tmp_path / "mortal")
    deaths = 0
    while (told := ended(start, outside, dies_after=5, is_eager=True)) is None:
        deaths += 1
        assert deaths < 100
    assert deaths > len(UNDONE)
    check(told, outside)


@pytest.mark.slow
def test_killed_at_every_write_branches_are_undone_each_in_order(start: Start, tmp_path: Path) -> None:
    clean = ended(start, fresh(tmp_path / "clean"), "branches", is_eager=True)
    for count in range(clean["appends"]):
        outside = fresh(tmp_path / f"after-{count}")
        assert ended(start, outside, "branches", dies_after=count, is_eager=True) is None
        told = ended(start, outside, "branches")
        done = outside.done()
        check(told, outside, done)
        assert sorted(done) == sorted(("flight", "hotel", "car", "no-flight", "no-hotel", "no-car"))
        assert done.index("no-hotel") < done.index("no-flight")
        assert {"no-hotel", "no-flight", "no-car"} == set(done[3:])


@pytest.mark.slow
def test_killed_at_every_write_an_edge_undoes_what_its_machine_wrote_and_goes_on(start: Start, tmp_path: Path) -> None:
    clean = ended(start, fresh(tmp_path / "clean"), "edge", is_eager=True)
    for count in range(clean["appends"]):
        outside = fresh(tmp_path / f"after-{count}")
        assert ended(start, outside, "edge", dies_after=count, is_eager=True) is None
        assert ended(start, outside, "edge")["status"] == "completed"
        assert outside.done() == ["car", "flight", "hotel", "no-hotel", "no-flight", "guide"]


@pytest.mark.slow
def test_killed_at_every_write_a_compensated_run_that_is_sent_on_writes_anew_once(start: Start, tmp_path: Path) -> None:
    before = fresh(tmp_path / "before")
    check(ended(start, before), before)

    def copied(name: str) -> Outside:
        shutil.copytree(before.folder, tmp_path / name)
        return Outside(tmp_path / name, mode="fine")

    clean = start(Job("again", copied("clean"), workflow="five", is_eager=True)).end()
    for count in range(1, clean["appends"]):
        outside = copied(f"after-{count}")
        assert start(Job("again", outside, workflow="five", dies_after=count, is_eager=True)).end() is None
        assert start(Job("again", outside, workflow="five")).end()["status"] == "completed"
        assert outside.done() == [*BOOKED, *UNDONE, *BOOKED]
        assert len(set(outside.lines("done"))) == len(BOOKED) * 3


def test_parked_compensation_survives_its_process_and_a_decision_counts_once(start: Start, tmp_path: Path) -> None:
    outside = fresh(tmp_path / "stubborn")
    hurried = Job("park", outside, workflow="parking", rest={"share": 0})
    assert start(replace(hurried, rest={"share": 0, "dies": True})).end() is None
    told = start(hurried).end()
    assert (told["path"], told["reason"], told["waiting"]) == ("hold.undo", "undo-failed", ["fly"])
    assert len(told["tried"]) == outside.lines("asked").count("refused") == 10
    assert start(hurried).end() == told, "a restart changes nothing"
    verdicts = start(Job("decide", outside, workflow="parking", rest=told)).end()
    assert verdicts == ["", "RefusedError"]
    told = ended(start, replace(outside, mode="willing"), "parking")
    assert told["status"] == "compensated"
    assert outside.done() == ["flight", "stubborn", "no-flight"]


def last_of(outside: Outside, path: str) -> str:
    """Return the kind of the last event on disk about a step; "" for none."""
    with closing(sqlite3.connect(outside.folder / "podium.db")) as connection:
        sql = "SELECT kind FROM journal WHERE path = ? ORDER BY seq DESC LIMIT 1"
        return next((kind for (kind,) in connection.execute(sql, (path,))), "")


@pytest.mark.slow
def test_killed_at_every_write_a_compensation_that_fails_has_ten_tries_and_parks(start: Start, tmp_path: Path) -> None:
    count, was_killed = 0, True
    while was_killed:
        count += 1
        outside = fresh(tmp_path / f"after-{count}")
        job = Job("park", outside, workflow="parking", rest={"share": 0}, is_eager=True)
        was_killed = start(replace(job, dies_after=count)).end() is None
        was_sent = was_killed and last_of(outside, "hold.undo") == "WriteIntended"
        told = start(job).end()
        assert (told["path"], told["reason"]) == ("hold.undo", "in-doubt" if was_sent else "undo-failed")
        assert was_sent or len(told["tried"]) == outside.lines("asked").count("refused") == 10
        assert outside.done() == ["flight", "stubborn"]
    assert count > 20


def test_retry_after_the_compensator_is_well_again_undoes_the_rest(start: Start, tmp_path: Path) -> None:
    outside = fresh(tmp_path / "stubborn")
    told = start(Job("park", outside, workflow="parking", rest={"share": 0})).end()
    told["verb"] = "retry"
    assert start(Job("decide", outside, workflow="parking", rest=told)).end() == ["", "RefusedError"]
    told = ended(start, replace(outside, mode="willing"), "parking")
    assert told["status"] == "compensated"
    assert outside.done() == ["flight", "stubborn", "no-stubborn", "no-flight"]
