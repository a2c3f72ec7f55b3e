"""SIGKILL before the send, after it, after its record, inside the commit; with the reply lost or not; against a service
that honours keys, one that can be asked, and one that offers neither: at most one effect, and none that is lost.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from tests.integration.crash.conftest import Start
from tests.integration.crash.outside import Outside
from tests.integration.crash.worker import Job

pytestmark = [pytest.mark.process, pytest.mark.slow]

EFFECT = "Busan"
KINDS = {"keying": "honours keys", "ordering": "can be asked", "charging": "offers neither"}
PARKED = "parked pay: in-doubt"


def fresh(folder: Path, name: str, *, is_lost: bool) -> Outside:
    (folder / name).mkdir()
    return Outside(folder / name, loses=EFFECT if is_lost else "")


def recovered(start: Start, outside: Outside, workflow: str) -> str:
    """Let another process go on from what is on disk, and return how the run ends, or that it waits for a person."""
    rest = {"workflows": [workflow], "starts": {"one": workflow}}
    told: str = start(Job("serve", outside, rest=rest)).end()["one"]
    return told


def check(outside: Outside, workflow: str, end: str) -> None:
    effects, sent = outside.done().count(EFFECT), len(outside.tried())
    assert effects <= 1
    if workflow == "charging":
        assert sent <= 1, "nothing is sent blindly again"
        assert end in ("completed", PARKED)
    else:
        assert end == "completed"
    assert end != "completed" or effects == 1, "none is lost"


@pytest.mark.parametrize("is_lost", [False, True], ids=["reply", "lost-reply"])
@pytest.mark.parametrize("workflow", KINDS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_around_the_send(start: Start, tmp_path: Path, workflow: str, when: str, *, is_lost: bool) -> None:
    outside = fresh(tmp_path, "outside", is_lost=is_lost)
    assert start(Job("run", outside.deadly(when, EFFECT), workflow=workflow)).end() is None
    end = recovered(start, replace(outside), workflow)
    check(outside, workflow, end)
    assert workflow != "charging" or end == PARKED


@pytest.mark.parametrize("is_lost", [False, True], ids=["reply", "lost-reply"])
@pytest.mark.parametrize("workflow", KINDS)
def test_killed_after_every_record(start: Start, tmp_path: Path, workflow: str, *, is_lost: bool) -> None:
    ends = []
    for appends in count():
        outside = fresh(tmp_path, f"after-{appends}", is_lost=is_lost)
        job = Job("serve", outside, dies_after=appends, is_eager=True, rest=_rest(workflow))
        was_killed = start(job).end() is None
        ends.append(recovered(start, outside, workflow))
        check(outside, workflow, ends[-1])
        if not was_killed:
            break
    assert len(ends) > 3
    assert PARKED not in ends or workflow == "charging"


@pytest.mark.parametrize("is_lost", [False, True], ids=["reply", "lost-reply"])
@pytest.mark.parametrize("workflow", KINDS)
def test_killed_inside_every_commit(start: Start, tmp_path: Path, workflow: str, *, is_lost: bool) -> None:
    for number, outside in _outsides(tmp_path, is_lost=is_lost):
        was_killed = start(Job("serve", outside, dies_in=number, rest=_rest(workflow))).end() is None
        check(outside, workflow, recovered(start, outside, workflow))
        if not was_killed:
            assert number > 2
            return


def _outsides(folder: Path, *, is_lost: bool) -> Iterator[tuple[int, Outside]]:
    for number in count(1):
        yield number, fresh(folder, f"in-{number}", is_lost=is_lost)


def _rest(workflow: str) -> dict[str, object]:
    return {"workflows": [workflow], "starts": {"one": workflow}}
