"""What stands at the places of a picture: loops, attempts, maps, nested workflows, plans, copies."""

from podium.draw.overlay import Status
from podium.graph.nodes import Node, NodeKind
from podium.views.standing import NodeStanding
from podium.views.story import RunStory, story_of
from tests.golden.teller import Teller
from tests.unit.core.builders import chooser, dag, machine, mapped, node, state
from tests.unit.core.plans import begun, call, opened, planning
from tests.unit.core.shell import Shell


def told(run: Shell) -> RunStory:
    return story_of(run.state.graph, run.journal)


def stands(run: Shell, place: str) -> NodeStanding:
    return told(run).standing().nodes[place]


def test_loop_is_counted_and_opens_at_its_latest_visit() -> None:
    run = Shell(machine(chooser("again", once_more="again", enough="END")))
    run.start()
    run.done("again", "once_more")
    for visit in range(2, 16):
        run.done(f"again#{visit}", "once_more")
    assert (stands(run, "again").words, stands(run, "again").address) == ("running · ×16", "again#16")
    run.done("again#16", "once_more")
    assert stands(run, "again").words == "running · ×17"
    assert told(run).standing().taken == (("START", "again"), ("again", "again"))


def test_attempt_is_told_while_it_is_tried_again() -> None:
    run = Shell(machine(state("a")))
    run.start()
    run.fail("a", retry_at=2_000)
    assert stands(run, "a").words == "retrying · attempt 2"
    run.time("a", at=2_000)
    assert stands(run, "a").words == "running · attempt 2"


MAP = dag(mapped("m", "list"), node("b", "m"))


def test_map_tells_its_progress_and_opens_at_the_item_that_wants_attention() -> None:
    run = Shell(MAP)
    run.start()
    assert stands(run, "m").words == "running · 0/3"
    run.done("m[1]", output="1")
    assert (stands(run, "m").words, stands(run, "m").address) == ("running · 1/3", "m")
    run.halt("m[2]")
    assert (stands(run, "m").words, stands(run, "m").address) == ("parked · 1/3", "m[2]")


def test_places_inside_the_items_of_a_map_count_all_of_them() -> None:
    inner = machine(state("x", "y"), state("y"), name="inner")
    run = Shell(dag(mapped("m", "list", kind=NodeKind.WORKFLOW, child=inner), node("b", "m")))
    run.start()
    for index in range(3):
        run.open(f"m[{index}]")
    run.done("m[0]/x")
    assert stands(run, "m/x").words == "running · 1/3"
    assert stands(run, "m/y").words == "running · 0/1"
    run.fail("m[1]/x", retry_at=2_000)
    run.done("m[2]/x")
    assert (stands(run, "m/x").words, stands(run, "m/x").address) == ("retrying · attempt 2 · 2/3", "m[1]/x")
    run.halt("m[2]/y")
    assert stands(run, "m").words == "parked · 0/3 · in y"


def test_nested_workflow_stands_as_what_is_inside_it() -> None:
    inner = machine(state("x", "y"), state("y", kind=NodeKind.HUMAN), name="inner")
    run = Shell(machine(Node(name="in", kind=NodeKind.WORKFLOW, next="last", child=inner), state("last")))
    run.start()
    run.open("in")
    assert stands(run, "in").words == "running · in x"
    run.fail("in/x", retry_at=2_000)
    assert stands(run, "in").words == "retrying · in x"
    run.time("in/x", at=2_000)
    run.done("in/x")
    assert stands(run, "in").words == "waiting · in y"
    run.answer("in/y")
    run.done("in/y")
    run.done("in")
    assert stands(run, "in").words == "done"


def test_plan_is_drawn_when_it_comes_and_another_one_takes_its_place() -> None:
    run = begun(call("a"), call("b", "a"))
    story = told(run)
    assert set(story.drawn.nodes["plan"].child.nodes) == {"a", "b"}  # type: ignore[union-attr]  # it is there
    opens = story.seq
    assert story.patch(opens - len(run.appends[-1])).redraws
    run.fail("plan/a")
    run.done("plan", "again")
    run.done("ask#2")
    run.end("plan#2", opened(call("b"), call("c", "b")))
    story = told(run)
    assert set(story.drawn.nodes["plan"].child.nodes) == {"b", "c"}  # type: ignore[union-attr]  # it is there
    standing = story.standing()
    assert {place for place in standing.nodes if "/" in place} == {"plan/b"}
    assert [way for way in standing.taken if way[0].startswith("plan/")] == [("plan/START", "plan/b")]
    assert story.patch(opens).resets


def test_copy_shows_what_it_began_with_and_the_ways_that_are_certain() -> None:
    run = Teller(machine(state("a", "b"), chooser("b", back="a", on="c"), state("c")))
    run.start()
    run.done("a")
    run.done("b", "on")
    fork = run.copied(may_write=False)
    story = told(fork)
    assert {place: one.status for place, one in story.standing().nodes.items()} == {
        "a": Status.DONE,
        "b": Status.DONE,
        "c": Status.RUNNING,
    }
    assert set(story.standing().taken) == {("START", "a"), ("a", "b"), ("b", "c")}
    fork.done("c")
    assert story_of(run.state.graph, fork.journal).standing().taken[-1] == ("c", "END")


def test_copy_of_a_map_knows_how_far_it_was() -> None:
    run = Teller(MAP)
    run.start()
    run.done("m[1]", output="1")
    fork = run.copied(may_write=False)
    assert stands(fork, "m").words == "running · 1/3"


def test_planning_begins_with_nothing_drawn_inside() -> None:
    run = Shell(planning())
    run.start()
    assert told(run).drawn.nodes["plan"].child is None
