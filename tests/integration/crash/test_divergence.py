"""Code that does something else after a SIGKILL parks or finishes; it never has a second effect."""

from dataclasses import replace

import pytest

from tests.integration.crash.conftest import Start
from tests.integration.crash.outside import Outside
from tests.integration.crash.worker import Job

pytestmark = pytest.mark.process


@pytest.mark.parametrize(
    ("workflow", "effect"), [("arguing", "for-the-first"), ("omitting", "seat")], ids=["argument", "none"]
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_step_that_asks_for_another_write_parks(
    start: Start, outside: Outside, workflow: str, effect: str, when: str
) -> None:
    assert start(Job("run", outside.deadly(when, effect), workflow=workflow)).end() is None
    told = start(Job("until_parked", replace(outside, mode="second"), workflow=workflow)).end()
    assert told["reason"] == "diverged"
    assert outside.done() == [effect]
    assert outside.tried() == [effect] * 2


@pytest.mark.parametrize("when", ["before", "after"])
def test_step_that_catches_everything_parks_before_it_is_entered(start: Start, outside: Outside, when: str) -> None:
    assert start(Job("run", outside.deadly(when, "seat"), workflow="catching")).end() is None
    told = start(Job("until_parked", outside, workflow="catching")).end()
    assert told["reason"] == "in-doubt"
    assert outside.tried() == ["seat"]
    assert outside.lines("asked") == []
