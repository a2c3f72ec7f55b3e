"""A machine with plans for tests, and plans for it in a few words."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from podium.core import stimuli as st
from podium.failure import Failure
from podium.graph.encode import graph_to_json
from podium.graph.nodes import END, Graph, GraphKind, Need, Node, NodeKind, ToolFacts
from tests.unit.core.builders import COMPENSATE, STOP, machine
from tests.unit.core.shell import Shell

BOOK, PAY, LOOK = (
    ToolFacts(name="book", writes=True, compensable=True),
    ToolFacts(name="pay", writes=True),
    ToolFacts(name="look", writes=False),
)


def planning(*more: Node, compensates: bool = False, **options: Any) -> Graph:
    """Return a machine that asks, carries a plan out, and asks again where that failed."""
    ask = Node(name="ask", kind=NodeKind.STEP, next="plan")
    carry = Node(
        name="plan", kind=NodeKind.PLAN, tools=(BOOK, PAY, LOOK), choices={"done": END, "again": "ask"}, calls_one=True
    )
    return machine(ask, carry, *more, on_failure=COMPENSATE if compensates else STOP, **options)


def call(name: str, *sources: str, tool: ToolFacts = BOOK, **more: Any) -> Node:
    """Return a step of a plan: a call of a tool that takes what `sources` give."""
    needs = tuple(Need(parameter=source, source=source) for source in sources)
    return Node(name=name, kind=NodeKind.TOOL, tools=(tool,), needs=needs, **more)


def plan_of(*steps: Node, data: Mapping[str, str] | None = None) -> Graph:
    fields: Mapping[str, Any] = {name: {} for name in data or {}}
    return Graph(name="plan", kind=GraphKind.DAG, nodes={step.name: step for step in steps}, fields=fields)


def opened(
    *steps: Node, data: Mapping[str, str] | None = None, collects: bool = True, causes: tuple[Failure, ...] = ()
) -> st.Opened:
    return st.Opened(dict(data or {}), graph_to_json(plan_of(*steps, data=data)), collects, causes)


def begun(*steps: Node, graph: Graph | None = None, **more: Any) -> Shell:
    """Return a run whose plan has just begun."""
    run = Shell(graph or planning())
    run.start()
    run.done("ask")
    run.end("plan", opened(*steps, **more))
    return run


def as_if(node: Node, **other: Any) -> Node:
    return replace(node, **other)
