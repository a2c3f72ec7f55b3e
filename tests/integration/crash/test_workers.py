"""Several processes on one file: one of them runs a run, any of them may die, and one that kills is found out."""

import pytest

from tests.integration.crash.conftest import Start
from tests.integration.crash.outside import Outside
from tests.integration.crash.worker import Job

pytestmark = pytest.mark.process

INNOCENT = [f"run-{number}" for number in range(4)]
EFFECTS = ["Busan", "hotel", "seal", "payment", "payment"]
DEATHS_MAX = 6


def test_three_processes_on_one_run_execute_it_once(start: Start, outside: Outside) -> None:
    three = [start(Job("run", outside)) for _ in range(3)]
    told = [one.end() for one in three]
    assert [one["statuses"] for one in told] == [["completed"]] * 3
    assert len({one["results"][0] for one in told}) == 1
    assert outside.tried() == outside.done() == EFFECTS
    assert sorted(outside.lines("asked")) == sorted(
        ["Busan", "price", "time", "room", "hotel done", "wax", "receipt", "Busan"]
    )
    assert "RunTakenOver" not in told[0]["journal"]


def test_run_outlives_one_process_after_the_other(start: Start, outside: Outside) -> None:
    mortal = [start(Job("run", outside, dies_after=12, is_eager=True)) for _ in range(8)]
    told = [one.end() for one in mortal]
    assert 1 <= told.count(None) < 8
    assert [one["statuses"] for one in told if one] == [["completed"]] * (8 - told.count(None))
    assert outside.done() == EFFECTS


def test_step_that_kills_its_process_is_parked_alone_and_the_others_go_on(start: Start, outside: Outside) -> None:
    runs = ("killer", *INNOCENT)
    starts = {"killer": "killing", **dict.fromkeys(INNOCENT, "ten")}
    rest = {"workflows": ["killing", "ten"], "starts": starts}
    deaths = 0
    while (told := start(Job("serve", outside, runs=runs, rest=rest)).end()) is None:
        deaths += 1
        assert deaths < DEATHS_MAX
    assert told.pop("killer").startswith("parked kill: crash-loop")
    assert set(told.values()) == {"completed"}
    assert deaths == 3
    assert sorted(outside.done()) == sorted(EFFECTS * len(INNOCENT))
