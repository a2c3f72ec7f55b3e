"""What can be said of types without values: nothing that might fit is called wrong."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, NewType, TypeVar

import pytest
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from podium.workflow.annotations import admits_none, is_wrong, item_type, type_text

Name = NewType("Name", str)
T = TypeVar("T")


class Animal(BaseModel):
    name: str


class Dog(Animal):
    pass


class Stone(BaseModel):
    weight: int


class Colour(StrEnum):
    RED = "red"


class Row(TypedDict):
    name: str


FITS: list[tuple[Any, Any]] = [
    (int, int),
    (int, float),
    (bool, int),
    (Any, int),
    (int, Any),
    (int, object),
    (T, int),
    (Dog, Animal),
    (Animal, Dog),  # may be one
    (Animal | None, Animal),  # may be there by then
    (Animal, Stone | Animal),
    (Name, str),
    (str, Name),
    (str, datetime),  # a text may be a date
    (str, Decimal),
    (str, Colour),
    (Colour, str),
    (Literal["a", "b"], str),
    (str, Literal["a"]),
    (Literal["a", "b"], Literal["b", "c"]),
    (list[Dog], Sequence[Animal]),
    (list[Any], list[int]),
    (tuple[int, ...], list[int]),
    (tuple[int, str], list[int]),
    (list, list[int]),
    (dict[str, Any], Animal),
    (Row, dict[str, str]),
    (Row, Animal),
    (Annotated[int, Field(gt=0)], int),
    (None, int | None),
]

WRONG: list[tuple[Any, Any]] = [
    (str, int),
    (int, str),
    (float, int),
    (int, bool),
    (Animal, Stone),
    (Animal, str),
    (str, Animal),
    (list[Animal], Animal),
    (Animal, list[Animal]),
    (list[Animal], list[Stone]),
    (list[list[int]], list[int]),
    (None, int),
    (str | int, Animal | None),
    (Literal["a"], Literal["b"]),
    (Literal["a"], int),
    (int, Literal["a"]),
    (dict[str, int], list[int]),
    (Row, int),
    (Annotated[str, Field(max_length=3)], int),
]


@pytest.mark.parametrize(("source", "target"), FITS, ids=str)
def test_what_may_fit_passes(source: Any, target: Any) -> None:
    assert not is_wrong(source, target)


@pytest.mark.parametrize(("source", "target"), WRONG, ids=str)
def test_what_can_not_fit_is_wrong(source: Any, target: Any) -> None:
    assert is_wrong(source, target)


@pytest.mark.parametrize(
    ("hint", "item"),
    [
        (list[int], int),
        (list, Any),
        (Sequence[str], str),
        (tuple[int, ...], int),
        (tuple[int, str], Any),
        (set[int], int),
        (list[int] | None, int),
        (Any, Any),
        (str, None),
        (dict[str, int], None),
        (Annotated[list[int], Field(min_length=1)], int),
    ],
    ids=str,
)
def test_the_items_of_a_list_have_a_type(hint: Any, item: Any) -> None:
    assert item_type(hint) is item


def test_none_has_to_be_said() -> None:
    assert admits_none(int | None)
    assert admits_none(None)
    assert admits_none(Annotated[int | None, "x"])
    assert not admits_none(int)
    assert not admits_none(Any)


def test_types_are_written_as_authors_write_them() -> None:
    assert type_text(int) == "int"
    assert type_text(None) == "None"
    assert type_text(int | None) == "int | None"
    assert type_text(Dog) == "Dog"
    assert type_text(list[int]) == "list[int]"
