"""Facts are values: equal where all they say is equal, shown with all they say."""

import pytest

from podium.core import events as ev
from podium.core import stimuli as st


def test_facts_are_equal_where_they_say_the_same() -> None:
    assert ev.StepSkipped(1, "a") == ev.StepSkipped(1, "a")
    assert ev.StepSkipped(1, "a") != ev.StepSkipped(2, "a")


def test_facts_of_two_kinds_are_never_equal() -> None:
    facts: list[object] = [
        ev.StepSkipped(1, "a"),
        ev.StepResumed(1, "a"),
        st.Stopped(),
        ev.RunCancelled(1),
        "RunCancelled",
    ]
    assert [[one == other for other in facts].count(True) for one in facts] == [1] * len(facts)


def test_fact_shows_all_that_it_says() -> None:
    assert repr(ev.StepResumed(1, "a")) == "StepResumed(at=1, path='a')"
    assert repr(st.Stopped()) == "Stopped()"


def test_fact_is_no_key() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(ev.RunCancelled(1))


def test_fact_has_no_room_for_more() -> None:
    with pytest.raises(AttributeError):
        ev.RunCancelled(1).more = 1  # type: ignore[attr-defined]  # that is the point
