"""Calls of tools: reads, writes, doubt, what stands in for a tool, acts that are done once."""

from typing import Any

from podium.core import stimuli as st
from podium.core.stimuli import ParkReason, Verb
from podium.failure import Failure, FailureKind
from tests.golden.teller import Teller
from tests.unit.core.builders import caught_by, dag, failure, machine, node, state

TIMEOUT = Failure(
    kind=FailureKind.AMBIGUOUS,
    type="httpx.ReadTimeout",
    message='no answer from "a place" — né\n',
    types=("httpx.ReadTimeout", "TimeoutError", "Exception"),
    source="book",
    traceback="file.py:7 in book",
    retry_at=9_000,
)
FLIGHT: dict[str, Any] = {"tool": "flight", "args": '{"to":"Busan"}', "undo": "cancel_flight@1", "code": "c0de"}


def line() -> Teller:
    run = Teller(machine(state("pay", "b", handlers=(caught_by("sorry"),)), state("b"), state("sorry")))
    run.start()
    return run


def _doubted() -> Teller:
    """Return a run that is parked with a write in doubt."""
    run = line()
    run.want("pay", **FLIGHT)
    run.settle("pay", doubt=TIMEOUT)
    run.halt("pay", ParkReason.IN_DOUBT)
    return run


def read_that_answers() -> Teller:
    """It is kept; so is which tool answered, and a second report of it is not."""
    run = line()
    run.read("pay", "look:1", '{"n":1}')
    run.tell(st.ReadEnded(1, "pay", 1, "look:2", '"other"', source="look_elsewhere"))
    run.read("pay", "look:1", "2")
    run.done("pay")
    return run


def read_that_fails() -> Teller:
    """All that stood in for it, too."""
    run = line()
    causes = (failure("First"), failure("Second", kind=FailureKind.TRANSIENT))
    all_failed = Failure(kind=FailureKind.TRANSIENT, type="FallbackError", message="both", causes=causes)
    run.tell(st.ReadEnded(1, "pay", 1, "look:1", failure=all_failed))
    run.fail("pay")
    run.done("sorry")
    return run


def write_that_is_done() -> Teller:
    """Intended first, then done."""
    run = line()
    run.want("pay", **FLIGHT)
    run.settle("pay", '{"booking":7}')
    run.done("pay")
    run.done("b")
    return run


def write_that_certainly_failed() -> Teller:
    """Its step may take its error edge."""
    run = line()
    run.want("pay", **FLIGHT)
    run.settle("pay", failure=failure("Refused"))
    run.fail("pay", "Refused")
    run.done("sorry")
    return run


def doubt_decided_done() -> Teller:
    """A person says that it happened, and what it gave."""
    run = _doubted()
    run.resolve("pay", Verb.DONE, '"by hand"')
    run.done("pay")
    return run


def doubt_decided_not_done() -> Teller:
    """It is done anew, under another key."""
    run = _doubted()
    run.resolve("pay", Verb.NOT_DONE)
    run.want("pay", **FLIGHT)
    run.settle("pay", '"ok"')
    run.done("pay")
    return run


def doubt_decided_send_again() -> Teller:
    """The same bytes under the same key; it stays in doubt until it is known to have happened."""
    run = _doubted()
    version = run.step("pay").parked_at
    run.refused(st.Resolution("pay", Verb.SEND_AGAIN, version=version + 1), st.Resolution("pay", Verb.SKIP))
    run.resolve("pay", Verb.SEND_AGAIN, version=version)
    run.want("pay", **FLIGHT)
    run.settle("pay", '"ok"')
    run.done("pay")
    return run


def doubt_decided_abort() -> Teller:
    """The step fails; what it may have done stays on record."""
    run = _doubted()
    run.resolve("pay", Verb.ABORT)
    run.done("sorry")
    return run


def doubt_that_reconcile_ends() -> Teller:
    """It says that it happened."""
    run = line()
    run.want("pay", **FLIGHT)
    run.settle("pay", doubt=TIMEOUT)
    run.settle("pay", '"found"')
    run.done("pay")
    return run


def doubt_that_reconcile_denies() -> Teller:
    """It certainly did not happen: the frozen bytes may be sent again, later."""
    run = line()
    run.want("pay", **FLIGHT)
    run.settle("pay", doubt=TIMEOUT)
    run.settle("pay", absent=True)
    run.hold("pay", 5_000)
    run.time("pay", at=5_000)
    run.want("pay", **FLIGHT)
    run.settle("pay", '"ok"')
    run.done("pay")
    return run


def write_that_is_postponed() -> Teller:
    """A wait too long to hold on to a worker, told with what its guards want back."""
    run = line()
    run.want("pay", **FLIGHT)
    run.settle("pay", doubt=TIMEOUT)
    run.end("pay", st.Held(60_000, tries=3, why="rate", deadline_at=90_000))
    run.tell_early("pay", at=59_999)
    run.time("pay", at=60_000)
    run.settle("pay", '"ok"')
    run.done("pay")
    return run


def late_answer() -> Teller:
    """It ends the doubt of a step that is parked for it."""
    run = _doubted()
    run.tell(st.LateEvidence(1, "pay", 1, "pay/0", result='"late"'))
    run.done("pay")
    return run


def late_refusal() -> Teller:
    """Of the only attempt under its key: it certainly did not happen."""
    run = _doubted()
    run.tell(st.LateEvidence(1, "pay", 1, "pay/0", failure=failure("Refused"), is_only=True))
    if "pay" in run.flights:
        run.fail("pay", "Refused")
    run.done("sorry")
    return run


def fallback() -> Teller:
    """The next tool takes the place of one that certainly failed; all failures are kept."""
    run = line()
    run.want("pay", **FLIGHT)
    run.settle("pay", failure=failure("First"))
    second = {"tool": "train", "args": '{"to":1}', "key": "key1", "undo": "cancel_train@1"}
    run.want("pay", candidate=1, **second)
    run.settle("pay", failure=failure("Second"))
    run.want("pay", candidate=2, **{**second, "tool": "bus", "key": "key2", "undo": "", "irreversible": True})
    run.settle("pay", '"bus"')
    run.done("pay")
    return run


def act_that_is_done_once() -> Teller:
    """Asked for elsewhere it is answered again; with other arguments it is refused."""
    run = Teller(dag(node("a"), node("b"), node("c"), node("end", "a", "b", "c")))
    run.start()
    act = {**FLIGHT, "act": "flight:17"}
    run.want("a", **act)
    run.settle("a", '"ok"')
    run.want("b", **act)
    run.want("c", **{**act, "args": '{"to":"Jeju"}'})
    run.done("a")
    run.done("b")
    run.fail("c")
    return run


def act_that_is_in_doubt_elsewhere() -> Teller:
    """It is refused until that is known; free again once it certainly failed."""
    run = Teller(dag(node("a"), node("b"), node("c"), node("end", "a", "b?", "c")))
    run.start()
    act = {**FLIGHT, "act": "flight:17"}
    run.want("a", **act)
    run.want("b", **act)
    run.settle("a", failure=failure("Refused"))
    run.want("c", **act)
    run.settle("c", '"ok"')
    run.fail("b")
    run.fail("a", "Refused")
    run.done("c")
    return run
