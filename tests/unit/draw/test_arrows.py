from hypothesis import given
from hypothesis import strategies as st

from podium.draw.arrows import Arrow, ArrowKind, arrows, backward
from podium.graph.nodes import END, Handler
from tests.unit.draw.examples import BOOK, MIXED, TRAVEL, dag, machine, needs, quick, step, write


def back(found: tuple[Arrow, ...]) -> set[tuple[str, str]]:
    return {(arrow.source, arrow.target) for arrow in found if arrow.kind is ArrowKind.UNDO}


@quick
@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=20))
def test_without_what_closes_a_cycle_there_is_none(drawn: list[tuple[str, str]]) -> None:
    closing = backward(drawn)
    left = {pair for at, pair in enumerate(drawn) if at not in closing}
    while left:
        ends = {target for _, target in left} - {source for source, _ in left}
        assert ends, left
        left = {(source, target) for source, target in left if target not in ends}


def test_long_chain_needs_no_deep_stack() -> None:
    assert backward([(str(at), str(at + 1)) for at in range(5_000)]) == frozenset()


def test_labels_to_the_same_state_share_an_arrow() -> None:
    found = arrows(machine("m", step("s", choices={"yes": END, "sure": END, "no": "s"})), compensates=False)
    assert [(arrow.target, arrow.labels) for arrow in found[1:]] == [(END, ("yes", "sure")), ("s", ("no",))]


def test_error_edges_name_what_they_catch() -> None:
    handlers = (
        Handler(types=("app.Full", "ToolFailed"), target="t"),
        Handler(types=("OSError",), target=END, undo=True),
    )
    found = arrows(machine("m", step("s", next=END, handlers=handlers), step("t", next=END)), compensates=False)
    errors = [(arrow.target, arrow.labels) for arrow in found if arrow.kind is ArrowKind.ERROR]
    assert errors == [("t", ("on Full or ToolFailed",)), (END, ("on OSError, undo first",))]


def test_ways_back_skip_what_needs_no_undoing() -> None:
    graph = machine("m", write("a", next="b"), step("b", next="c"), write("c", next=END))
    assert back(arrows(graph, compensates=True)) == {("c", "a")}
    assert back(arrows(graph, compensates=False)) == set()


def test_ways_back_ignore_loops() -> None:
    graph = machine("m", write("a", next="b"), write("b", choices={"again": "a", "on": END}))
    assert back(arrows(graph, compensates=True)) == {("b", "a")}


def test_ways_back_of_a_dense_graph_stay_few() -> None:
    early = [write(f"a{at}") for at in range(9)]
    late = [step(f"z{at}", tools=(BOOK,), needs=needs("hub")) for at in range(9)]
    graph = dag("d", *early, step("hub", needs=needs(*(node.name for node in early))), *late)
    found = arrows(graph, compensates=True)
    assert len(back(found)) <= len(found) / 2


def test_nested_workflow_with_something_to_undo_is_undone_as_one() -> None:
    outer = machine("m", write("a", next="b"), step("b", child=TRAVEL, next=END))
    assert back(arrows(outer, compensates=True)) == {("b", "a")}


def test_dag_tells_conditions_from_inputs() -> None:
    kinds = {(arrow.source, arrow.target): arrow.kind for arrow in arrows(MIXED, compensates=False)}
    assert kinds["trips", "invoice"] is ArrowKind.CONDITION
    assert kinds["booked", "invoice"] is ArrowKind.NEXT
