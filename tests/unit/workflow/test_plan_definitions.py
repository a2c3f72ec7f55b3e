"""What can be seen of a wrong `Plan` or `Replan` is said where it is written; what it takes is its goal."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from podium import Dag, OnFailure, Plan, Replan, Situation, node, tool
from podium.errors import DefinitionError, DefinitionErrors, InvalidInputError
from podium.workflow.plan_data import Planning


class Goal(BaseModel):
    """What is wanted."""

    city: str
    stars: int = 3


@tool.read()
async def look(city: str) -> str:
    return city


@tool.write()
async def book(city: str) -> str:
    return city


@tool.write()
async def pay(city: str) -> str:
    return city


@pay.compensate
async def refund(paid: str) -> None:
    del paid


def planner(situation: Situation[Goal]) -> None:
    del situation


async def writes(situation: Situation[Goal]) -> str:
    return await book(situation.goal.city)


class Odd(BaseModel):
    """What no planner takes."""

    what: int


@node
async def odd(what: int) -> int:
    return what


WRONG: dict[str, tuple[Callable[[], Any], str]] = {
    "no tools": (lambda: Plan("p", Goal, planner, tools=[]), "tools= takes the tools"),
    "what is no tool": (lambda: Plan("p", Goal, planner, tools=[planner]), "tools= takes the tools"),  # type: ignore[list-item]  # on purpose
    "no plan at all": (lambda: Plan("p", Goal, planner, tools=[look], limit=-1), "limit=-1 allows no plan"),
    "no replan at all": (lambda: look.state("s", replan=Replan(planner, [look], limit=0)), "limit=-1 allows no plan"),
    "planner that writes": (lambda: Plan("p", Goal, writes, tools=[look]), "the planner writes writes; a planner only"),
    "planner that is a write": (lambda: Plan("p", Goal, book, tools=[look]), "the planner book writes"),
    "planner that takes something else": (
        lambda: Plan("p", Goal, Dag("odd", Odd, odd, gives=odd), tools=[look]),
        "the planner odd takes what",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_plan_is_a_fault_that_has(what: str) -> None:
    make, why = WRONG[what]
    with pytest.raises(DefinitionError, match=why) as wrong:
        make()
    assert __file__ in str(wrong.value)


def test_write_without_a_way_back_is_a_fault_in_a_plan_that_is_undone() -> None:
    with pytest.raises(DefinitionErrors) as wrong:
        Plan("p", Goal, planner, tools=[book, pay])
    assert "the write book has no compensation" in str(wrong.value.exceptions[0])
    assert Plan("p", Goal, planner, tools=[book, pay], on_failure=OnFailure.STOP).graph.on_failure is OnFailure.STOP


def test_run_takes_the_goal_and_nothing_else() -> None:
    desk: Plan[Goal, Any] = Plan("desk", Goal, planner, tools=[look])
    assert desk.encode_input(Goal(city="Busan"))["goal"] == '{"city":"Busan","stars":3}'
    assert desk.parse_input('{"city": "Busan"}') == desk.encode_input(Goal(city="Busan"))
    assert list(desk.asked.fields) == ["city", "stars"]
    for wrong in ("Busan", Planning(), {"city": "Busan"}):
        with pytest.raises(InvalidInputError):
            desk.encode_input(wrong)
    with pytest.raises(InvalidInputError, match="city"):
        desk.parse_input('{"town": "Busan"}')


def test_goal_may_be_a_plain_text() -> None:
    said: Plan[str, Any] = Plan("said", str, planner, tools=[look])
    assert said.encode_input("a bed")["goal"] == said.parse_input('"a bed"')["goal"] == '"a bed"'
    assert "goal" in said.asked.fields


def test_graph_of_a_plan_changes_with_its_tools_and_not_with_its_planner() -> None:
    one: Plan[Goal, Any] = Plan("p", Goal, planner, tools=[look])
    assert one.hash != Plan("p", Goal, planner, tools=[look, pay]).hash
    assert one.hash == Plan("p", Goal, lambda situation: situation, tools=[look]).hash
