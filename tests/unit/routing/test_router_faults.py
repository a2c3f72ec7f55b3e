"""What is wrong with a router is found at its definition, all at once, each with its place and a way out."""

from typing import Any

import pytest
from pydantic import BaseModel

from podium import END, FROM_ENGINE, START, StateMachine, step, tool, wait
from podium.errors import DefinitionError, DefinitionErrors
from podium.routing import IntentRouter, Route
from tests.unit.routing.travelling import Article, Trip, desk, helpdesk, read_article, read_trip, travel, writing


class Client:
    pass


@step
async def go(trip: Trip) -> None:
    trip.booked = "x"


def two(text: str, more: str) -> Trip | None:
    return None


def a_number(number: int) -> Trip | None:
    return None


def an_article(text: str) -> Article | None:
    return None


def from_engine(text: str, client: Client = FROM_ENGINE) -> Trip | None:
    return None


@tool.write
async def writes(text: str) -> Trip:
    return Trip(city=text)


class Late(BaseModel):
    who: str
    why: str


SOUND = Route(writing, "a", read=read_article)
same = StateMachine("travel", Trip, START >> go >> END)
clarify = StateMachine("clarify", Trip, START >> go >> END)

WRONG: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "no-routes": ([], {}),
    "not-a-route": ([travel], {}),
    "same-name": ([Route(travel, "a", read=read_trip), Route(same, "b", read=read_trip)], {}),
    "bad-name": ([Route(clarify, "a", read=read_trip)], {}),
    "no-examples": ([Route(travel, read=read_trip)], {}),
    "bad-examples": ([Route(travel, examples="book", read=read_trip)], {}),
    "same-example": (
        [Route(travel, examples=["Go!"], read=read_trip), Route(writing, examples=["go!"], read=read_article)],
        {},
    ),
    "no-read": ([Route(travel, "a")], {}),
    "takes-no-text": ([SOUND], {"otherwise": StateMachine("late", Late, START >> wait("x", str) >> END)}),
    "not-a-workflow": ([SOUND], {"otherwise": read_trip}),
    "not-a-function": ([Route(travel, "a", read=7)], {}),  # type: ignore[arg-type]  # as who has no type checker
    "read-writes": ([Route(travel, "a", read=writes)], {}),
}


@pytest.mark.parametrize("code", WRONG)
def test_it_is_named_with_its_place_and_what_to_do(code: str) -> None:
    routes, options = WRONG[code]
    with pytest.raises(DefinitionErrors) as raised:
        IntentRouter("front", *routes, **options)
    (fault,) = [error.fault for error in raised.value.exceptions if isinstance(error, DefinitionError)]
    assert fault.code == code
    assert fault.suggestion
    assert __file__ in fault.where


@pytest.mark.parametrize("read", [two, a_number, an_article, from_engine])
def test_a_read_that_can_not_read_for_its_workflow_is_named(read: Any) -> None:
    with pytest.raises(DefinitionErrors) as raised:
        IntentRouter("front", Route(travel, "a", read=read))
    (error,) = raised.value.exceptions
    assert isinstance(error, DefinitionError)
    assert error.fault.code == "wrong-read"
    assert read.__name__ in error.fault.message


def test_all_of_it_is_said_at_once() -> None:
    with pytest.raises(DefinitionErrors) as raised:
        IntentRouter("front", Route(travel), Route(writing, read=two), otherwise=travel)  # type: ignore[arg-type]  # wrong on purpose
    codes = [error.fault.code for error in raised.value.exceptions if isinstance(error, DefinitionError)]
    assert codes == ["no-examples", "no-read", "no-examples", "wrong-read", "wrong-read", "same-name"]


def test_what_is_no_workflow_is_no_route() -> None:
    with pytest.raises(DefinitionError, match="a route leads to a workflow"):
        Route(read_trip, "a")  # type: ignore[arg-type]  # as who has no type checker


def test_a_router_has_one_graph_for_the_same_routes_whatever_they_are_said_to_be_for() -> None:
    assert desk().hash == desk().hash
    assert desk(otherwise=helpdesk).hash != desk().hash
    other = IntentRouter("desk", Route(travel, "x", read=read_trip), Route(writing, "y", read=read_article))
    assert other.hash == desk().hash


def test_a_name_with_a_hyphen_is_the_routes_name_and_states_are_called_without() -> None:
    class Topic(BaseModel):
        topic: str

    @step
    async def say(topic: Topic) -> None:
        topic.topic += "!"

    router = IntentRouter("front-desk", Route(StateMachine("small-talk", Topic, START >> say >> END), "chat"))
    assert router.graph.nodes["route"].choices["small-talk"] == "small_talk"
