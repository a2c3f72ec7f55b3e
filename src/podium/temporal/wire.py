"""What travels between clients, the workflow and the activities: names and payloads, all plain data.

A client starts the workflow `RUN` with a `RunStart`; its id is the run's id. It asks by the update `ASK`, tells by the
signal `TELL` and reads by the queries. A payload over 128 kB travels as a blob by itself: the data converter of every
client and worker (`podium.temporal.connect`) puts it into the shared folder and leaves its name in the history.
The execution has a memo `ABOUT` with a `RunInfo` as it was when the run was made: what can be told without a worker.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from temporalio.common import SearchAttributeKey

from podium.engine.ports import HumanTask, ParkedStep, RunInfo, Status

RUN = "podium.run"
"""The workflow type."""

PERFORM, SETTLE, EVALUATE, CHECK, CALL_OFF = (
    "podium.perform",
    "podium.settle",
    "podium.evaluate",
    "podium.check",
    "podium.call_off",
)
"""The activities."""

ASK, TELL = "ask", "tell"
"""The update, which returns the verdict: "" or why it was refused; and the signal, which nobody waits for."""

INFO, EVENTS, LOAD, TASKS, PARKED, CARRY = "info", "events", "load", "tasks", "parked", "carry"
"""The queries.

`RunInfo`; `EventsPage` of (after, limit); `Part` of (upto or None); lists of `HumanTask` and `ParkedStep`;
`Continuation`, with which a run that is over is sent on: its `start` with what sends it on as `first`, then its parts.
"""

STATUS = SearchAttributeKey.for_keyword("PodiumStatus")
WORKFLOW = SearchAttributeKey.for_keyword("PodiumWorkflow")
"""The search attributes; they have to be registered with the server's namespace.

A client sets both at the start. The workflow keeps STATUS at what its `RunInfo` says, but for COMPLETED: the server
knows that of itself.
"""

ABOUT = "podium"
"""The memo; kept when an execution continues as a new one."""

ENDED = "podium.ended"
"""The type of the application error of an execution whose run ended without success; its detail is a `RunEnd`."""

RowText = tuple[str, str, int, str]
"""An event as a row; see `core.codec.Row`."""


@dataclass(slots=True, kw_only=True)
class Asked:
    """What is asked or told of a run: the fields of an `InboxRow`; the same id counts once."""

    id: str
    kind: str
    body: str


@dataclass(slots=True, kw_only=True)
class Carried:
    """What goes on when an execution is continued as a new one, or a run that is over is sent on.

    Attributes:
        info: The run's row.
        snapshot: The state, as `core.snapshot.dump` gave it.
        tasks, parked: Open questions and parked steps.
        verdicts: What was asked, by id, oldest first: "" or why it was refused.
    """

    info: RunInfo
    snapshot: str
    tasks: Sequence[HumanTask] = ()
    parked: Sequence[ParkedStep] = ()
    verdicts: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Limits:
    """How the workflow uses the server; recorded with the run, so that a replay finds the same.

    Attributes:
        heartbeat_ms: How often an activity says that its worker lives; after three times as long without it, the
            worker counts as lost.
        history_max: So many events in the history of one execution, and it is continued as a new one.
    """

    heartbeat_ms: int = 5_000
    history_max: int = 8_000


@dataclass(slots=True, kw_only=True)
class RunStart:
    """The workflow's input. After it come the parts of the journal up to the snapshot, each a JSON list of rows.

    A part is a payload of its own, so that a long one is kept as a blob once, however often it is carried on.

    Attributes:
        run_id: The run; also the workflow id.
        namespace: Part of every idempotency key: tells this server's runs from those of others.
        workflow, graph_hash, graph: Its name, the hash and the JSON text of its graph.
        target, input, parent: See `RunInfo`.
        first: The first stimulus (`stimuli.pack`): `RunAsked`, `ForkAsked`, or what sends a finished run on; "" where
            there is none.
        carried: Where it goes on from; None for a new run.
        limits: See there.
    """

    run_id: str
    namespace: str
    workflow: str
    graph_hash: str
    graph: str
    target: str = ""
    input: str = "{}"
    parent: str | None = None
    first: str = ""
    carried: Carried | None = None
    limits: Limits = field(default_factory=Limits)


@dataclass(slots=True, kw_only=True)
class Continuation:
    """The input of an execution that goes on where another ended: the workflow's first argument, then the others."""

    start: RunStart
    parts: Sequence[str] = ()


@dataclass(slots=True, kw_only=True)
class RunEnd:
    """How a run ended: the workflow's result, or the detail of the `ENDED` error."""

    status: Status
    output: str | None = None
    error: str | None = None


@dataclass(slots=True, kw_only=True)
class EventsPage:
    """Some events.

    Attributes:
        first: The number of the first row.
        rows: In order.
    """

    first: int
    rows: Sequence[RowText] = ()


@dataclass(slots=True, kw_only=True)
class Part:
    """What a run's state is folded from.

    Attributes:
        info, graph: The row, and the graph's JSON text.
        snapshot, snapshot_seq: Where this execution began; "" and 0 for the beginning of the run.
        rows: Events after the snapshot, as far as asked for.
    """

    info: RunInfo
    graph: str
    snapshot: str = ""
    snapshot_seq: int = 0
    rows: Sequence[RowText] = ()


@dataclass(slots=True, kw_only=True)
class StepView:
    """A step as it is shipped to whoever performs it, settles its write, or checks what is asked of it.

    Attributes:
        run_id, namespace, incarnation, graph_hash, workflow: Of the run.
        path, step, undoes: The step and what it undoes, as `core.snapshot` stores them (JSON text; "" for None).
        node: Of a plan: what it says of the step, as JSON text; "" where the workflow's graph says it.
        values: What the step takes, by parameter, as JSON texts.
        boards: What is on the boards that the step's code names, as JSON texts.
        generations: How often the keys of its write, and of acts, were renewed.
        at, deadline_at: The run's time, and when it has to be over.
        is_closing: What the step stands in ends.
        may_send: Its write may be sent at once: that this view was scheduled is the intent.
        sends_again: Its write in doubt is to be sent once more; that it is, is on record.
        heartbeat_ms: See `Limits`.
        trace, lives: See `core.state.RunState`.
    """

    run_id: str
    namespace: str
    incarnation: int
    graph_hash: str
    workflow: str
    path: str
    step: str
    undoes: str = ""
    node: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    boards: Mapping[str, Sequence[str]] = field(default_factory=dict)
    generations: Mapping[str, int] = field(default_factory=dict)
    at: int = 0
    deadline_at: int | None = None
    is_closing: bool = False
    may_send: bool = False
    sends_again: bool = False
    heartbeat_ms: int = 5_000
    trace: str = ""
    lives: int = 0


@dataclass(slots=True, kw_only=True)
class Check:
    """Something asked whose content the workflow's code has to check; `view` None where it is about no step."""

    run_id: str
    graph_hash: str
    workflow: str
    asked: Asked
    view: StepView | None = None


@dataclass(slots=True, kw_only=True)
class Checked:
    """What was asked as a stimulus (`stimuli.pack`), or why it does not fit."""

    stimulus: str = ""
    refused: str = ""
