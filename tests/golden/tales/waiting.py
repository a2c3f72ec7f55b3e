"""What a run waits for: people, signals, time."""

from typing import Any

from podium.core import stimuli as st
from podium.graph.nodes import NodeKind
from tests.golden.teller import Teller
from tests.unit.core.builders import dag, machine, node, state

ACT: dict[str, Any] = {"undo": "cancel@1", "code": "c0de"}


def human(**more: Any) -> Teller:
    return Teller(machine(state("edit", "b", kind=NodeKind.HUMAN, **more), state("b")))


def question_that_is_answered() -> Teller:
    """By a person, once."""
    run = human()
    run.start()
    run.answer("edit", '"yes"')
    run.refused(st.AnswerGiven("edit", '"no"', "bob"))
    run.done("edit")
    run.done("b")
    return run


def question_that_is_answered_by_its_default() -> Teller:
    """At its time; an answer after that is refused."""
    run = human(timeout_ms=500, default_answer='"no"')
    run.start()
    run.tell_early("edit", at=1_499)
    run.time("edit", at=1_500)
    run.refused(st.AnswerGiven("edit", '"yes"', "ann"))
    run.done("edit")
    run.done("b")
    return run


def question_whose_time_is_up() -> Teller:
    """Without a default it fails."""
    run = human(timeout_ms=500)
    run.start()
    run.time("edit", at=1_500)
    return run


def approval_that_is_given() -> Teller:
    """The write is sent with the arguments that were shown."""
    run = Teller(machine(state("pay")))
    run.start()
    run.want("pay", consent=True, consent_ms=1_000, **ACT)
    run.answer("pay")
    run.want("pay", **ACT)
    run.settle("pay", '"paid"')
    run.done("pay")
    return run


def approval_that_is_refused() -> Teller:
    """A definite failure: nothing was sent."""
    run = Teller(machine(state("pay")))
    run.start()
    run.want("pay", consent=True, **ACT)
    run.answer("pay", "false")
    run.fail("pay", "NotApproved")
    return run


def approval_that_nobody_gave() -> Teller:
    """Its time is up: refused."""
    run = Teller(machine(state("pay")))
    run.start()
    run.want("pay", consent=True, consent_ms=1_000, **ACT)
    run.time("pay", at=2_000)
    run.fail("pay", "NotApproved")
    return run


def sleep() -> Teller:
    """Over at its time and not before."""
    run = Teller(machine(state("nap", "b", kind=NodeKind.SLEEP, duration_ms=500), state("b")))
    run.start()
    run.tell_early("nap", at=1_499)
    run.time("nap", at=1_500)
    run.done("b")
    return run


def signal_that_is_waited_for() -> Teller:
    """Another one stays where it is."""
    run = Teller(machine(state("paid", kind=NodeKind.WAIT, signal="payment", timeout_ms=500, give="n")))
    run.start()
    run.signal("other")
    run.signal("payment", "7")
    run.done("paid", n="7")
    run.refused(st.SignalSent("payment", "8"))
    return run


def signal_that_comes_early() -> Teller:
    """It is kept, in order, until a step takes it."""
    paid = state("paid", "b", kind=NodeKind.WAIT, signal="payment")
    run = Teller(machine(state("a", "paid"), paid, chooser_of_two()))
    run.start()
    run.signal("payment", "1")
    run.signal("payment", "2")
    run.done("a")
    run.done("paid")
    run.done("b", "again")
    run.done("paid#2")
    run.done("b#2", "enough")
    return run


def chooser_of_two() -> Any:
    return state("b", None, choices={"again": "paid", "enough": "END"})


def signal_that_does_not_come() -> Teller:
    """Its time is up: the step fails."""
    run = Teller(machine(state("paid", kind=NodeKind.WAIT, signal="payment", timeout_ms=500)))
    run.start()
    run.time("paid", at=1_500)
    return run


def deadline() -> Teller:
    """The run's time is up: what is in flight settles, and it fails."""
    run = Teller(dag(node("a"), node("b"), node("end", "a", "b"), deadline_ms=500))
    run.start()
    run.done("a")
    run.tell_early("", at=1_499)
    run.time(at=1_500)
    run.stop("b")
    return run


def cancel() -> Teller:
    """Nothing new starts, a write that may have been sent settles; once is enough."""
    run = Teller(
        dag(node("a"), node("b"), node("nap", kind=NodeKind.SLEEP, duration_ms=9), node("end", "a", "b", "nap"))
    )
    run.start()
    run.want("a")
    run.cancel()
    run.cancel()
    run.stop("b")
    run.settle("a", '"ok"')
    run.done("a")
    run.refused(st.CancelWanted(), st.RetryWanted(), st.SignalSent("go", "1"))
    return run
