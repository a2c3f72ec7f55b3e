"""News coming in, not yet believed; how an attempt ended; and the orders that go out.

Reports of the shell carry (incarnation, path, entry). One that is not of the step's current entry in the current
incarnation changes nothing: the shell may report late and twice. An entry is one time that the step's code is entered:
a first attempt, a retry, or a return after a suspension.
"""

from enum import StrEnum
from typing import TypeAlias

from podium.core.fact import fact
from podium.failure import Failure


class Verb(StrEnum):
    """What a person may decide about a parked step."""

    DONE = "done"
    """It happened, with this answer."""
    NOT_DONE = "not-done"
    """It did not happen; do it anew, under a new key."""
    SEND_AGAIN = "retry"
    """Send the same bytes under the same key: only success ends the doubt. Without a write in doubt: run it again."""
    ABORT = "abort"
    """Give up: the step fails."""
    SKIP = "skip"
    """Of a compensation: leave the write as it is; what waits for it goes on."""


class ParkReason(StrEnum):
    """Why a step waits for a person to decide."""

    IN_DOUBT = "in-doubt"
    """A write may have happened, and the tool can neither take the key again nor say."""
    DIVERGED = "diverged"
    """Run again, the step asked for another write than the one on record, or for none."""
    CRASH_LOOP = "crash-loop"
    """Its process died each time, last time while nothing else ran in it."""
    DATA_CHANGED = "data-changed"
    """A value on record no longer fits the type declared for it."""
    FORWARD_ONLY = "forward-only"
    """It failed for good, and a write before it can not be undone: the run can only go forward."""
    UNDO_FAILED = "undo-failed"
    """A compensation failed as often as it may be tried."""
    NO_UNDO = "no-undo"
    """A write has to be undone that can not be: irreversible, given up in doubt, or its compensator is not there."""


# ----- how an attempt ended


@fact
class Succeeded:
    """The step's function returned; see `StepDone`."""

    label: str | None = None
    output: str | None = None
    changes: dict[str, str] | None = None
    appends: dict[str, str] | None = None
    posts: dict[str, tuple[str, ...]] | None = None


@fact
class Opened:
    """The input of a nested workflow was made, or a plan.

    `graph`: of a plan; "" where the graph around has it. `collects`: a definite failure in the plan is its outcome, for
    whoever makes the next one. `causes`: how the plans before it failed, in order.
    """

    data: dict[str, str]
    graph: str = ""
    collects: bool = False
    causes: tuple[Failure, ...] = ()


@fact
class Failed:
    """The attempt failed. `retry_at`: when the step's own policy wants the next one; None for never."""

    failure: Failure
    retry_at: int | None = None


@fact
class Stopped:
    """The attempt was called off before its end, on our order."""


@fact
class Halted:
    """The step can not go on without a person."""

    reason: ParkReason
    detail: str


@fact
class Held:
    """A call inside wants to wait until `until` without holding on to a worker; it was tried `tries` times so far.

    `why`: what it waits for, as its guards call it; they want it back. `deadline_at`: when the call has to be over.
    """

    until: int
    tries: int = 0
    why: str = ""
    deadline_at: int | None = None


Outcome: TypeAlias = Succeeded | Opened | Failed | Stopped | Halted | Held


# ----- news


@fact
class RunAsked:
    """Somebody wants a run. `trace`: see `RunStarted`."""

    run_id: str
    data: dict[str, str]
    trace: str = ""


@fact
class ForkAsked:
    """Somebody wants a run that begins as a copy of another."""

    run_id: str
    parent: str
    parent_seq: int
    snapshot: str
    may_write: bool
    trace: str = ""


@fact
class TakeOver:
    """This process claimed a run whose owner is gone."""

    incarnation: int
    proven_dead: bool
    alone: bool = False


@fact
class AttemptEnded:
    """A performed step ended, one way or another."""

    incarnation: int
    path: str
    entry: int
    outcome: Outcome


@fact
class PerformerLost:
    """Whoever performed the entry, or settled its write, is gone, or can not be heard any more and may yet act.

    `sent_since`: since when it may have sent a write that is not on record: its order was the intent; None otherwise.
    """

    incarnation: int
    path: str
    entry: int
    sent_since: int | None = None


@fact
class ConditionEvaluated:
    """`when=` gave a truth value, or raised."""

    incarnation: int
    path: str
    holds: bool
    failure: Failure | None = None


@fact
class ReadEnded:
    """A read inside a step ended; exactly one of `result` and `failure` is given. `source`, `began`: see `ReadDone`."""

    incarnation: int
    path: str
    entry: int
    call: str
    result: str | None = None
    failure: Failure | None = None
    source: str = ""
    began: int | None = None


@fact
class WriteWanted:
    """A step wants to write; `consent`: a person is to be asked first, at most `consent_ms` long.

    `sent_at`: whoever performs it was told that its order is the intent, and has sent it, from then on; None otherwise.
    """

    incarnation: int
    path: str
    entry: int
    tool: str
    args: str
    key: str
    undo: str = ""
    irreversible: bool = False
    code: str = ""
    consent: bool = False
    consent_ms: int | None = None
    act: str = ""
    candidate: int = 0
    sent_at: int | None = None


@fact
class WriteSettled:
    """What became of an open write: `result`, a definite `failure`, `doubt`, or `absent` (it may be sent again)."""

    incarnation: int
    path: str
    result: str | None = None
    failure: Failure | None = None
    doubt: Failure | None = None
    absent: bool = False


@fact
class LateEvidence:
    """An answer to a write came after its time was up, or to a process that had lost the run meanwhile.

    Exactly one of `result` and `failure` is given; the failure is definite. `is_only`: no other attempt was made under
    this key, as far as whoever made this one knows.
    """

    incarnation: int
    path: str
    entry: int
    key: str
    result: str | None = None
    failure: Failure | None = None
    is_only: bool = False


@fact
class TimeCame:
    """The clock reached what the step at `path` waits for; the root's path means the run's deadline."""

    path: str


@fact
class SignalSent:
    """Somebody signals the run."""

    name: str
    payload: str


@fact
class AnswerGiven:
    """A person answers a human step, or consents (`true`) or not (`false`) to a write."""

    path: str
    answer: str
    by: str = ""


@fact
class CancelWanted:
    """Somebody calls the run off."""

    by: str = ""
    reason: str = ""


@fact
class RetryWanted:
    """Somebody sends a failed run on."""

    by: str = ""


@fact
class RewindWanted:
    """Somebody sends a compensated run on. `snapshot`: what `rewind.rewound` gave."""

    snapshot: str
    by: str = ""


@fact
class Resolution:
    """Somebody decides about a parked step.

    `answer`: with DONE, what the write gave; with SEND_AGAIN of a compensation that is not in doubt, what it takes
    instead. `reason`: in a person's words. `version`: the number of the event that parked the step (`Step.parked_at`);
    given, the decision counts only for that.
    """

    path: str
    verb: Verb
    answer: str | None = None
    by: str = ""
    reason: str = ""
    version: int | None = None


Stimulus: TypeAlias = (
    RunAsked
    | ForkAsked
    | TakeOver
    | AttemptEnded
    | PerformerLost
    | ConditionEvaluated
    | ReadEnded
    | WriteWanted
    | WriteSettled
    | LateEvidence
    | TimeCame
    | SignalSent
    | AnswerGiven
    | CancelWanted
    | RetryWanted
    | RewindWanted
    | Resolution
)


# ----- orders


@fact
class Perform:
    """Run the step."""

    incarnation: int
    path: str
    entry: int


@fact
class Settle:
    """Find out what became of the step's open write, with its frozen bytes."""

    incarnation: int
    path: str
    entry: int


@fact
class Evaluate:
    """Evaluate the node's `when=`."""

    incarnation: int
    path: str


@fact
class Stop:
    """Call the attempt off, letting a write that may have been sent settle first."""

    incarnation: int
    path: str
    entry: int


@fact
class Wake:
    """Say `TimeCame(path)` at `at`."""

    path: str
    at: int


Command: TypeAlias = Perform | Settle | Evaluate | Stop | Wake
