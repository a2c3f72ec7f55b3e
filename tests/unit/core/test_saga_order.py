"""Writes are undone in the reverse order of what depends on what; what does not depend, side by side."""

from collections.abc import Sequence

import pytest

from podium.core.path import ROOT
from podium.core.saga import Saga, plan, undone
from podium.graph.nodes import Graph, Node, NodeKind
from tests.unit.core.builders import dag, machine, mapped, node, state


def nested(name: str, child: Graph, *sources: str) -> Node:
    return node(name, *sources, kind=NodeKind.WORKFLOW, child=child)


def waves(graph: Graph, *writes: str, scope: str = ROOT) -> list[str]:
    """Return what is undone at the same time, in turn, when all that is begun is undone before anything else begins."""
    saga = plan(ROOT, scope, graph, writes)
    found = []
    while saga.due:
        wave = list(saga.due)
        found.append(" ".join(wave))
        saga.due.clear()
        for write in wave:
            undone(saga, write)
    assert saga.left == 0, "none is lost"
    return found


LINE = machine(state("a", "b"), state("b", "c"), state("c", "a"))
FORK = dag(node("a"), node("b", "a"), node("c", "a"), node("d", "b", "c"))
LONG = dag(node("a"), node("b", "a"), node("c", "b"), node("d"), node("e", "c", "d"))
PAIR = machine(state("x", "y"), state("y"), name="pair")
DIAMOND = dag(node("p"), node("q", "p"), node("r", "p"), node("s", "q", "r"), name="diamond")


@pytest.mark.parametrize(
    ("graph", "writes", "expected"),
    [
        pytest.param(LINE, "a b c", ["c", "b", "a"], id="machine-backwards"),
        pytest.param(LINE, "a b a#2 b#2", ["b#2", "a#2", "b", "a"], id="machine-with-the-same-write-in-two-visits"),
        pytest.param(FORK, "a c b d", ["d", "c b", "a"], id="dag-against-its-edges"),
        pytest.param(LONG, "d a e", ["e", "d a"], id="dag-through-nodes-that-wrote-nothing"),
        pytest.param(LONG, "a c d", ["d c", "a"], id="dag-that-did-not-reach-its-end"),
    ],
)
def test_order_follows_from_the_graph(graph: Graph, writes: str, expected: Sequence[str]) -> None:
    assert waves(graph, *writes.split()) == expected


def test_items_of_a_map_are_independent_and_the_map_comes_between_its_neighbours() -> None:
    graph = dag(node("a"), mapped("m", "a"), node("b", "m"))
    assert waves(graph, "a", "m[1]", "m[0]", "m[2]", "b") == ["b", "m[2] m[0] m[1]", "a"]


def test_workflow_is_undone_as_a_whole_before_what_it_depends_on() -> None:
    graph = dag(node("a"), nested("in", PAIR, "a"), node("b"), node("end", "in", "b"))
    assert waves(graph, "b", "a", "in/x", "in/y") == ["b in/y", "in/x", "a"]


def test_workflows_in_a_machine_are_undone_one_after_the_other() -> None:
    diamond = state("in", "in", kind=NodeKind.WORKFLOW, child=DIAMOND)
    writes = ("in/p", "in/r", "in/q", "in#2/q", "in#2/s")
    assert waves(machine(diamond), *writes) == ["in#2/s", "in#2/q", "in/r in/q", "in/p"]


def test_workflows_in_the_items_of_a_map_are_undone_side_by_side() -> None:
    graph = dag(node("a"), mapped("m", "list", kind=NodeKind.WORKFLOW, child=PAIR), node("b", "a", "m"))
    assert waves(graph, "m[0]/x", "a", "m[1]/x", "m[0]/y") == ["a m[1]/x m[0]/y", "m[0]/x"]


def test_workflow_without_writes_is_a_node_like_others() -> None:
    graph = dag(node("a"), nested("in", DIAMOND, "a"), node("b", "in"))
    assert waves(graph, "a", "b") == ["b", "a"]


def test_scope_inside_a_run_is_planned_alone() -> None:
    assert waves(PAIR, "m[0]/x", "m[0]/y", scope="m[0]") == ["m[0]/y", "m[0]/x"]
    assert waves(DIAMOND, "a/in/p", "a/in/s", scope="a/in") == ["a/in/s", "a/in/p"]


@pytest.mark.parametrize("graph", [LINE, FORK])
def test_nothing_is_due_where_nothing_was_written(graph: Graph) -> None:
    assert waves(graph) == []


def test_one_that_is_not_undone_holds_up_only_what_it_depends_on() -> None:
    graph = dag(node("a"), node("b", "a"), node("c"), node("d", "c"), node("end", "b", "d"))
    saga = plan(ROOT, ROOT, graph, ["a", "b", "c", "d"])
    assert taken(saga) == ["d", "b"]
    undone(saga, "d")
    assert taken(saga) == ["c"]
    undone(saga, "c")
    assert taken(saga) == []
    assert saga.left == 2


def taken(saga: Saga) -> list[str]:
    due = list(saga.due)
    saga.due.clear()
    return due


def test_work_for_each_write_does_not_grow_with_their_number() -> None:
    """Every edge of the order is walked once, over the whole saga."""
    graph = dag(node("a"), mapped("m", "a"), node("b", "m"))
    writes = ["a", *(f"m[{index}]" for index in range(2_000)), "b"]
    saga = plan(ROOT, ROOT, graph, writes)
    edges = sum(len(following) for following in saga.leads_to.values())
    assert edges < 3 * len(writes)
    for write in reversed(writes):
        saga.due.pop(write)
        undone(saga, write)
    assert (saga.left, saga.leads_to, saga.missing) == (0, {}, {})
