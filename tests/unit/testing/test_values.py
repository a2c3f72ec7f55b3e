"""Made-up values fit the type that they are made for."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, Field, TypeAdapter, field_validator
from typing_extensions import TypedDict

from podium import Approve, Edit, Reject, tool
from podium.testing.simulation.errors import NoValueError
from podium.testing.simulation.played import made_up
from podium.testing.simulation.values import Maker


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Place(BaseModel):
    name: str
    rooms: int = 7
    near: "list[Place]" = []
    inside: "Place | None"


class Seat(TypedDict):
    row: int
    letter: str


TYPES = (
    str,
    int,
    float,
    bool,
    None,
    Decimal,
    bytes,
    date,
    datetime,
    time,
    timedelta,
    UUID,
    Colour,
    Place,
    Seat,
    Literal["a", "b"],
    list[int],
    set[str],
    dict[str, int],
    tuple[int, str],
    str | None,
    int | str,
    list[Place] | None,
    Annotated[int, Field(ge=5, le=9)],
    Annotated[int, Field(gt=5, multiple_of=4)],
    Annotated[int, Field(lt=0)],
    Annotated[float, Field(gt=0, lt=0.5)],
    Annotated[str, Field(min_length=40)],
    Annotated[str, Field(max_length=3)],
    Annotated[list[int], Field(min_length=3)],
    Annotated[list[int], Field(max_length=0)],
    Annotated[str, Field(examples=["X-17"], pattern="^X-")],
    Any,
)


def maker(hint: Any) -> Maker:
    return Maker(TypeAdapter(hint).json_schema(), "word")


@pytest.mark.parametrize("hint", TYPES, ids=str)
def test_value_fits_its_type(hint: Any) -> None:
    value = maker(hint).value()
    TypeAdapter(hint).validate_json(TypeAdapter(Any).dump_json(value))
    assert maker(hint).value() == value


def test_text_says_what_it_was_made_for() -> None:
    assert maker(str).value() == "word"
    assert maker(str | None).value() == "word"


@pytest.mark.parametrize(
    ("hint", "options"),
    [
        (bool, [True, False]),
        (Literal["a", "b"], ["a", "b"]),
        (int, [1]),
        (str | None, ["word", None]),
    ],
)
def test_each_alternative_of_a_type_is_an_option(hint: Any, options: list[Any]) -> None:
    assert maker(hint).options() == options


def test_each_answer_to_a_question_is_an_option() -> None:
    options = maker(Approve | Edit[int] | Reject).options()
    assert [option.get("choice") for option in options] == ["approve", "edit", "reject"]


class Picky(BaseModel):
    code: str

    @field_validator("code")
    @classmethod
    def known(cls, code: str) -> str:
        if code != "open sesame":
            raise ValueError("not that")
        return code


@tool.read
async def ask_for_a_code() -> Picky:
    return Picky(code="open sesame")


def test_type_that_is_too_picky_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(NoValueError, match=r"no result of ask_for_a_code can be made up .*not that.*tools=\{ask_for"):
        made_up(ask_for_a_code.code, "{}", {})
