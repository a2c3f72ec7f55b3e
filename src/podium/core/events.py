"""Facts in the past tense: the only thing that is stored of a run.

An event names the step it concerns by its address (`path`). Values that came from authors are JSON text, kept as the
bytes they were; the core never looks inside except to count and split the list of a map.
"""

from typing import TypeAlias

from podium.core.call_events import ReadDone as ReadDone
from podium.core.call_events import ReadFailed as ReadFailed
from podium.core.call_events import WriteApproved as WriteApproved
from podium.core.call_events import WriteAsked as WriteAsked
from podium.core.call_events import WriteBarred as WriteBarred
from podium.core.call_events import WriteDone as WriteDone
from podium.core.call_events import WriteDoubted as WriteDoubted
from podium.core.call_events import WriteFailed as WriteFailed
from podium.core.call_events import WriteIntended as WriteIntended
from podium.core.call_events import WriteRefused as WriteRefused
from podium.core.call_events import WriteReleased as WriteReleased
from podium.core.call_events import WriteRepeated as WriteRepeated
from podium.core.fact import fact
from podium.core.saga_events import CompensationEnded as CompensationEnded
from podium.core.saga_events import CompensationStarted as CompensationStarted
from podium.core.saga_events import RunCompensated as RunCompensated
from podium.core.saga_events import RunRewound as RunRewound
from podium.core.saga_events import UndoDone as UndoDone
from podium.core.saga_events import UndoSkipped as UndoSkipped
from podium.core.saga_events import UndoStarted as UndoStarted
from podium.failure import Failure

CORE_VERSION = 2
"""Recorded in every run; a change of meaning raises it and keeps the old reading (`upcast`). 2: writes name what undoes
them, and are undone."""
FIRST_CORE_VERSION = 1
"""What a run that records none was written by."""


# ----- the run


@fact
class RunStarted:
    """A run came to be. `data`: the input's fields as JSON text.

    `trace`: the W3C `traceparent` of whoever started it, when that was traced; "" otherwise.
    """

    at: int
    run_id: str
    data: dict[str, str]
    deadline_at: int | None = None
    core: int = FIRST_CORE_VERSION
    trace: str = ""


@fact
class RunForked:
    """A run came to be as a copy of another one's state at `parent_seq`; it owes nothing for what it copied.

    `trace`: see `RunStarted`.
    """

    at: int
    run_id: str
    parent: str
    parent_seq: int
    snapshot: str
    may_write: bool = False
    core: int = FIRST_CORE_VERSION
    trace: str = ""


@fact
class RunTakenOver:
    """Another engine process took the run from one that died (`proven_dead`) or stopped renewing its lease.

    `alone`: nothing else ran in the new process, so that a step that kills its process is found out.
    """

    at: int
    incarnation: int
    proven_dead: bool
    alone: bool = False


@fact
class RunRetried:
    """Somebody sent a failed run on from where it had failed."""

    at: int
    by: str = ""


@fact
class CancelAsked:
    """Somebody called the run off; nothing new starts, what may have been sent settles."""

    at: int
    by: str = ""
    reason: str = ""


@fact
class DeadlinePassed:
    """The run used up its time; it ends as failed once what is in flight has settled."""

    at: int


@fact
class RunCompleted:
    """The run reached its end; its result is in what the steps left behind."""

    at: int


@fact
class RunFailed:
    """The run failed for good, and there was nothing to undo."""

    at: int
    failure: Failure


@fact
class RunCancelled:
    """The run was called off, and there was nothing to undo."""

    at: int


@fact
class SignalReceived:
    """A signal came in. It is kept by name until a step takes it."""

    at: int
    name: str
    payload: str


# ----- steps


@fact
class ConditionAsked:
    """Everything a node needs is there, and its `when=` is to be evaluated."""

    at: int
    path: str


@fact
class ConditionKnown:
    """`when=` was evaluated; a lambda that is changed later does not change this."""

    at: int
    path: str
    holds: bool


@fact
class StepStarted:
    """A step became due. `caught`: the failure that led here along an error edge."""

    at: int
    path: str
    caught: Failure | None = None


@fact
class StepSkipped:
    """A DAG node will not run: its condition did not hold, or it needs one that was skipped."""

    at: int
    path: str


@fact
class ScopeOpened:
    """A nested workflow, or a plan, begins inside the step. `data`: its input's fields as JSON text.

    `graph`, `collects`, `causes`: of a plan; see `stimuli.Opened`.
    """

    at: int
    path: str
    data: dict[str, str]
    graph: str = ""
    collects: bool = False
    causes: tuple[Failure, ...] = ()


@fact
class ScopeClosed:
    """The nested workflow inside the step reached its end; the step has yet to take its result."""

    at: int
    path: str
    output: str


@fact
class ScopeFailing:
    """A step in the scope at `path` failed and no edge handles it: nothing new starts in it, what runs settles."""

    at: int
    path: str
    failure: Failure


@fact
class TaskOpened:
    """A person is asked. `approval`: about a frozen write; otherwise for the answer of a human step."""

    at: int
    path: str
    approval: bool = False
    until: int | None = None


@fact
class StepAnswered:
    """The answer, signal or default that a step waited for is there."""

    at: int
    path: str
    answer: str
    by: str = ""


@fact
class AttemptFailed:
    """An attempt of a step failed and the next one starts at `retry_at`."""

    at: int
    path: str
    attempt: int
    failure: Failure
    retry_at: int


@fact
class StepPostponed:
    """A call inside the step waits too long to hold on to a worker; the step is run again at `until`.

    `tries`: how often that call was tried so far. `why`, `deadline_at`: see `stimuli.Held`.
    """

    at: int
    path: str
    until: int
    tries: int = 0
    why: str = ""
    deadline_at: int | None = None


@fact
class StepResumed:
    """The wait of a step between two attempts, or of a postponed one, is over; or what it was parked for is known."""

    at: int
    path: str


@fact
class StepLost:
    """Whoever performed the step was lost, and may yet act: its open write is in doubt, and the step is entered again.

    `sent_since`: since when a write may have been sent that is not on record; None where that can not be.
    """

    at: int
    path: str
    sent_since: int | None = None


@fact
class StepParked:
    """The step can not go on without a person. `reason` is a code of `ParkReason`, `detail` says it in words.

    `failure`: what would have failed it, or has failed last.
    """

    at: int
    path: str
    reason: str
    detail: str
    failure: Failure | None = None


@fact
class StepResolved:
    """A person decided about a parked step. `verb` is one of `Verb`; `answer` goes with `done`."""

    at: int
    path: str
    verb: str
    answer: str | None = None
    by: str = ""
    reason: str = ""


@fact
class StepDone:
    """A step ended well.

    `label`: the outcome a machine's state returned. `output`: what a DAG node gave; None for `null`, and for a map,
    whose output is that of its items. `changes` and `appends`: fields of a machine's record that were replaced, or
    grew at the end (the text of the items added, without brackets). `posts`: what it put on boards of the run, by name.
    """

    at: int
    path: str
    label: str | None = None
    output: str | None = None
    changes: dict[str, str] | None = None
    appends: dict[str, str] | None = None
    posts: dict[str, tuple[str, ...]] | None = None


@fact
class StepFailed:
    """A step failed for good."""

    at: int
    path: str
    failure: Failure


@fact
class StepCancelled:
    """A step was given up because what it is part of ends."""

    at: int
    path: str


@fact
class StepRestarted:
    """A failed or given-up step begins again in a run that was retried."""

    at: int
    path: str


Event: TypeAlias = (
    RunStarted
    | RunForked
    | RunTakenOver
    | RunRetried
    | CancelAsked
    | DeadlinePassed
    | RunCompleted
    | RunFailed
    | RunCancelled
    | CompensationStarted
    | CompensationEnded
    | RunCompensated
    | RunRewound
    | UndoStarted
    | UndoDone
    | UndoSkipped
    | SignalReceived
    | ConditionAsked
    | ConditionKnown
    | StepStarted
    | StepSkipped
    | ScopeOpened
    | ScopeClosed
    | ScopeFailing
    | TaskOpened
    | StepAnswered
    | AttemptFailed
    | StepPostponed
    | StepResumed
    | StepLost
    | StepParked
    | StepResolved
    | StepDone
    | StepFailed
    | StepCancelled
    | StepRestarted
    | ReadDone
    | ReadFailed
    | WriteAsked
    | WriteApproved
    | WriteRefused
    | WriteIntended
    | WriteDoubted
    | WriteReleased
    | WriteDone
    | WriteFailed
    | WriteRepeated
    | WriteBarred
)
