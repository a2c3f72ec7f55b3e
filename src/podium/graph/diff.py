"""What differs between two graphs, as a table: for people who are about to move runs from one to the other."""

import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from podium.graph.nodes import Graph, Node


class Difference(NamedTuple):
    """One line: what differs, and how it is said in each graph; "" where there is none."""

    what: str
    before: str
    after: str


def differences(before: Graph, after: Graph) -> Iterator[Difference]:
    """Yield what differs in structure and schemas, nested workflows included, in the order of the author."""
    yield from _mapping("field ", _said(before.fields), _said(after.fields))
    yield from _mapping("", _of_graph(before), _of_graph(after))
    for name in dict.fromkeys([*before.nodes, *after.nodes]):
        old, new = before.nodes.get(name), after.nodes.get(name)
        yield from _mapping(f"{name}: ", _of_node(old), _of_node(new))
        if old is not None and new is not None and old.child is not None and new.child is not None:
            inside = differences(old.child, new.child)
            yield from (Difference(f"{name}/{one.what}", one.before, one.after) for one in inside)


def _mapping(where: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Difference]:
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name, ""), after.get(name, "")
        if old != new:
            yield Difference(f"{where}{name}", old, new)


def _of_graph(graph: Graph) -> dict[str, str]:
    return {
        "start": graph.start or "",
        "gives": graph.gives or "",
        "max_visits": str(graph.max_visits),
        "deadline ms": str(graph.deadline_ms or ""),
        "on failure": graph.on_failure,
    }


def _of_node(node: Node | None) -> dict[str, str]:
    if node is None:
        return {}
    ways = [node.next] if node.next else [f"{label} → {target}" for label, target in node.choices.items()]
    needs = [f"{need.parameter} from {need.source}" for need in node.needs]
    return {
        "kind": node.kind,
        "leads to": ", ".join(ways),
        "on error": ", ".join(f"{'|'.join(one.types)} → {one.target}" for one in node.handlers),
        "needs": ", ".join(needs),
        "each": node.each or "",
        "takes": ", ".join(f"{parameter} from {field}" for parameter, field in node.take.items()),
        "gives": node.give or "",
        "signal": node.signal or "",
        "waits ms": str(node.timeout_ms or node.duration_ms or ""),
        "tools": ", ".join(f"{tool.name} ({'write' if tool.writes else 'read'})" for tool in node.tools),
        "answer": _one(node.answer_schema),
    }


def _said(schemas: Mapping[str, object]) -> dict[str, str]:
    return {name: _one(schema) for name, schema in schemas.items()}


def _one(schema: object) -> str:
    return json.dumps(schema, sort_keys=True) if schema else ""
