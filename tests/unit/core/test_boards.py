"""What steps post is on the boards of the run once they are done, in that order, and as often as they are done."""

from podium.core import stimuli as st
from podium.core.copying import copy_for_fork
from podium.graph.nodes import NodeKind
from tests.unit.core.builders import COMPENSATE, chooser, dag, machine, mapped, node, state
from tests.unit.core.shell import Shell

INNER = machine(state("x"), name="inner")


def test_posts_stand_in_the_order_in_which_steps_were_done() -> None:
    run = Shell(dag(mapped("each", "list"), node("last", "each")))
    run.start(list="[1,2]")
    run.post("each[1]", "found", '"b"', '"c"')
    run.post("each[0]", "found", '"a"')
    assert run.state.boards == {"found": ['"b"', '"c"', '"a"']}


def test_nested_workflows_post_on_the_boards_of_the_run() -> None:
    run = Shell(machine(state("in", "b", kind=NodeKind.WORKFLOW, child=INNER), state("b")))
    run.start()
    run.open("in")
    run.post("in/x", "found", "1")
    run.done("in")
    run.post("b", "found", "2")
    assert run.state.boards == {"found": ["1", "2"]}
    assert run.status == "completed"


def test_step_that_did_not_end_well_posts_nothing() -> None:
    run = Shell(machine(chooser("a", go="b"), state("b")))
    run.start()
    run.end("a", st.Succeeded("odd", posts={"found": ("1",)}))
    assert run.state.boards == {}
    assert run.status == "failed"


def test_boards_survive_the_death_of_the_process() -> None:
    run = Shell(machine(state("a", "b"), state("b")))
    run.start()
    run.post("a", "found", "1")
    run.crash()
    run.post("b", "found", "2")
    assert run.state.boards == {"found": ["1", "2"]}


def test_fork_begins_with_what_was_posted() -> None:
    run = Shell(machine(state("a", "b"), state("b")))
    run.start()
    run.post("a", "found", "1")
    fork = Shell(run.state.graph)
    fork.tell(st.ForkAsked("f", "r", run.state.seq, copy_for_fork(run.replayed()), may_write=False))
    fork.post("b", "found", "2")
    assert fork.state.boards == {"found": ["1", "2"]}
    assert run.state.boards == {"found": ["1"]}


def test_rewound_steps_have_posted_nothing_and_post_again() -> None:
    graph = machine(state("a", "book"), state("book", "b"), state("b", "c"), state("c"), on_failure=COMPENSATE)
    run = Shell(graph)
    run.start()
    run.post("a", "found", "1")
    run.write("book")
    run.post("b", "found", "2")
    run.fail("c")
    run.undo("book")
    assert run.state.boards == {"found": ["1", "2"]}
    run.rewind()
    assert run.state.boards == {"found": ["1"]}
    run.write("book")
    run.post("b", "found", "2")
    assert run.state.boards == {"found": ["1", "2"]}
