"""Single values as JSON text and back."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, ValidationError
from typing_extensions import TypedDict

from podium import Approve, Edit, Reject
from podium.errors import DataChangedError, NotStorableError
from podium.workflow.codec import Codec, answer_type


@dataclass
class Point:
    x: int
    y: int = 0


class Row(TypedDict):
    name: str


class Booking(BaseModel):
    ref: str


VALUES: list[tuple[Any, Any]] = [
    (int, 5),
    (int, 10**40),
    (str, "ünïcödé \x00 🎻"),
    (bool, True),
    (None, None),
    (float, 0.1),
    (bytes, b"abc"),
    (list[Booking], [Booking(ref="a")]),
    (dict[str, list[int]], {"a": [1]}),
    (set[str], {"a", "b", "c", "d", "e", "f"}),
    (Point, Point(1)),
    (Row, {"name": "x"}),
    (datetime, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
    (Booking | None, None),
    (Any, {"a": [1, None, "x"]}),
]


@pytest.mark.parametrize(("hint", "value"), VALUES, ids=str)
def test_a_value_reads_back_as_it_was(hint: Any, value: Any) -> None:
    codec = Codec(hint)
    text = codec.encode(value, "it")
    assert isinstance(text, str)
    assert codec.decode(text) == value


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_any_json_reads_back_as_it_was(value: Any) -> None:
    codec = Codec(Any)
    assert codec.decode(codec.encode(value, "it")) == value


@pytest.mark.parametrize(
    ("hint", "value", "says"),
    [
        (int, "5", "reads back as another value"),
        (int, "five", "valid integer"),
        (str, 5, "valid string"),
        (str, "\ud800", "surrogate"),
        (float, float("nan"), "valid number"),
        (Booking, Point(1), "Field required"),
        (Annotated[int, Field(gt=0)], -1, "greater than 0"),
        (Any, object(), "Unable to serialize"),
        (bytes, b"\xff", "utf-8"),
    ],
)
def test_what_does_not_survive_is_refused_and_named(hint: Any, value: Any, says: str) -> None:
    with pytest.raises(NotStorableError, match=says) as caught:
        Codec(hint).encode(value, "the result of book")
    assert caught.value.field == "the result of book"


def test_a_stored_text_that_no_longer_fits_says_whose() -> None:
    with pytest.raises(DataChangedError, match=r"the result of book: .*ref: Field required"):
        Codec(Booking).stored("{}", "the result of book")


def test_answers_are_told_apart_by_their_choice_alone() -> None:
    codec = Codec(answer_type(Approve | Edit[str] | Reject))
    assert codec.from_outside('{"choice":"edit","value":"x"}') == '{"choice":"edit","value":"x"}'
    assert codec.decode('{"choice":"reject","reason":"no"}') == Reject(reason="no")
    for empty in ("{}", '{"value":"x"}', "true", '{"choice":"approve","value":"x"}'):
        with pytest.raises(ValidationError):
            codec.from_outside(empty)


def test_other_answers_are_what_they_are() -> None:
    assert answer_type(bool) is bool
    assert Codec(answer_type(int | str)).from_outside(' "x" ') == '"x"'
