"""What a tool router knows of a tool from its declaration, and what can be wrong with a box of tools."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from inspect import getdoc
from types import MappingProxyType

from podium.graph.nodes import Place
from podium.routing.ranking.card import ToolCard
from podium.workflow.annotations import type_text
from podium.workflow.faults import Faults, closest
from podium.workflow.toolcode import Declared
from podium.workflow.toolnames import is_tool


@dataclass(frozen=True, slots=True)
class ToolFound:
    """A tool as whoever searches for one is told of it.

    Attributes:
        name: Its name.
        description: What it is for.
        parameters: Parameter to type, in words.
        writes: Whether it may change something.
    """

    name: str
    description: str
    parameters: dict[str, str]
    writes: bool


@dataclass(frozen=True, slots=True)
class ToolsFound:
    """What was found for a query, best first."""

    query: str
    tools: list[ToolFound]


def card_of(tool: Declared, *, pinned: bool) -> ToolCard:
    """Return what a ranking goes by."""
    data = tool.code.signature.data
    return ToolCard(
        name=tool.name,
        description=_description(tool),
        parameters=" ".join(f"{parameter.name} {type_text(parameter.type)}" for parameter in data),
        required=frozenset(parameter.name for parameter in data if parameter.is_required),
        writes=tool.policy.writes,
        pinned=pinned,
    )


def found_of(tool: Declared) -> ToolFound:
    """Return what is told of a tool."""
    parameters = {parameter.name: type_text(parameter.type) for parameter in tool.code.signature.data}
    return ToolFound(tool.name, _description(tool), parameters, tool.policy.writes)


def check_toolbox(
    name: str, tools: Iterable[Declared], pinned: Collection[str], *, where: Place | None
) -> Mapping[str, Declared]:
    """Return the tools by name; raise DefinitionErrors where they can not be told apart, or are none."""
    faults, found = Faults(), dict[str, Declared]()
    for tool in tools:
        if not is_tool(tool):
            faults.add(
                "not-a-tool",
                f"tool router {name} is given {tool!r:.60}, which is no tool",
                suggestion="Declare it with @tool.read or @tool.write.",
                where=where,
            )
        elif found.setdefault(tool.name, tool) is not tool:
            faults.add(
                "same-name",
                f"two tools of tool router {name} are called {tool.name!r}",
                suggestion=f"Rename one; the other is at {found[tool.name].where}.",
                where=tool.where or where,
            )
    if not found and not len(faults):
        faults.add("no-tools", f"tool router {name} has no tool", suggestion="Give it at least one.", where=where)
    for pin in pinned:
        if pin not in found:
            faults.add(
                "unknown-tool",
                f"tool router {name} pins {pin!r}, which is none of its tools",
                suggestion=closest(pin, found),
                where=where,
            )
    faults.raise_all(f"tool router {name!r}")
    return MappingProxyType(found)


def _description(tool: Declared) -> str:
    return " ".join((getdoc(tool.function) or "").partition("\n\n")[0].split())
