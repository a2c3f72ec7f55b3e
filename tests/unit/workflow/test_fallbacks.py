"""What can be wrong with `fallback=` is said when the workflow is defined."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from podium import END, START, Approval, Retry, StateMachine, step, tool
from podium.draw.words import marks
from podium.errors import DefinitionError, DefinitionErrors, Fault
from podium.graph.encode import graph_from_json, graph_to_json
from podium.workflow.tool import Tool


class Trip(BaseModel):
    city: str


@tool.read
async def archive(city: str, limit: int = 5) -> list[str]:
    return [city] * limit


@tool.read
def shelf(limit: int, city: str) -> list[str]:
    return [city] * limit


@tool.read(fallback=[archive])
async def chained(city: str, limit: int) -> list[str]:
    return [city] * limit


@tool.read
async def shorter(city: str) -> list[str]:
    return [city]


@tool.read
async def otherwise(city: str, limit: str) -> list[str]:
    return [city, limit]


@tool.read
async def counts(city: str, limit: int) -> int:
    return limit


@tool.write
async def posts(city: str, limit: int) -> list[str]:
    return [city]


@tool.write(approve=Approval())
async def asks(city: str, limit: int) -> list[str]:
    return [city]


def reading(*others: Any) -> Tool[..., Any]:
    @tool.read(fallback=list(others))
    async def search(city: str, limit: int) -> list[str]:
        return [city] * limit

    return search


def writing(*others: Any) -> Tool[..., Any]:
    @tool.write(irreversible=True, fallback=list(others))
    async def publish(city: str, limit: int) -> list[str]:
        return [city] * limit

    return publish


def defined(what: Tool[..., Any]) -> StateMachine[Trip]:
    @step
    async def work(trip: Trip) -> None:
        await what(trip.city, 3)

    return StateMachine("one", Trip, START >> work >> END, tools=[what])


def faults(what: Tool[..., Any]) -> tuple[Fault, ...]:
    with pytest.raises(DefinitionErrors) as wrong:
        defined(what)
    return wrong.value.faults


WRONG: dict[str, tuple[Callable[[], Tool[..., Any]], str]] = {
    "fallback-kind": (lambda: reading(posts), "it is a write, and search is a read"),
    "fallback-of-fallback": (lambda: reading(chained), "it has a fallback of its own"),
    "fallback-asks": (lambda: writing(asks), "it asks a person first"),
    "fallback-takes": (lambda: reading(shorter), "it takes city, and search city, limit"),
    "wrong-type": (lambda: reading(otherwise), "it takes limit: str, and search int"),
    "too-many-fallbacks": (lambda: reading(archive, shelf, counts, shorter), "search has 4 tools to fall back to"),
    "listed-twice": (lambda: reading(archive, archive), "or twice to the same tool"),
}


@pytest.mark.parametrize("code", WRONG)
def test_tool_that_can_not_stand_in_is_a_fault(code: str) -> None:
    made, message = WRONG[code]
    assert [fault.code for fault in faults(made()) if message in fault.message] == [code]


def test_result_of_another_type_is_a_fault() -> None:
    (fault,) = faults(reading(counts))
    assert fault.message == "search can not fall back to counts: it gives int, and search list[str]"


@pytest.mark.parametrize("said", [archive, [len], "archive", None])
def test_fallback_is_a_list_of_tools(said: Any) -> None:
    with pytest.raises(DefinitionError, match="fallback= takes a list of tools"):
        tool.read(fallback=said)


def test_tools_of_a_fallback_belong_to_the_workflow() -> None:
    machine = defined(reading(archive, shelf))
    assert machine.tool("shelf").name == "shelf"


def test_write_that_stands_in_needs_a_way_back_too() -> None:
    @tool.write(fallback=[posts])
    async def book(city: str, limit: int) -> list[str]:
        return [city] * limit

    @book.compensate
    async def cancel(booked: list[str]) -> None: ...

    assert [fault.message for fault in faults(book) if fault.code == "no-way-back"] == [
        "the write posts has no compensation, in a workflow that undoes what it did when it fails"
    ]


def test_fallbacks_are_shown_and_do_not_change_the_hash() -> None:
    plain, degraded = defined(reading()), defined(reading(archive, shelf))
    node = graph_from_json(graph_to_json(degraded.graph)).nodes["work"]
    assert node.tools[0].fallback == ("archive", "shelf")
    assert "search: falls back to archive, shelf" in marks(node, compensates=False)
    assert plain.hash == degraded.hash


def test_fallback_goes_with_guards() -> None:
    search = tool.read(retry=Retry(attempts=2), fallback=[archive])(lambda_free)
    assert search.policy.guards.retry == Retry(attempts=2)
    assert search.policy.fallback == (archive,)


async def lambda_free(city: str, limit: int) -> list[str]:
    return [city] * limit
