"""SIGKILL after each commit of a run that plans: another process with the same code ends it, and all happens once."""

import pytest

from tests.integration.crash.conftest import Start
from tests.integration.crash.outside import Outside
from tests.integration.crash.worker import Job

pytestmark = [pytest.mark.process, pytest.mark.slow]

REST = {"workflows": ["planning"], "starts": {"one": "planning"}}


def test_killed_after_each_commit_a_plan_is_ended_by_another_process(start: Start, outside: Outside) -> None:
    number, was_killed = 0, True
    while was_killed:
        number += 1
        other = Outside(outside.folder / str(number))
        other.folder.mkdir()
        was_killed = start(Job("serve", other, dies_after=number, is_eager=True, rest=REST)).end() is None
        if was_killed:
            assert start(Job("serve", other, rest=REST)).end() == {"one": "completed"}, number
        assert other.done() == ["flight", "tent"], number
        assert len(set(other.lines("done"))) == len(set(other.lines("tried"))) == 2, "one key each"
        assert other.lines("asked").count("planner") <= 3, "asked again at most where its answer was not on disk"
    assert number > 8


@pytest.mark.parametrize("effect", ["flight", "tent"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_around_a_write_of_a_plan_no_planner_is_asked_again(
    start: Start, outside: Outside, when: str, effect: str
) -> None:
    assert start(Job("serve", outside.deadly(when, effect), rest=REST)).end() is None
    asked = outside.lines("asked").count("planner")
    assert start(Job("serve", outside, rest=REST)).end() == {"one": "completed"}
    assert outside.done() == ["flight", "tent"]
    assert len({line for line in outside.lines("tried") if line.startswith(effect)}) == 1, "one key"
    assert (asked, outside.lines("asked").count("planner")) == (1 if effect == "flight" else 2, 2)
