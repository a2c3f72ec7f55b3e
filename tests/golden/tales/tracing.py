"""What is on record so that a run can be followed from outside: who started it, and when its reads were asked."""

from podium.core import stimuli as st
from podium.core.copying import copy_for_fork
from tests.golden.teller import Teller
from tests.unit.core.builders import dag, failure, node

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def traced_run_whose_reads_take_time() -> Teller:
    """Kept with what started it; its reads, with when they were asked."""
    run = Teller(dag(node("a"), node("b")))
    run.tell(st.RunAsked("r", {}, TRACE))
    run.tell(st.ReadEnded(1, "a", 1, "look:1", "1", began=900))
    run.tell(st.ReadEnded(1, "a", 1, "look:2", failure=failure("Lost"), began=950))
    run.done("a")
    run.fail("b")
    run.tell(st.RetryWanted("ann"))
    run.done("b")
    return run


def traced_fork() -> Teller:
    """Of what it is a copy does not say by whom it was started."""
    parent = Teller(dag(node("a"), node("b")))
    parent.tell(st.RunAsked("r", {}, TRACE))
    parent.done("a")
    fork = Teller(parent.state.graph, now_ms=9_000)
    snapshot = copy_for_fork(parent.replayed())
    other = TRACE.replace("0af7", "0af8")
    fork.tell(st.ForkAsked("f", "r", parent.state.seq, snapshot, may_write=False, trace=other))
    fork.done("b")
    return fork
