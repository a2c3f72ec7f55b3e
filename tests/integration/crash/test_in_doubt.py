"""A write whose process was killed around its effect: sent again, asked about, or parked for a person; never twice."""

from typing import Any

import pytest

from tests.integration.crash.conftest import Start
from tests.integration.crash.outside import Outside
from tests.integration.crash.worker import Job

pytestmark = pytest.mark.process

EFFECT = "Busan"


def killed(start: Start, outside: Outside, workflow: str, when: str) -> None:
    """Let a process be killed before or after the effect of a write."""
    assert start(Job("run", outside.deadly(when, EFFECT), workflow=workflow)).end() is None


def parked(start: Start, outside: Outside) -> Any:
    """Kill a process after an effect that nobody can ask about, and let another find it in doubt."""
    killed(start, outside, "charging", "after")
    told = start(Job("until_parked", outside, workflow="charging")).end()
    assert (told["reason"], told["tool"], told["path"]) == ("in-doubt", "charge", "pay")
    assert outside.done() == outside.tried() == [EFFECT]
    return told


def resolved(start: Start, outside: Outside, **rest: Any) -> Any:
    return start(Job("resolve", outside, workflow="charging", rest=rest)).end()


def test_write_that_nobody_can_speak_for_parks_and_stays_parked(start: Start, outside: Outside) -> None:
    parked(start, outside)
    told = start(Job("until_parked", outside, workflow="charging")).end()
    assert told["reason"] == "in-doubt"
    assert outside.tried() == [EFFECT]


def test_done_by_another_process_goes_on_without_sending(start: Start, outside: Outside) -> None:
    parked(start, outside)
    assert resolved(start, outside, verb="done", answer="by hand") == {"paid": "by hand"}
    assert outside.tried() == [EFFECT]


def test_not_done_by_another_process_sends_anew(start: Start, outside: Outside) -> None:
    parked(start, outside)
    assert resolved(start, outside, verb="not-done") == {"paid": "Busan done"}
    assert outside.tried() == [EFFECT] * 2


def test_retry_by_another_process_sends_the_same_again(start: Start, outside: Outside) -> None:
    parked(start, outside)
    assert resolved(start, outside, verb="retry") == {"paid": "Busan done"}
    assert outside.tried() == [EFFECT] * 2


def test_abort_by_another_process_fails_the_run(start: Start, outside: Outside) -> None:
    parked(start, outside)
    assert resolved(start, outside, verb="abort") == {"error": "RunFailedError"}
    assert outside.tried() == [EFFECT]


def test_decision_reaches_the_worker_that_waits(start: Start, outside: Outside) -> None:
    parked(start, outside)
    waiting = start(Job("run", outside, workflow="charging"))
    assert resolved(start, outside, verb="done", answer="by hand") == {"paid": "by hand"}
    assert '"paid":"by hand"' in waiting.end()["results"][0]
    assert outside.tried() == [EFFECT]


def test_write_that_can_be_asked_about_resolves_itself(start: Start, outside: Outside) -> None:
    killed(start, outside, "ordering", "after")
    told = start(Job("run", outside, workflow="ordering")).end()
    assert '"paid":"Busan done"' in told["results"][0]
    assert outside.tried() == [EFFECT]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("workflow", ["ten", "ordering"])
def test_write_that_can_be_repeated_or_asked_about_finishes_with_one_effect(
    start: Start, outside: Outside, workflow: str, when: str
) -> None:
    killed(start, outside, workflow, when)
    told = start(Job("run", outside, workflow=workflow)).end()
    assert told["statuses"] == ["completed"]
    assert outside.done().count(EFFECT) == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_write_that_nobody_can_speak_for_is_never_sent_twice(start: Start, outside: Outside, when: str) -> None:
    killed(start, outside, "charging", when)
    start(Job("until_parked", outside, workflow="charging")).end()
    assert outside.tried() == [EFFECT]
    assert len(outside.done()) <= 1


@pytest.mark.parametrize("appends", range(4))
@pytest.mark.parametrize("workflow", ["charging", "ordering"])
def test_at_every_write_to_the_journal_there_is_at_most_one_effect(
    start: Start, outside: Outside, workflow: str, appends: int
) -> None:
    start(Job("run", outside, workflow=workflow, dies_after=appends, is_eager=True)).end()
    told = start(Job("serve", outside, rest={"workflows": [workflow], "starts": {"one": workflow}})).end()
    assert told["one"] in ("completed", "parked pay: in-doubt")
    assert outside.done().count(EFFECT) <= 1
    assert workflow == "charging" or told["one"] == "completed"
