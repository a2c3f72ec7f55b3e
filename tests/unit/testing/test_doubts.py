"""What is in doubt, and beside what nothing may be sent."""

import pytest

from podium.core import events as ev
from podium.failure import Failure, FailureKind
from podium.testing.simulation.doubts import Doubts

LOST = Failure(kind=FailureKind.TRANSIENT, type="ConnectionError", message="lost")


def intent(path: str, tool: str = "book", key: str = "") -> ev.WriteIntended:
    return ev.WriteIntended(0, path, tool, "{}", key or f"key of {path} {tool}")


def doubted(*events: ev.Event) -> Doubts:
    doubts = Doubts()
    for event in (intent("flight"), ev.WriteDoubted(0, "flight", LOST), *events):
        doubts.seen("run", event)
    return doubts


@pytest.mark.parametrize(
    ("sent", "one_at_a_time"),
    [(intent("flight", "other"), False), (intent("flight", "other"), True), (intent("hotel"), True)],
)
def test_nothing_is_sent_beside_a_doubt(sent: ev.WriteIntended, *, one_at_a_time: bool) -> None:
    assert doubted(sent).beside("run", sent, one_at_a_time=one_at_a_time) == intent("flight")


@pytest.mark.parametrize(
    ("sent", "one_at_a_time"),
    [
        (intent("flight"), True),
        (intent("hotel"), False),
        (intent("inside/hotel"), True),
        (intent("hotel.undo"), True),
    ],
)
def test_same_write_and_branches_that_do_not_need_it_may_be_sent(
    sent: ev.WriteIntended, *, one_at_a_time: bool
) -> None:
    assert doubted(sent).beside("run", sent, one_at_a_time=one_at_a_time) is None


def test_who_lost_the_run_may_send_once_more_what_is_done() -> None:
    old = intent("hotel")
    doubts = doubted(old, ev.WriteDone(0, "hotel", "1"))
    assert doubts.beside("run", old, one_at_a_time=True) is None


def test_other_runs_are_not_concerned() -> None:
    hotel, doubts = intent("hotel"), doubted()
    doubts.seen("other", hotel)
    assert doubts.beside("other", hotel, one_at_a_time=True) is None


@pytest.mark.parametrize(
    "settles",
    [
        ev.WriteDone(0, "flight", "1"),
        ev.WriteFailed(0, "flight", LOST),
        ev.WriteReleased(0, "flight"),
        ev.StepResolved(0, "flight", "done", "1"),
        ev.StepFailed(0, "flight", LOST),
        ev.StepCancelled(0, "flight"),
    ],
    ids=lambda event: type(event).__name__,
)
def test_doubt_ends(settles: ev.Event) -> None:
    hotel = intent("hotel")
    assert doubted(settles, hotel).beside("run", hotel, one_at_a_time=True) is None


def test_take_over_puts_every_open_write_in_doubt() -> None:
    doubts = Doubts()
    hotel = intent("hotel")
    doubts.seen("run", intent("flight"))
    doubts.seen("run", hotel)
    assert doubts.beside("run", hotel, one_at_a_time=True) is None
    doubts.seen("run", ev.RunTakenOver(0, 2, proven_dead=True))
    assert doubts.beside("run", hotel, one_at_a_time=True) == intent("flight")
