"""Which tools an author's function names, as far as its code shows."""

from collections.abc import Callable
from typing import Any

from podium.workflow.source import named_values
from podium.workflow.toolcode import Declared


def tools_named(function: Callable[..., Any]) -> tuple[Declared, ...]:
    """Return the tools that a function names, itself or in a helper of the same module, in order of their names."""
    found = {id(value): value for value in named_values(function) if is_tool(value)}
    return tuple(sorted(found.values(), key=lambda tool: tool.name))


def is_tool(value: Any) -> bool:
    """Claim that a value was made by `@tool`; asking the class keeps objects with magic attributes out."""
    return getattr(type(value), "is_podium_tool", False) is True
