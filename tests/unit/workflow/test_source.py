"""What a function's code shows: the tools that it names, where it is, whether it changed."""

import functools
import sys
from types import ModuleType
from typing import Any

from podium import tool
from podium.workflow.source import fingerprint, named_values, place_of, title_of
from podium.workflow.toolnames import tools_named


@tool.read
async def look(query: str) -> str:
    return query


@tool.write
async def send(text: str) -> None: ...


module = ModuleType("tools_elsewhere")
module.look = look  # type: ignore[attr-defined]


def helper() -> Any:
    return send("x")


def far() -> Any:
    return near()


def near() -> Any:
    return helper()


def names(function: Any) -> list[str]:
    return [found.name for found in tools_named(function)]


def test_tools_are_seen_where_the_code_names_them() -> None:
    async def directly() -> None:
        await look("x")

    async def inside() -> list[Any]:
        return [(send(text), lambda: look("x")) for text in ("a", "b")]

    async def by_module() -> None:
        await module.look("x")

    async def by_helper() -> None:
        await helper()

    assert names(directly) == ["look"]
    assert names(inside) == ["look", "send"]
    assert names(by_module) == ["look"]
    assert names(by_helper) == ["send"]


def test_attribute_that_is_called_like_a_tool_is_none() -> None:
    class Client:
        look: Any = None

    async def by_client(client: Client) -> None:
        await client.look("x")

    async def by_both(client: Client) -> None:
        await client.look(send("x"))

    assert names(by_client) == []
    assert names(by_both) == ["send"]


def test_tools_in_closures_are_seen() -> None:
    local = look

    async def closed() -> None:
        await local("x")
        await unbound()

    assert names(closed) == ["look"]
    unbound = closed


def test_helpers_are_looked_into_one_level_deep() -> None:
    assert names(near) == ["send"]
    assert names(far) == []


def test_what_is_no_tool_is_none() -> None:
    class Anything:
        def __getattr__(self, name: str) -> Any:
            return True

    anything = Anything()

    def uses() -> object:
        return anything

    assert anything in named_values(uses)
    assert names(uses) == []
    assert names(len) == []


def test_a_function_behind_a_wrapper_is_found() -> None:
    def original() -> Any:
        """The first line.

        The second.
        """
        return look("x")

    @functools.wraps(original)
    def wrapped() -> Any:
        return original()

    assert names(wrapped) == ["look"]
    assert title_of(wrapped) == "The first line."
    place = place_of(wrapped)
    assert place is not None
    assert (place.file, place.line) == (__file__, original.__code__.co_firstlineno)
    assert place_of(sys.exit) is None


def test_a_fingerprint_does_not_depend_on_the_order_of_sets() -> None:
    source = "def known(word): return word in {'a', 'b', 'c', 'd'}, [x for x in word if x]"
    made = []
    for _ in range(2):
        scope: dict[str, Any] = {}
        exec(source, scope)  # noqa: S102  # two functions of one source
        made.append(fingerprint(scope["known"]))
    assert made[0] == made[1]
    assert fingerprint(len) != fingerprint(made.append)
