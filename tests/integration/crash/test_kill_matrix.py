"""SIGKILL before the send, after it, after its record, inside the commit; with the reply lost or not; against a service
that honours keys, one that can be asked, and one that offers neither: at most one effect, and none that is lost.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.integration.crash.conftest import Start
from tests.integration.crash.outside import Outside
from tests.integration.crash.worker import Job

pytestmark = [pytest.mark.process, pytest.mark.slow]

EFFECT = "Busan"
KINDS = {"keying": "honours keys", "ordering": "can be asked", "charging": "offers neither"}
PARKED = "parked pay: in-doubt"
GROUP = ("one", "two", "three")

services = pytest.mark.parametrize("workflow", KINDS, ids=lambda name: KINDS[name])
replies = pytest.mark.parametrize("is_lost", [False, True], ids=["reply", "lost-reply"])


def served(start: Start, outside: Outside, workflow: str, *, runs: tuple[str, ...] = ("one",), **dies: Any) -> Any:
    """Let a process start or find the runs, and bring each to its end or to a person; None when it was killed."""
    rest = {"workflows": [workflow], "starts": dict.fromkeys(runs, workflow)}
    return start(Job("serve", outside, runs=runs, rest=rest, **dies)).end()


def killed(
    start: Start, folder: Path, workflow: str, *, how: str, is_lost: bool = False, **more: Any
) -> Iterator[Outside]:
    """Kill one process after the other, each a little later in its life, until one gets through; yield what is left."""
    number, was_killed = 0, True
    while was_killed:
        number += 1
        outside = Outside(folder / f"{how}-{number}", loses=EFFECT if is_lost else "")
        outside.folder.mkdir()
        dies: dict[str, Any] = {how: number, **more}
        was_killed = served(start, outside, workflow, **dies) is None
        yield outside
    assert number > 3


def journal(outside: Outside) -> list[str]:
    """Return the kinds of the events that are on disk, in order."""
    sql = "SELECT kind FROM journal JOIN runs ON runs.no = journal.run WHERE runs.id = 'one' ORDER BY journal.seq"
    with closing(sqlite3.connect(outside.folder / "podium.db")) as connection:
        return [kind for (kind,) in connection.execute(sql)]


def check(start: Start, outside: Outside, workflow: str) -> None:
    """Let another process go on from what is on disk; look at how the run ends, and at what happened."""
    left = journal(outside)
    told = served(start, outside, workflow)
    is_open = "WriteIntended" in left and "WriteDone" not in left
    parks = workflow == "charging" and (is_open or bool(outside.loses))
    assert told == {"one": PARKED if parks else "completed"}, left
    assert outside.done() in ([[EFFECT], []] if parks else [[EFFECT]]), "never two, and none is lost"
    assert workflow != "charging" or len(outside.tried()) <= 1, "nothing is sent blindly again"
    assert journal(outside)[: len(left)] == left


@services
@replies
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_around_the_send(start: Start, tmp_path: Path, workflow: str, when: str, *, is_lost: bool) -> None:
    outside = Outside(tmp_path, loses=EFFECT if is_lost else "")
    assert served(start, outside.deadly(when, EFFECT), workflow) is None
    assert outside.done() == ([EFFECT] if when == "after" else [])
    check(start, outside, workflow)


@services
@replies
def test_killed_after_every_record(start: Start, tmp_path: Path, workflow: str, *, is_lost: bool) -> None:
    for outside in killed(start, tmp_path, workflow, how="dies_after", is_lost=is_lost, is_eager=True):
        assert journal(outside)[0] == "RunStarted", "what was acknowledged is there"
        check(start, outside, workflow)


@services
@replies
def test_killed_inside_every_commit(start: Start, tmp_path: Path, workflow: str, *, is_lost: bool) -> None:
    for outside in killed(start, tmp_path, workflow, how="dies_in", is_lost=is_lost):
        check(start, outside, workflow)


@services
def test_killed_inside_a_commit_of_several_runs(start: Start, tmp_path: Path, workflow: str) -> None:
    for outside in killed(start, tmp_path, workflow, how="dies_in", runs=GROUP):
        ends = sorted(served(start, outside, workflow, runs=GROUP).values())
        parked = ends.count(PARKED)
        assert ends == ["completed"] * (3 - parked) + [PARKED] * parked
        assert 3 - parked <= len(outside.done()) <= len(outside.tried()) if parked else len(outside.done()) == 3
        assert workflow != "charging" or len(outside.tried()) <= 3
        assert workflow == "charging" or not parked
