"""The guards of a run's steps, as its graph keeps them, and how the breakers among them stand now."""

from collections.abc import Iterable, Iterator, Sequence

from podium.cli.table import when
from podium.engine.guarding import BreakerInfo
from podium.graph.nodes import Graph, Node, NodeKind
from podium.guard.breaker import BreakerState
from podium.workflow.guarding import named

COLUMNS = ("STEP", "CALL", "GUARDS", "NOW")


def guard_rows(graph: Graph, breakers: Sequence[BreakerInfo], *, within: str = "") -> Iterator[tuple[str, ...]]:
    """Return a row for each step, and each tool that it names, that has guards; nested workflows' too."""
    for node in graph.nodes.values():
        place = f"{within}{node.name}"
        for tool, limits in _guarded(node):
            now = (_standing(info) for info in breakers if _stands_in(info.name, limits, tool))
            yield place, tool, ", ".join(limits), ", ".join(now)
        if node.child is not None:
            yield from guard_rows(node.child, breakers, within=f"{place}/")


def state_words(state: BreakerState) -> str:
    """Return what a breaker does, in words."""
    return state.value.replace("_", "-")


def _guarded(node: Node) -> Iterator[tuple[str, tuple[str, ...]]]:
    if node.kind is NodeKind.TOOL:
        known: Iterable[tuple[str, tuple[str, ...]]] = [(tool.name, node.limits) for tool in node.tools]
    else:
        known = [("", node.limits), *((tool.name, tool.limits) for tool in node.tools)]
    return ((tool, limits) for tool, limits in known if limits)


def _stands_in(breaker: str, limits: Iterable[str], tool: str) -> bool:
    """Claim that a breaker is among the guards; one that is named in no words is the tool's own."""
    said = {limit.removeprefix("calls: ") for limit in limits}
    return named("breaker", breaker) in said or (breaker == tool and named("breaker", "") in said)


def _standing(info: BreakerInfo) -> str:
    until = f" until {when(info.until)}" if info.until is not None else ""
    by = f" by {info.override.by}" if info.override is not None else ""
    return f"{info.name} {state_words(info.state)}{by}{until}"
