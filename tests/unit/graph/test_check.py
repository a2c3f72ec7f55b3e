"""What can be wrong with a graph's shape is seen without any code behind it."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from podium.graph.check import check_graph, find_cycle, unreached
from podium.graph.nodes import END, Graph, GraphKind, Handler, Need, Node, NodeKind, Place


def machine(*nodes: Node, start: str | None = "a") -> Graph:
    return Graph(name="m", kind=GraphKind.MACHINE, nodes={node.name: node for node in nodes}, fields={}, start=start)


def state(name: str, *targets: str, on_error: str | None = None) -> Node:
    handlers = () if on_error is None else (Handler(types=("ToolFailed",), target=on_error),)
    if len(targets) == 1:
        return Node(name=name, kind=NodeKind.STEP, next=targets[0], handlers=handlers, where=Place("f.py", 3))
    choices = {f"to_{target}": target for target in targets}
    return Node(name=name, kind=NodeKind.STEP, choices=choices, handlers=handlers, where=Place("f.py", 3))


def dag(*nodes: Node, gives: str = "a") -> Graph:
    named = {node.name: node for node in nodes}
    return Graph(name="d", kind=GraphKind.DAG, nodes=named, fields={"topic": {}}, gives=gives)


def of(name: str, *sources: str) -> Node:
    return Node(name=name, kind=NodeKind.STEP, needs=tuple(Need(parameter=source, source=source) for source in sources))


def codes(graph: Graph) -> list[str]:
    return [fault.code for fault in check_graph(graph)]


def test_a_sound_graph_has_no_fault() -> None:
    assert codes(machine(state("a", "b", on_error="c"), state("b", "a", END), state("c", END))) == []
    assert codes(dag(of("a", "b", "c"), of("b", "topic"), of("c", "b"))) == []


def test_a_target_that_is_no_state_is_named_with_what_was_meant() -> None:
    (fault,) = check_graph(machine(state("a", "drafft", END), state("draft", END), start="a"))[:1]
    assert str(fault) == "f.py:3: state a leads to 'drafft', which is no state [unknown-target] Did you mean 'draft'?"


def test_states_that_are_never_reached_or_never_left_are_named() -> None:
    assert codes(machine(state("a", END), state("b", END))) == ["unreachable"]
    assert codes(machine(state("a", "b"), state("b"))) == ["dead-end"]
    assert codes(machine(state("a", "b", END), state("b", "b"))) == ["dead-end"]


def test_an_error_edge_is_a_way() -> None:
    assert codes(machine(state("a", END, on_error="b"), state("b", END))) == []


def test_without_a_start_nothing_is_called_unreachable() -> None:
    assert codes(machine(state("a", END), start=None)) == []


def test_sources_that_are_not_there_are_named() -> None:
    (fault,) = check_graph(dag(of("a", "topci")))
    assert (fault.code, fault.suggestion) == ("unknown-source", "Did you mean 'topic'?")
    assert codes(dag(of("a"), gives="b")) == ["unknown-gives"]


def test_a_cycle_is_shown_along_its_edges() -> None:
    (fault,) = check_graph(dag(of("a", "topic"), of("b", "d"), of("c", "b"), of("d", "c"), of("e", "d")))
    assert fault.code == "cycle"
    assert "b → c → d → b" in fault.message or "c → d → b → c" in fault.message or "d → b → c → d" in fault.message


ways = st.integers(1, 6).flatmap(
    lambda count: st.dictionaries(
        st.integers(0, count).map(str), st.lists(st.integers(0, count).map(str), max_size=3), min_size=1
    )
)


@given(ways)
def test_what_is_found_to_be_a_cycle_is_one(graph: dict[str, list[str]]) -> None:
    cycle = find_cycle(graph)
    if cycle:
        assert cycle[0] == cycle[-1]
        assert all(after in graph[before] for before, after in itertools.pairwise(cycle))
    else:
        assert all(name not in reached(graph, graph[name]) for name in graph)


@given(ways)
def test_what_is_unreached_is_what_no_way_leads_to(graph: dict[str, list[str]]) -> None:
    begin = next(iter(graph))
    assert set(unreached(graph, [begin])) == graph.keys() - reached(graph, [begin])


def reached(graph: dict[str, list[str]], begin: list[str]) -> set[str]:
    """Return what can be reached, the slow and obvious way."""
    found = set(begin)
    for _ in graph:
        found |= {way for name in found for way in graph.get(name, [])}
    return found
