"""A worker that stood still past its lease, as on a machine that is paused: what it does afterwards does not count."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from tests.integration.crash.conftest import Start, Started
from tests.integration.crash.outside import Outside
from tests.integration.crash.worker import Job

pytestmark = pytest.mark.process

AN_HOUR_MS = 3_600_000


def stopped(start: Start, outside: Outside, workflow: str, effect: str) -> Started:
    """Return a worker that stands still, with the answer to a write in its hands that is not on record yet."""
    worker = start(Job("run", replace(outside, stops_after=effect), workflow=workflow))
    worker.until_stopped()
    assert outside.done()[-1] == effect
    return worker


def rows(outside: Outside) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(outside.folder / "podium.db")) as connection:
        return connection.execute("SELECT seq, kind, at, body FROM journal ORDER BY seq").fetchall()


def test_worker_that_was_taken_over_from_writes_nothing(start: Start, outside: Outside) -> None:
    zombie = stopped(start, outside, "ten", "hotel")
    successor = start(Job("run", outside, ahead_ms=AN_HOUR_MS)).end()
    assert successor["statuses"] == ["completed"]
    left, tried = rows(outside), outside.tried()
    zombie.go_on()
    told = zombie.end()
    assert rows(outside) == left, "no row of its own"
    assert outside.tried() == tried, "it may look once more, but it sends nothing"
    assert tried == ["Busan", "hotel", "hotel", "seal", "payment", "payment"]
    assert outside.done() == ["Busan", "hotel", "seal", "payment", "payment"]
    assert told["results"] == successor["results"], "it hears how the run ended"
    assert [kind for _, kind, *_ in left].count("RunTakenOver") == 1


def test_answer_that_it_has_in_its_hands_ends_the_doubt_of_who_took_over(start: Start, outside: Outside) -> None:
    zombie = stopped(start, outside, "charging", "Busan")
    successor = start(Job("until_parked", outside, workflow="charging", ahead_ms=AN_HOUR_MS))
    assert successor.end()["reason"] == "in-doubt"
    waiting = start(Job("run", outside, workflow="charging", ahead_ms=AN_HOUR_MS))
    zombie.go_on()
    assert waiting.end()["statuses"] == zombie.end()["statuses"] == ["completed"]
    assert outside.tried() == outside.done() == ["Busan"]
