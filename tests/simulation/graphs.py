"""Graphs of any shape, made from dice: machines with loops and error edges, DAGs with maps and conditions, nested."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from podium.core import stimuli as st
from podium.graph.encode import graph_to_json
from podium.graph.nodes import END, Graph, GraphKind, Node, NodeKind, OnItemError, ToolFacts
from tests.unit.core.builders import COMPENSATE, STOP, caught_by, dag, failure, machine, mapped, node, state

T = TypeVar("T")

SHORT_MS = 50
LONG_MS = 5_000


class Dice:
    """Numbers that decide; once they are used up, everything is as simple as it can be."""

    def __init__(self, numbers: bytes) -> None:
        self._numbers = iter(numbers)

    def below(self, limit: int) -> int:
        return next(self._numbers, 0) % limit

    def pick(self, options: Sequence[T]) -> T:
        return options[self.below(len(options))]

    def once_in(self, times: int) -> bool:
        return self.below(times) == times - 1


PLAN_TOOLS = (ToolFacts(name="book", writes=True, compensable=True), ToolFacts(name="look", writes=False))


def any_plan(dice: Dice) -> st.Opened:
    """Return a plan of a few steps, which may take what those before them give."""
    names = [f"p{index}" for index in range(dice.below(4))]
    nodes = {name: _planned(dice, name, names[:index]) for index, name in enumerate(names)}
    graph = Graph(name="plan", kind=GraphKind.DAG, nodes=nodes, fields={})
    causes = (failure(),) if dice.once_in(2) else ()
    return st.Opened({}, graph_to_json(graph), dice.once_in(2), causes)


def _planned(dice: Dice, name: str, before: Sequence[str]) -> Node:
    sources = (source for source in before if dice.once_in(2))
    return node(name, *sources, kind=NodeKind.TOOL, tools=(dice.pick(PLAN_TOOLS),))


def _planning(name: str, to: str, **given: Any) -> Node:
    """Return a state that carries out plans, and goes on or is entered again."""
    return state(name, None, kind=NodeKind.PLAN, tools=PLAN_TOOLS, choices={"done": to, "again": name}, **given)


def any_saga(dice: Dice, *, depth: int = 2) -> Graph:
    """Return a graph of steps that may all write, most of it gone through before it ends, with edges that undo."""
    more: dict[str, Any] = {"name": f"saga{depth}", "on_failure": COMPENSATE if dice.below(8) < 7 else STOP}
    names = [f"s{index}" for index in range(2 + dice.below(4))]
    if dice.once_in(2):
        return dag(*(_saga_node(dice, depth, name, names[:index]) for index, name in enumerate(names)), **more)
    following = zip(names, [*names[1:], END], strict=True)
    states = [_saga_state(dice, depth, name, dice.pick((to, to, to, *names))) for name, to in following]
    return machine(*states, max_visits=1 + dice.below(3), **more)


def _saga_state(dice: Dice, depth: int, name: str, to: str) -> Node:
    edges = (caught_by(dice.pick((to, END, "s0")), undo=not dice.once_in(4)),) if dice.once_in(2) else ()
    if dice.once_in(5):
        return _planning(name, to, handlers=edges)
    return state(name, to, handlers=edges, **_saga_kind(dice, depth))


def _saga_node(dice: Dice, depth: int, name: str, before: Sequence[str]) -> Node:
    given = _saga_kind(dice, depth)
    if dice.once_in(4):
        return mapped(name, "list", on_item_error=dice.pick(tuple(OnItemError)), **given)
    return node(name, *(source for source in before if dice.once_in(2)), **given)


def _saga_kind(dice: Dice, depth: int) -> dict[str, Any]:
    if depth > 0 and dice.once_in(3):
        return {"kind": NodeKind.WORKFLOW, "child": any_saga(dice, depth=depth - 1)}
    return {"kind": NodeKind.STEP}


def any_graph(dice: Dice, *, depth: int = 2) -> Graph:
    """Return a graph of either kind, with workflows inside down to `depth`."""
    more: dict[str, Any] = {"name": f"graph{depth}", "on_failure": dice.pick((STOP, COMPENSATE))}
    if dice.once_in(4):
        more["deadline_ms"] = dice.pick((SHORT_MS, LONG_MS))
    return dice.pick((_any_dag, _any_machine))(dice, depth, more)


def _any_machine(dice: Dice, depth: int, more: dict[str, Any]) -> Graph:
    names = [f"s{index}" for index in range(1 + dice.below(4))]
    targets = (END, *names)
    states = [_any_state(dice, depth, name, targets) for name in names]
    return machine(*states, max_visits=1 + dice.below(3), **more)


def _any_state(dice: Dice, depth: int, name: str, targets: Sequence[str]) -> Node:
    given = _any_kind(dice, depth)
    if dice.once_in(3):
        edge = caught_by(dice.pick(targets), *dice.pick(((), ("OddError",))), undo=dice.once_in(2))
        given["handlers"] = (replace(edge, definite=dice.once_in(3)),)
    if dice.once_in(6):
        return _planning(name, dice.pick(targets), handlers=given.get("handlers", ()))
    if given["kind"] is NodeKind.STEP and dice.once_in(3):
        return state(name, None, choices={"go": dice.pick(targets), "back": dice.pick(targets)}, **given)
    return state(name, dice.pick(targets), **given)


def _any_dag(dice: Dice, depth: int, more: dict[str, Any]) -> Graph:
    names: list[str] = []
    nodes = []
    for index in range(1 + dice.below(5)):
        nodes.append(_any_node(dice, depth, f"n{index}", names))
        names.append(f"n{index}")
    return dag(*nodes, **more)


def _any_node(dice: Dice, depth: int, name: str, before: Sequence[str]) -> Node:
    given = _any_kind(dice, depth)
    given["has_condition"] = dice.once_in(4)
    if dice.once_in(3):
        given["on_item_error"] = dice.pick((OnItemError.FAIL, OnItemError.COLLECT))
        given["concurrency"] = dice.pick((None, 1, 2))
        return mapped(name, dice.pick(("list", *before)), **given)
    return node(name, *(source + dice.pick(("", "?")) for source in before if dice.once_in(2)), **given)


def _any_kind(dice: Dice, depth: int) -> dict[str, Any]:
    kinds: list[dict[str, Any]] = [{"kind": NodeKind.STEP}] * 5
    kinds += [
        {"kind": NodeKind.SLEEP, "duration_ms": SHORT_MS},
        {"kind": NodeKind.WAIT, "signal": "go", "timeout_ms": dice.pick((None, SHORT_MS))},
        {"kind": NodeKind.HUMAN, "timeout_ms": dice.pick((None, SHORT_MS)), "default_answer": dice.pick((None, "1"))},
        {"kind": NodeKind.TOOL},
    ]
    if depth > 0 and dice.once_in(3):
        kinds = [{"kind": NodeKind.WORKFLOW, "child": any_graph(dice, depth=depth - 1)}]
    return dice.pick(kinds)
