"""Where a run stands: what folding its events gives. Owned by one holder and changed in place by `evolve` alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from podium.core.maps import MapState
from podium.core.path import ROOT
from podium.core.saga import Saga
from podium.failure import Failure
from podium.graph.nodes import Graph, GraphKind, Node, NodeKind


class RunStatus(StrEnum):
    """Whether a run is over, and how."""

    OPEN = "open"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    COMPENSATING = "compensating"
    """Ended without success; what it has written is being undone."""
    COMPENSATED = "compensated"
    """Ended without success, and undone."""


ACTIVE = frozenset({RunStatus.OPEN, RunStatus.COMPENSATING})
"""Something may still have to be done for the run."""


class StepStatus(StrEnum):
    """What a step is doing."""

    CHECKING = "checking"
    """Its `when=` is being evaluated."""
    CHECKED = "checked"
    """Its `when=` is known; in the next moment it starts or is skipped."""
    RUNNING = "running"
    """The shell has to do something for it."""
    INSIDE = "inside"
    """A nested workflow or the items of a map run inside it."""
    WAITING = "waiting"
    """For a time, a signal, an answer or consent."""
    BACKOFF = "backoff"
    """Between two attempts."""
    POSTPONED = "postponed"
    """A call in it waits for longer than a worker is held."""
    PARKED = "parked"
    """For a person to decide."""
    UNDOING = "undoing"
    """It failed, and what its machine has written is undone before its error edge is taken."""
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    CANCELLED = "cancelled"


SETTLED = frozenset({StepStatus.DONE, StepStatus.SKIPPED, StepStatus.FAILED, StepStatus.CANCELLED})
IDLE = frozenset({StepStatus.WAITING, StepStatus.BACKOFF, StepStatus.POSTPONED})
"""Nothing to do before something from outside comes."""
MOVING = frozenset({StepStatus.CHECKING, StepStatus.RUNNING})


class WriteStatus(StrEnum):
    """What is known of a write."""

    ASKED = "asked"
    """A person's consent is awaited; nothing was sent."""
    APPROVED = "approved"
    """A person consented; nothing was sent."""
    INTENT = "intent"
    """About to be sent, or sent."""
    DOUBT = "doubt"
    """It may have happened."""
    RELEASED = "released"
    """It certainly has not happened; the same bytes may be sent again."""
    DONE = "done"
    FAILED = "failed"


OPEN_WRITE = frozenset({WriteStatus.INTENT, WriteStatus.DOUBT, WriteStatus.RELEASED})
"""Has to be settled before the step's code is entered again."""


class Phase(StrEnum):
    """What running means for a step; all but nested workflows and plans only ever RUN."""

    RUN = "run"
    OPEN = "open"
    CLOSE = "close"


@dataclass(slots=True)
class Write:
    """The one write of a step's visit.

    Attributes:
        tool: Its name.
        args: Frozen arguments, JSON text, sent as these bytes or never.
        key: Idempotency key of this generation.
        status: What is known.
        result: Once done.
        failure: Once failed; while in doubt, what caused the doubt.
        undo: Its compensator with the hash of its signature, registered with the intent; "" where there is none.
        irreversible: Of the tool, when it was intended.
        act: The tool's name and the business key; "" without one.
        candidate: 0 for the tool that the step's code names, n for the n-th of its `fallback=`.
        asked, asked_args: The tool that the code names, and what it was given; differ from `tool` and `args` for a
            candidate only, and are "" where they do not.
        causes: Of a candidate: how those before it failed, in order.
        reads_before: How many reads of the visit came before it.
        sent_at: When it was first intended; the key's life counts from then.
        sender_may_live: A process that was at it lost the run and was not proven dead: it may yet send.
        send_again: A person wants these bytes sent once more, though it may have happened.
        is_inherited: A fork copied it, or its act was done elsewhere; it is replayed, never undone.
        code: Fingerprint of the step's code that asked for it; "" when a person accepted a change.
    """

    tool: str
    args: str
    key: str
    status: WriteStatus
    result: str | None = None
    failure: Failure | None = None
    undo: str = ""
    irreversible: bool = False
    reads_before: int = 0
    sent_at: int = 0
    sender_may_live: bool = False
    send_again: bool = False
    is_inherited: bool = False
    code: str = ""
    act: str = ""
    candidate: int = 0
    asked: str = ""
    asked_args: str = ""
    causes: tuple[Failure, ...] = ()


@dataclass(slots=True)
class Read:
    """A finished read of a visit: exactly one of `result` and `failure`. `source`: see `ReadDone`."""

    result: str | None
    failure: Failure | None
    at: int
    source: str = ""


@dataclass(slots=True)
class Step:
    """A visit of a node that is not forgotten yet.

    Attributes:
        path: Its address. scope: Address of what it stands in. item: Index in a map, or None.
        node: What it is a visit of.
        status, phase: See there.
        attempt: Which try by the step's own retry policy, from 1.
        entry: How often its code was entered, from 1; tells reports apart.
        is_checked: Its `when=` is known, or it has none.
        until: When its wait is over, in ms; None for not by time.
        answer: What was answered; a nested workflow's result in phase CLOSE.
        caught: The failure that led here.
        failure: Why it failed, or why its last attempt did.
        reason: Why it is parked (a `ParkReason`).
        reads: Finished reads by call identity, in order.
        write: Its write, if it came to that.
        tries, waits_for, call_deadline_at: Of the call that it was postponed for: how often it was tried, what its
            guards had it wait for, and when it has to be over.
        parked_at: Number of the event that parked it.
        lost: How often whoever performed it was lost since it last got on.
        unsure: Since when its write may have been sent, though it is not on record; None where that is not so.
        undoes: The write that this step undoes; None for a step of the graph. `answer` is then what a person gave
            its compensator to take instead of the write's result, `tries` how often it was tried.
    """

    path: str
    scope: str
    item: int | None
    node: Node
    status: StepStatus = StepStatus.RUNNING
    phase: Phase = Phase.RUN
    attempt: int = 1
    entry: int = 1
    is_checked: bool = True
    until: int | None = None
    answer: str | None = None
    caught: Failure | None = None
    failure: Failure | None = None
    reason: str = ""
    reads: dict[str, Read] = field(default_factory=dict)
    write: Write | None = None
    tries: int = 0
    waits_for: str = ""
    call_deadline_at: int | None = None
    parked_at: int = 0
    lost: int = 0
    unsure: int | None = None
    undoes: "DoneWrite | None" = None

    @property
    def is_map(self) -> bool:
        """Claims that this is a map itself, not one of its items."""
        return self.node.each is not None and self.item is None

    @property
    def may_have_written(self) -> bool:
        """Claims that its write may have reached the other side, and that nobody knows."""
        if self.write is None:
            return self.unsure is not None
        return self.write.status in (WriteStatus.INTENT, WriteStatus.DOUBT)


@dataclass(slots=True)
class Scope:
    """One graph being walked: the root's, or a nested workflow's.

    Attributes:
        path: Address of the step it is inside of; ROOT for the run's own.
        graph: What is walked.
        data: The record of a machine, or the input of a DAG: field to JSON text.
        outputs: DAG: node to JSON text; skipped ones give `null`.
        skipped: DAG: which ones.
        missing: DAG: node to how many of the nodes it needs have not settled.
        unsettled: DAG: how many nodes have not settled.
        visits: Machine: state to how often it was entered.
        active: Steps in it that have not settled.
        held: Steps in it, settled or not, items of maps too: with none, nothing is left below either. Not stored.
        closing: Nothing new starts; it ends when `active` is 0.
        failure: What it ends with; None while closing: it is given up with what it is inside of.
        is_plan, collects, causes: Its graph came with the data; see `stimuli.Opened`.
        wrote: Machine with plans: tool and arguments of the writes done in it, however deep, to where that was.
    """

    path: str
    graph: Graph
    data: dict[str, str]
    outputs: dict[str, str] = field(default_factory=dict)
    skipped: set[str] = field(default_factory=set)
    missing: dict[str, int] = field(default_factory=dict)
    unsettled: int = 0
    visits: dict[str, int] = field(default_factory=dict)
    active: int = 0
    held: int = 0
    closing: bool = False
    failure: Failure | None = None
    is_plan: bool = False
    collects: bool = False
    causes: tuple[Failure, ...] = ()
    wrote: dict[str, str] = field(default_factory=dict)

    def result(self) -> str:
        """Return what a scope gives that reached its end: a machine its record or a field, a DAG what one node gave."""
        if self.graph.gives is not None:
            given = self.data if self.graph.kind is GraphKind.MACHINE else self.outputs
            return given[self.graph.gives]
        record = ",".join(f'"{name}":{text}' for name, text in self.data.items())
        return f"{{{record}}}"

    @classmethod
    def begin(cls, path: str, graph: Graph, data: dict[str, str]) -> "Scope":
        """Return a scope in which nothing has happened, over a copy of `data`, which is part of an event."""
        if graph.kind is GraphKind.MACHINE:
            return cls(path, graph, dict(data))
        return cls(path, graph, dict(data), missing=dict(graph.waits_for), unsettled=len(graph.nodes))


@dataclass(slots=True)
class DoneWrite:
    """A write that would have to be undone; `result` None: given up in doubt."""

    path: str
    tool: str
    key: str
    args: str
    result: str | None
    irreversible: bool = False
    undo: str = ""
    act: str = ""


@dataclass(slots=True)
class Act:
    """What became of an act with a business key (`once_by=`) in this run.

    Attributes:
        path: The step that did it, or is at it.
        args: Its frozen arguments.
        status: As of its write; None once it was undone or has certainly not happened, so that it may be done anew.
        result: Once done.
    """

    path: str
    args: str
    status: WriteStatus | None
    result: str | None = None


@dataclass(slots=True)
class RunState:
    """A run.

    Attributes:
        run_id: Its id.
        graph: The graph of the root.
        incarnation: The epoch of the claim under which it is held; reports of others are stale. Not folded.
        seq: Number of the last event folded in.
        at: Its time; never goes back.
        status: Open, or how it ended.
        scopes, steps, maps: By address. Settled steps stay only while something may still ask for them.
        moving, idle, parked: How many steps are MOVING, IDLE, PARKED.
        touched: Addresses of the steps that the last events gave something to do, in order; ROOT stands for the run's
            deadline. The loop empties it.
        signals: By name, oldest first, not taken yet.
        writes: Finished writes that can be undone, or bar undoing, by address, in the order in which they were done.
        sagas: What is being undone, by address of the scope that wrote it.
        plans: Graphs of plans by address, for as long as they run or something that they wrote can be undone.
        acts: What became of acts with a business key, by `Write.act`.
        boards: What steps of the run posted on its boards, by name, in the order in which these steps were done.
        skipped: Addresses of writes that a person left as they are.
        kept: Writes that still stand of what was rewound, by address: a step that begins there finds its write made.
        generations: How often the key of a step's write, or of an act, was renewed.
        first_entry: Entries of a visit count from here; more than 1 once the run was rewound, so that a report about
            what was rewound is stale.
        deadline_at: When the run's time is up.
        undoing_since: When the run began to undo all that it had written.
        is_cancelled: Somebody called it off.
        output, failure: How it ended.
        crashes: How often its process died with a step in flight since it last got on.
        was_alone: The last of these times, nothing else ran.
        may_write: False in a fork that was not allowed to.
        trace: See `RunStarted`.
        lives: How often it was sent on after it had ended.
    """

    run_id: str
    graph: Graph
    incarnation: int = 1
    seq: int = 0
    at: int = 0
    status: RunStatus = RunStatus.OPEN
    scopes: dict[str, Scope] = field(default_factory=dict)
    steps: dict[str, Step] = field(default_factory=dict)
    maps: dict[str, MapState] = field(default_factory=dict)
    moving: int = 0
    idle: int = 0
    parked: int = 0
    touched: list[str] = field(default_factory=list)
    signals: dict[str, list[str]] = field(default_factory=dict)
    writes: dict[str, DoneWrite] = field(default_factory=dict)
    sagas: dict[str, Saga] = field(default_factory=dict)
    plans: dict[str, Graph] = field(default_factory=dict)
    acts: dict[str, Act] = field(default_factory=dict)
    boards: dict[str, list[str]] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    kept: dict[str, Write] = field(default_factory=dict)
    generations: dict[str, int] = field(default_factory=dict)
    first_entry: int = 1
    deadline_at: int | None = None
    undoing_since: int | None = None
    is_cancelled: bool = False
    output: str | None = None
    failure: Failure | None = None
    crashes: int = 0
    was_alone: bool = False
    may_write: bool = True
    trace: str = ""
    lives: int = 0

    @property
    def root(self) -> Scope:
        """The scope of the run's own graph."""
        return self.scopes[ROOT]

    def is_closing(self, step: Step) -> bool:
        """Claim that what the step stands in ends: nothing new may be sent for it. What undoes is not ended so."""
        return step.undoes is None and self.scopes[step.scope].closing

    def below(self, path: str) -> Iterable[Step]:
        """Return the steps inside the step or scope at `path`, itself not included."""
        if path == ROOT:
            return list(self.steps.values())
        return [step for step in self.steps.values() if is_below(step.path, path)]


def is_below(path: str, ancestor: str) -> bool:
    """Claim that `path` lies inside the step at `ancestor`: in its nested workflow, or as an item of its map."""
    return path.startswith(ancestor) and path[len(ancestor) : len(ancestor) + 1] in {"/", "["}


def is_in(path: str, scope: str) -> bool:
    """Claim that `path` lies in the scope at `scope`, or deeper."""
    return scope == ROOT or is_below(path, scope)


def first_phase(node: Node) -> Phase:
    """Return how a visit of the node begins."""
    return Phase.OPEN if node.kind in (NodeKind.WORKFLOW, NodeKind.PLAN) else Phase.RUN
