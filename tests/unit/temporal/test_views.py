"""A step cut out of its run is the same step where it is put together again, and may send at once only what is safe."""

from dataclasses import replace

import pytest

from podium.core import stimuli as st
from podium.core.path import undo_path
from podium.core.state import RunState
from podium.core.stimuli import WriteWanted
from podium.graph.encode import graph_to_json
from podium.graph.nodes import Graph, Node, NodeKind, ToolFacts
from podium.temporal.views import may_send, slice_of, view_of
from podium.temporal.wire import RunStart
from tests.unit.core.builders import COMPENSATE, dag, machine, node, state
from tests.unit.core.shell import Shell

BOOK = ToolFacts(name="book", writes=True)


def start_of(graph: Graph) -> RunStart:
    return RunStart(run_id="r", namespace="n", workflow=graph.name, graph_hash="h", graph=graph_to_json(graph))


def calling(facts: ToolFacts = BOOK) -> Node:
    return replace(state("pay"), kind=NodeKind.TOOL, tools=(facts,))


def sliced(run: Shell, path: str, graph: Graph) -> RunState:
    view = view_of(run.state, run.step(path), start_of(graph), at=run.now_ms)
    return slice_of(view, graph)


def test_step_with_its_calls_comes_back_as_it_was() -> None:
    graph = machine(state("pay"))
    run = Shell(graph)
    run.start()
    run.read("pay", "look:1")
    run.want("pay")
    there = sliced(run, "pay", graph)
    assert there.steps == {"pay": run.step("pay")}
    assert not there.is_closing(there.steps["pay"])


def test_node_takes_what_it_needs_and_no_more() -> None:
    graph = dag(node("a"), node("b", "a"))
    run = Shell(graph)
    run.start()
    run.done("a", output='"long"')
    view = view_of(run.state, run.step("b"), start_of(graph), at=1)
    assert view.values == {"a": '"long"'}
    assert slice_of(view, graph).root.data == {}


def test_step_that_undoes_a_write_comes_back_with_what_it_undoes() -> None:
    graph = machine(state("pay", "end"), state("end"), on_failure=COMPENSATE)
    run = Shell(graph)
    run.start()
    run.write("pay")
    run.fail("end")
    path = undo_path("pay")
    there = sliced(run, path, graph)
    assert there.steps[path].undoes == run.step(path).undoes
    assert there.steps[path].undoes is not None
    run.cancel()
    assert not sliced(run, path, graph).is_closing(run.step(path)), "what undoes is not called off"


def test_step_of_a_run_that_ends_is_told_so() -> None:
    graph = machine(state("pay"))
    run = Shell(graph)
    run.start()
    run.cancel()
    there = sliced(run, "pay", graph)
    assert there.is_closing(there.steps["pay"])


@pytest.mark.parametrize(
    ("tool", "may"),
    [
        (BOOK, True),
        (replace(BOOK, writes=False), False),
        (replace(BOOK, asks=True), False),
        (replace(BOOK, fallback=("other",)), False),
    ],
    ids=["a write", "a read", "one that asks", "one with a fallback"],
)
def test_order_is_the_intent_of_a_plain_write_alone(tool: ToolFacts, *, may: bool) -> None:
    run = Shell(machine(calling(tool)))
    run.start()
    assert may_send(run.state, run.step("pay")) is may


def test_write_that_may_have_been_sent_is_not_sent_at_once_again() -> None:
    run = Shell(machine(calling()))
    run.start()
    run.flights.pop("pay")
    run.tell(st.PerformerLost(1, "pay", 1, 1_000))
    assert not may_send(run.state, run.step("pay"))
    wanted = WriteWanted(1, "pay", 2, "book", "{}", "key")
    assert run.tell(wanted) == ["WriteIntended pay", "WriteDoubted pay"]
    assert not may_send(run.state, run.step("pay"))


def test_nothing_is_sent_at_once_for_what_ends() -> None:
    run = Shell(machine(calling()))
    run.start()
    run.cancel()
    assert not may_send(run.state, run.step("pay"))
