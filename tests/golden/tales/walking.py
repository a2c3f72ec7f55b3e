"""How a run walks its graph."""

from podium.graph.nodes import END, NodeKind, OnItemError
from tests.golden.teller import Teller
from tests.unit.core.builders import caught_by, chooser, dag, failure, machine, mapped, node, state

WORKFLOW = NodeKind.WORKFLOW
INNER = machine(state("x", "y"), state("y"), name="inner")
SMALL = dag(node("p"), node("q", "p"), name="small")


def machine_of_three() -> Teller:
    """States follow one another; fields change and grow."""
    run = Teller(machine(state("a", "b"), state("b", "c"), state("c")))
    run.start()
    run.done("a", n="5")
    run.grow("b", "log", '"first"')
    run.grow("c", "log", '"second","third"')
    return run


def boards() -> Teller:
    """What states and items post is on the run's boards in the order in which they are done."""
    run = Teller(dag(mapped("each", "list"), node("last", "each")))
    run.start(list="[1,2]")
    run.post("each[1]", "found", '"b"', '"c"')
    run.post("each[0]", "found", '"a"')
    run.post("last", "other", "1")
    return run


def choose_and_loop() -> Teller:
    """A label decides; a state is visited again."""
    run = Teller(machine(state("draft", "review"), chooser("review", accept=END, revise="draft"), max_visits=3))
    run.start()
    run.done("draft")
    run.done("review", "revise")
    run.done("draft#2", n="2")
    run.done("review#2", "accept")
    return run


def loop_that_goes_round_too_often() -> Teller:
    """`max_visits` ends it."""
    run = Teller(machine(state("a", "b"), state("b", "a"), max_visits=2))
    run.start()
    for path in ("a", "b", "a#2", "b#2"):
        run.done(path)
    return run


def label_that_leads_nowhere() -> Teller:
    """It fails the state, and the run."""
    run = Teller(machine(chooser("a", go=END)))
    run.start()
    run.done("a", "odd")
    return run


def error_edge() -> Teller:
    """The first one whose types meet the failure is taken; its state gets the failure."""
    edges = (caught_by("b", "OtherError"), caught_by("sorry", "OddError"))
    run = Teller(machine(state("a", "b", handlers=edges), state("b"), state("sorry", takes_failure=True)))
    run.start()
    run.fail("a")
    run.done("sorry")
    return run


def failure_that_nobody_handles() -> Teller:
    """The run fails."""
    run = Teller(machine(state("a", "b", handlers=(caught_by("b", "OtherError"),)), state("b")))
    run.start()
    run.fail("a")
    return run


def dag_of_five() -> Teller:
    """A node starts when all that it needs is there, and waits for nothing else."""
    run = Teller(dag(node("a"), node("b"), node("c", "a"), node("d", "a", "b"), node("e", "c", "d")))
    run.start()
    for path in ("a", "c", "b", "d"):
        run.done(path, output=f'"{path}"')
    run.done("e", output='{"all":true}')
    return run


def dag_that_fails_while_a_neighbour_runs() -> Teller:
    """What runs settles; nothing new starts."""
    run = Teller(dag(node("a"), node("b"), node("c", "b"), node("end", "a", "c")))
    run.start()
    run.fail("a")
    run.stop("b")
    return run


def condition() -> Teller:
    """One holds, one does not; who needs the skipped one is skipped, unless it admits none."""
    nodes = (node("a"), node("yes", "a", has_condition=True), node("no", "a", has_condition=True), node("after", "no"))
    run = Teller(dag(*nodes, node("end", "yes", "after?")))
    run.start()
    run.done("a", output="1")
    run.holds("yes")
    run.holds("no", holds=False)
    run.done("yes", output="2")
    run.done("end", output="3")
    return run


def condition_that_raises() -> Teller:
    """It fails its node."""
    run = Teller(dag(node("a", has_condition=True)))
    run.start()
    run.holds("a", holds=failure())
    return run


def map_over_a_list() -> Teller:
    """As many at once as `concurrency` says; results in the order of the items."""
    run = Teller(dag(mapped("m", "list", concurrency=2), node("end", "m")))
    run.start(list="[10,20,30]")
    run.done("m[1]", output='"b"')
    run.done("m[0]", output='"a"')
    run.done("m[2]", output='"c"')
    run.done("end", output="7")
    return run


def map_over_nothing() -> Teller:
    """It is done at once."""
    run = Teller(dag(mapped("m", "list")))
    run.start(list="[]")
    return run


def map_over_no_list() -> Teller:
    """It fails."""
    run = Teller(dag(node("a"), mapped("m", "a")))
    run.start()
    run.done("a", output="7")
    return run


def map_that_fails_with_its_first_item() -> Teller:
    """No new item starts; what is in flight settles."""
    run = Teller(dag(mapped("m", "list", concurrency=2)))
    run.start(list="[1,2,3]")
    run.fail("m[0]")
    run.stop("m[1]")
    return run


def map_that_collects() -> Teller:
    """An item that failed is one of the results."""
    run = Teller(dag(mapped("m", "list", on_item_error=OnItemError.COLLECT)))
    run.start(list="[1,2]")
    run.fail("m[0]")
    run.done("m[1]", output="5")
    return run


def machine_in_dag() -> Teller:
    """It takes its model and gives its record."""
    run = Teller(dag(node("a"), node("in", "a", kind=WORKFLOW, child=INNER), node("end", "in")))
    run.start()
    run.done("a", output="1")
    run.open("in")
    run.done("in/x", n="8")
    run.done("in/y")
    run.done("in", output='{"n":8}')
    run.done("end")
    return run


def dag_in_machine() -> Teller:
    """It gives one field; visited again, it is another scope."""
    inside = state("in", "b", kind=WORKFLOW, child=SMALL, give="n")
    run = Teller(machine(inside, chooser("b", again="in", enough=END)))
    run.start()
    for path, label in (("in", "again"), ("in#2", "enough")):
        run.open(path)
        run.done(f"{path}/p", output="1")
        run.done(f"{path}/q", output="2")
        run.done(path, n="2")
        run.done("b" if label == "again" else "b#2", label)
    return run


def nested_in_the_items_of_a_map() -> Teller:
    """Each item has its own scope; one that fails inside fails its item."""
    run = Teller(dag(mapped("m", "list", kind=WORKFLOW, child=INNER, on_item_error=OnItemError.COLLECT)))
    run.start(list="[1,2]")
    run.open("m[0]")
    run.open("m[1]")
    run.done("m[1]/x")
    run.fail("m[0]/x")
    run.done("m[1]/y")
    run.done("m[1]", output="5")
    return run


def nested_that_fails_into_an_error_edge() -> Teller:
    """A child's failure is that state's error."""
    inside = state("in", "b", kind=WORKFLOW, child=INNER, handlers=(caught_by("sorry"),))
    run = Teller(machine(inside, state("b"), state("sorry")))
    run.start()
    run.open("in")
    run.fail("in/x")
    run.done("sorry")
    return run
