"""Attempts, crashes, and what a person has to decide about."""

from podium.core import stimuli as st
from podium.core.stimuli import ParkReason, Verb
from podium.graph.nodes import NodeKind
from tests.golden.teller import Teller
from tests.unit.core.builders import dag, failure, machine, mapped, node, state


def pair() -> Teller:
    run = Teller(machine(state("a", "b"), state("b")))
    run.start()
    return run


def step_that_is_tried_again() -> Teller:
    """By its own policy: it keeps its write and what was read before it."""
    run = pair()
    run.read("a", "before")
    run.want("a")
    run.settle("a", '"ok"')
    run.read("a", "after")
    run.fail("a", retry_at=1_500)
    run.time("a", at=1_500)
    run.fail("a", retry_at=2_500)
    run.time("a", at=2_500)
    run.done("a")
    run.done("b")
    return run


def step_that_is_postponed() -> Teller:
    """A read in it waits."""
    run = pair()
    run.hold("a", 60_000)
    run.time("a", at=60_000)
    run.done("a")
    return run


def run_that_is_sent_on() -> Teller:
    """Retried by a person: what failed begins again, also in a nested workflow and a map."""
    inner = machine(state("x", "y"), state("y"), name="inner")
    inside = node("in", kind=NodeKind.WORKFLOW, child=inner)
    run = Teller(dag(node("a"), inside, mapped("m", "list"), node("end", "a", "in", "m"), deadline_ms=60_000))
    run.start(list="[1,2]")
    run.done("a")
    run.done("m[0]", output="1")
    run.open("in")
    run.done("in/x")
    run.fail("in/y")
    run.stop("m[1]")
    run.refused(st.RewindWanted("{}"))
    run.retry()
    run.done("m[1]", output="2")
    run.done("in/y")
    run.done("in", output="{}")
    run.done("end")
    return run


def process_that_died() -> Teller:
    """An intent is in doubt, a finished write stays, what was under way is done again."""
    run = Teller(
        dag(node("a"), node("b"), node("nap", kind=NodeKind.SLEEP, duration_ms=500), node("end", "a", "b", "nap"))
    )
    run.start()
    run.want("a")
    run.want("b")
    run.settle("b", '"ok"')
    run.crash()
    run.tell(st.AttemptEnded(1, "b", 1, st.Succeeded(output="9")))
    run.settle("a", '"found"')
    run.done("a")
    run.done("b")
    run.time("nap", at=1_500)
    run.done("end")
    return run


def process_that_only_stalled() -> Teller:
    """It may yet send; its answer counts when it comes."""
    run = pair()
    run.want("a")
    run.crash(proven_dead=False)
    run.tell(st.LateEvidence(1, "a", 1, "a/0", result='"late"'))
    run.done("a")
    return run


def step_that_kills_its_process() -> Teller:
    """Found out when nothing else ran; a person sends it on."""
    run = pair()
    run.crash()
    run.crash()
    run.crash(alone=True)
    run.halt("a", ParkReason.CRASH_LOOP)
    run.resolve("a", Verb.SEND_AGAIN)
    run.done("a")
    return run


def code_that_diverged() -> Teller:
    """It parks, and nothing is sent; given up, the run fails."""
    run = pair()
    run.want("a", code="0ld")
    run.settle("a", '"ok"')
    run.crash()
    run.halt("a", ParkReason.DIVERGED)
    run.resolve("a", Verb.ABORT)
    return run


def code_that_diverged_and_was_accepted() -> Teller:
    """A person lets the changed code run."""
    run = pair()
    run.want("a", code="0ld")
    run.settle("a", '"ok"')
    run.crash()
    run.halt("a", ParkReason.DIVERGED)
    run.resolve("a", Verb.SEND_AGAIN)
    run.done("a")
    return run


def data_that_no_longer_fits() -> Teller:
    """It parks until the code can read it."""
    run = pair()
    run.halt("a", ParkReason.DATA_CHANGED)
    run.resolve("a", Verb.SEND_AGAIN)
    run.fail("a")
    return run


def fork() -> Teller:
    """A copy of another run's state; what was written there is replayed, and nothing is written anew."""
    parent = Teller(machine(state("a", "b"), state("b", "c"), state("c")))
    parent.start()
    parent.done("a", n="5")
    parent.want("b")
    parent.settle("b", '"ok"')
    fork = parent.copied(may_write=False)
    fork.done("b")
    fork.want("c")
    return fork


def fork_that_may_write() -> Teller:
    """What was open in the other run is forgotten; a failure in it is its own."""
    parent = Teller(dag(node("a"), node("b"), node("end", "a", "b"), deadline_ms=5_000))
    parent.start()
    parent.want("a")
    parent.settle("a", doubt=failure())
    fork = parent.copied(may_write=True)
    fork.want("a")
    fork.settle("a", '"ok"')
    fork.done("a")
    fork.done("b")
    fork.done("end")
    return fork
