"""Compensation goes back along the ways that the run took, in the order in which it undoes."""

from podium.draw.overlay import Status
from podium.draw.svg import svg
from podium.graph.nodes import Node, NodeKind, ToolFacts
from podium.views.drawn import picture
from podium.views.standing import Way
from podium.views.story import RunStory, story_of
from tests.unit.core.builders import COMPENSATE, caught_by, chooser, dag, machine, mapped, node, state
from tests.unit.core.shell import Shell
from tests.unit.core.undone_trip import compensated, line

BOOK = ToolFacts(name="book", writes=True, compensable=True)


def told(run: Shell) -> RunStory:
    return story_of(run.state.graph, run.journal)


def undone(run: Shell) -> tuple[Way, ...]:
    return told(run).standing().undone


def test_machine_is_gone_back_from_state_to_state() -> None:
    assert undone(compensated()) == (("hotel", "flight"),)


def test_way_through_a_state_that_wrote_nothing_is_gone_back_step_by_step() -> None:
    run = Shell(line())
    run.start()
    run.write("look")
    run.done("flight")
    run.write("hotel")
    run.fail("car")
    run.undo("hotel")
    assert undone(run) == (("hotel", "flight"), ("flight", "look"))


def test_drawn_arrow_back_is_taken_rather_than_the_arrows_between() -> None:
    states = [state("a", "b", tools=(BOOK,)), state("b", "c"), state("c", "d", tools=(BOOK,)), state("d")]
    run = Shell(machine(*states, on_failure=COMPENSATE))
    run.start()
    run.write("a")
    run.done("b")
    run.write("c")
    run.fail("d")
    run.undo("c")
    assert undone(run) == (("c", "a"),)
    assert [(one.source, one.target) for one in picture(run.state.graph).lines if one.kind == "undo"] == [("c", "a")]


def test_loop_is_gone_back_round_by_round() -> None:
    run = Shell(machine(state("a", "b"), chooser("b", again="a", enough="c"), state("c"), on_failure=COMPENSATE))
    run.start()
    run.write("a")
    run.want("b", undo="unb@1")
    run.settle("b", "1")
    run.done("b", "again")
    run.write("a#2")
    run.done("b#2", "enough")
    run.fail("c")
    run.undo("a#2")
    run.undo("b")
    assert undone(run) == (("a", "b"), ("b", "a"))


FORK = dag(node("a"), node("b", "a"), node("c", "a"), node("d", "b", "c"), on_failure=COMPENSATE)


def test_dag_is_gone_back_against_its_edges_side_by_side() -> None:
    run = Shell(FORK)
    run.start()
    run.write("a")
    run.write("b")
    run.write("c")
    run.fail("d")
    assert undone(run) == ()
    run.undo("b")
    assert undone(run) == ()
    run.undo("c")
    assert sorted(undone(run)) == [("b", "a"), ("c", "a")]


INNER = machine(state("x", "y"), state("y"), name="inner")
OUTER = machine(
    state("first", "in"),
    Node(name="in", kind=NodeKind.WORKFLOW, next="last", child=INNER),
    state("last"),
    on_failure=COMPENSATE,
)


def nested_run() -> Shell:
    run = Shell(OUTER)
    run.start()
    run.write("first")
    run.open("in")
    run.write("in/x")
    run.write("in/y")
    run.done("in")
    run.fail("last")
    return run


def test_nested_workflow_is_undone_as_a_whole_before_what_came_before_it() -> None:
    run = nested_run()
    assert told(run).standing().nodes["in"].status is Status.UNDOING
    assert told(run).standing().nodes["in"].words == "undoing · in y"
    run.undo("in/y")
    assert told(run).standing().nodes["in"].status is Status.UNDOING
    run.undo("in/x")
    assert told(run).standing().nodes["in"].status is Status.UNDONE
    assert undone(run) == (("in/y", "in/x"), ("in", "first"))


def test_map_is_undone_once_nothing_in_it_is_owed() -> None:
    graph = dag(node("a"), mapped("m", "a"), node("b", "m"), on_failure=COMPENSATE)
    run = Shell(graph)
    run.start()
    run.want("a", undo="una@1")
    run.settle("a", "1")
    run.done("a", output="[1,2]")
    run.write("m[0]")
    run.write("m[1]")
    run.fail("b")
    run.undo("m[1]")
    node_of_map = told(run).standing().nodes["m"]
    assert (node_of_map.status, node_of_map.items_done, node_of_map.items_total) == (Status.UNDOING, 0, 2)
    run.undo("m[0]")
    assert told(run).standing().nodes["m"].status is Status.UNDONE
    assert undone(run) == (("m", "a"),)


def edged() -> Shell:
    """Return a run whose error edge undoes what its machine has written, and leads back to the beginning."""
    run = Shell(machine(state("a", "b"), state("b", "c"), state("c", handlers=(caught_by("a", undo=True),))))
    run.start()
    run.write("a")
    run.write("b")
    run.fail("c")
    run.undo("b")
    run.undo("a")
    return run


def test_error_edge_that_undoes_goes_back_and_then_on() -> None:
    run = edged()
    assert undone(run) == (("b", "a"),)
    assert ("c", "a") in told(run).standing().taken
    assert told(run).standing().nodes["a"].status is Status.RUNNING
    run.write("a#2")
    run.write("b#2")
    run.fail("c#2")
    assert undone(run) == (("b", "a"),), "nothing was gone back between rounds"


def test_run_that_is_sent_on_stands_as_it_stood() -> None:
    run = compensated()
    before = told(run)
    run.rewind()
    story = told(run)
    assert {place: one.status for place, one in story.standing().nodes.items()} == {
        "look": Status.DONE,
        "flight": Status.RUNNING,
    }
    assert story.standing().taken == (("START", "look"), ("look", "flight"))
    assert story.standing().undone == ()
    assert [line.address for line in story.steps()] == ["look", "flight"]
    assert story.patch(before.seq).resets


def test_file_shows_the_way_back_with_a_word() -> None:
    story = told(compensated())
    drawn = svg(story.drawn, story.overlay())
    assert "hotel → flight (undone, backwards)" in drawn
    assert ">undone</text>" in drawn
