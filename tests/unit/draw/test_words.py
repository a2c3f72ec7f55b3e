import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.draw.words import clean, duration, marks, short_type
from podium.graph.nodes import NodeKind, ToolFacts
from tests.unit.draw.examples import BOOK, POST, TRAVEL, nested, quick, step, write


@quick
@given(st.text())
def test_clean_text_is_one_printable_line(text: str) -> None:
    cleaned = clean(text)
    assert cleaned == cleaned.strip()
    assert cleaned.isprintable()
    assert clean(cleaned) == cleaned


def test_long_text_is_cut_with_an_ellipsis() -> None:
    assert clean("word " * 100, chars_max=8) == "word wo…"


@pytest.mark.parametrize(
    ("ms", "said"),
    [
        (0, "0 ms"),
        (250, "250 ms"),
        (1_000, "1 s"),
        (90_000, "1 min 30 s"),
        (5_400_000, "1 h 30 min"),
        (172_800_000, "2 d"),
    ],
)
def test_durations_have_two_units_at_most(ms: int, said: str) -> None:
    assert duration(ms) == said


def test_exception_is_named_without_its_module() -> None:
    assert short_type("app.errors.Refused") == "Refused"
    assert short_type("ToolFailed") == "ToolFailed"


def test_marks_say_what_a_write_may_do() -> None:
    asks = ToolFacts(name="rent", writes=True, compensable=True, asks=True)
    assert marks(write("s", tool=asks), compensates=True) == ("writes", "may ask first", "can be undone")
    assert marks(write("s", tool=POST), compensates=True) == ("writes", "can not be undone")
    assert marks(write("s", tool=BOOK), compensates=False) == ("writes",)


def test_marks_say_which_guards_stand_around_the_calls() -> None:
    tools = (
        ToolFacts(name="look", writes=False, limits=("retry 3", "breaker airline")),
        ToolFacts(name="note", writes=False),
    )
    own = ("timeout 60 s", "calls: 64 at once")
    assert marks(step("s", tools=tools, limits=own), compensates=False) == (*own, "look: retry 3, breaker airline")
    one = step("s", kind=NodeKind.TOOL, tools=tools[:1], limits=("retry 3", "breaker airline"))
    assert marks(one, compensates=False) == ("retry 3", "breaker airline")


def test_marks_say_how_long_is_waited() -> None:
    human = step("s", kind=NodeKind.HUMAN, timeout_ms=172_800_000, default_answer="{}")
    assert marks(human, compensates=False) == ("asks a person", "at most 2 d, then the default")
    assert marks(step("s", kind=NodeKind.WAIT, signal="paid"), compensates=False) == ("waits for signal paid",)


def test_marks_say_what_is_inside() -> None:
    assert marks(nested("s", TRAVEL, each="trips", concurrency=2), compensates=False) == (
        "state machine",
        "for each trips, 2 at once",
    )
