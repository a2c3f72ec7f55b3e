"""How plans are carried out: graphs that come with the data."""

from podium.core import stimuli as st
from podium.graph.nodes import ToolFacts
from tests.golden.teller import Teller
from tests.unit.core.builders import failure
from tests.unit.core.plans import LOOK, PAY, call, opened, planning


def _begun(*, compensates: bool = False) -> Teller:
    run = Teller(planning(compensates=compensates))
    run.start()
    run.done("ask")
    return run


def _again(run: Teller) -> None:
    run.done("plan", "again")
    run.done("ask#2")


def plan_that_is_carried_out() -> Teller:
    """Its steps run as a DAG; what they gave is the plan's outcome."""
    run = _begun()
    run.end("plan", opened(call("a", "a.n", tool=LOOK), call("b", "a", tool=PAY), data={"a.n": "1"}))
    run.done("plan/a", output="2")
    run.want("plan/b", tool="pay")
    run.settle("plan/b", "3")
    run.done("plan/b", output="3")
    run.done("plan", "done", n="3")
    return run


def plan_that_fails_and_another_one() -> Teller:
    """The failure is its outcome; the next plan takes over the act of the write that failed."""
    run = _begun()
    run.end("plan", opened(call("a"), call("b", "a"), call("c", "b")))
    run.done("plan/a", output="1")
    run.want("plan/b", act="order")
    run.settle("plan/b", failure=failure("FullError"))
    run.fail("plan/b", "FullError")
    _again(run)
    run.end("plan#2", opened(call("d", "a", act="order"), data={"a": "1"}, causes=(failure("FullError"),)))
    run.want("plan#2/d", act="order")
    run.settle("plan#2/d", "4")
    run.done("plan#2/d", output="4")
    run.done("plan#2", "done")
    return run


def last_plan_that_fails_is_undone() -> Teller:
    """All that the plans wrote is undone, from the last to the first."""
    run = _begun(compensates=True)
    run.end("plan", opened(call("a"), call("b", "a")))
    run.want("plan/a", undo="unbook@1", args='{"n":1}')
    run.settle("plan/a", "1")
    run.done("plan/a", output="1")
    run.fail("plan/b", "FullError")
    _again(run)
    run.end("plan#2", opened(call("c"), call("d", "c"), collects=False, causes=(failure("FullError"),)))
    run.want("plan#2/c", undo="unbook@1", args='{"n":2}')
    run.settle("plan#2/c", "1")
    run.done("plan#2/c", output="1")
    run.fail("plan#2/d", "StrikeError")
    run.undo("plan#2/c")
    run.undo("plan/a")
    return run


def plan_that_is_refused() -> Teller:
    """It calls a tool that its node does not name."""
    run = _begun()
    run.end("plan", opened(call("a", tool=ToolFacts(name="rm", writes=True))))
    return run


def plan_that_writes_again_what_is_done() -> Teller:
    """The write is barred, and that is a definite failure."""
    run = _begun()
    run.end("plan", opened(call("a", tool=PAY), call("b", "a")))
    run.want("plan/a", tool="pay")
    run.settle("plan/a", "1")
    run.done("plan/a", output="1")
    run.fail("plan/b")
    _again(run)
    run.end("plan#2", opened(call("c", tool=PAY)))
    run.want("plan#2/c", tool="pay")
    run.fail("plan#2/c", "ReissuedError")
    return run


def plan_whose_process_dies() -> Teller:
    """Another one goes on in the middle of it."""
    run = _begun()
    run.end("plan", opened(call("a"), call("b", "a")))
    run.want("plan/a")
    run.crash()
    run.settle("plan/a", "1")
    run.done("plan/a", output="1")
    run.end("plan/b", st.Succeeded(output="2"))
    run.done("plan", "done")
    return run
