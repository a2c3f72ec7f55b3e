"""The seams of the engine: what a store and a clock must do. Every implementation passes the same conformance suite."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from podium.core.events import Event
from podium.engine.fair import Queue
from podium.engine.guard_store import GuardStore
from podium.engine.list_store import ListPlace, ListStore
from podium.engine.list_store import RunFilter as RunFilter
from podium.engine.retention_store import RetentionStore
from podium.engine.status import Status as Status


@dataclass(slots=True, kw_only=True)
class RunInfo:
    """The row of a run.

    Attributes:
        id: The run.
        workflow: Its workflow's name.
        graph_hash: The graph that it started with; `Store.graph` gives its JSON.
        target: Where its code is found again (`module:name` or `file.py:name`); empty when started from code.
        input: The input's fields as one JSON object text, or `sha256:…` of it when it is long: the same id with another
            input is refused.
        status: As last committed.
        owner: The worker that holds it; None while it waits or is over.
        epoch: Raised at each claim.
        seq: Number of its last event.
        wake_at: When time next matters to it; None when it does not.
        created_at: In ms since 1970 UTC, like every time here.
        updated_at: When its last event was committed.
        output: The result's JSON text once completed.
        error: The final failure in one line, from when on it is certain; or why it is parked.
        parent: The run that it was forked from.
        tenant: On whose behalf it runs; "" for nobody's in particular. Tenants take turns.
        undoing_since: When it began to undo what it had written; None before, and once it is over.
        restored_at: When the backup was made that it was restored from: what it wrote after that is not known.
    """

    id: str
    workflow: str
    graph_hash: str
    target: str = ""
    input: str = "{}"
    status: Status = Status.RUNNING
    owner: str | None = None
    epoch: int = 1
    seq: int = 0
    wake_at: int | None = None
    created_at: int = 0
    updated_at: int = 0
    output: str | None = None
    error: str | None = None
    parent: str | None = None
    tenant: str = ""
    undoing_since: int | None = None
    restored_at: int | None = None

    @property
    def has_work(self) -> bool:
        """Claims that whoever claims it finds something to do, without waiting for a time or news."""
        return self.status is Status.RUNNING or (self.status is Status.COMPENSATING and self.wake_at is None)


@dataclass(slots=True, kw_only=True)
class HumanTask:
    """A question to a person; `id` is `run_id:path`.

    Attributes:
        run_id: The run that asks.
        path: The step that asks.
        approval: About a frozen write, whose tool and arguments are in `context`; the answer is `true` or `false`.
        title: The question in one line.
        context: What the person should see, as JSON text.
        schema: JSON schema of the answer, as JSON text.
        asked_at: When.
        until: When the default takes effect; None for never.
        answer: Once closed, the answer's JSON text; None while open or when given up.
        by: Who answered (`timeout` for the default).
        is_open: Still to be answered.
    """

    run_id: str
    path: str
    approval: bool
    title: str
    context: str
    schema: str
    asked_at: int
    until: int | None = None
    answer: str | None = None
    by: str = ""
    is_open: bool = True

    @property
    def id(self) -> str:
        """The name under which it is answered."""
        return f"{self.run_id}:{self.path}"

    @property
    def place(self) -> ListPlace:
        """Where it stands in the list."""
        return ListPlace(self.asked_at, self.run_id, self.path)


@dataclass(slots=True, kw_only=True)
class ParkedStep:
    """A step that waits for a person to decide; a projection, written with the events that parked it.

    `version`: the number of the event that parked it; a decision that names it counts only while it stands so.
    """

    run_id: str
    path: str
    reason: str
    detail: str
    tool: str
    args: str
    key: str
    parked_at: int
    version: int = 0

    @property
    def place(self) -> ListPlace:
        """Where it stands in the list."""
        return ListPlace(self.parked_at, self.run_id, self.path)


@dataclass(slots=True, kw_only=True)
class Projection:
    """What the store writes beside the events, in the same transaction; first what came, then what went.

    Attributes:
        status, wake_at, output, error, undoing_since: The new values of the run's row. A COMPENSATING run without
            `wake_at` has something to do now.
        opened: Human tasks that were asked.
        closed: Human tasks that are over: (path, answer or None, by).
        parked: Steps that parked.
        unparked: Paths that are no longer parked.
    """

    status: Status
    wake_at: int | None = None
    output: str | None = None
    error: str | None = None
    undoing_since: int | None = None
    opened: Sequence[HumanTask] = ()
    closed: Sequence[tuple[str, str | None, str]] = ()
    parked: Sequence[ParkedStep] = ()
    unparked: Sequence[str] = ()


NO_SNAPSHOT = ""
"""As an `Append.snapshot`: what there was is of no use any more."""


@dataclass(slots=True)
class Append:
    """One run's news for the next group commit; goes in whole, and only while (owner, epoch) holds.

    Attributes:
        run_id: The run.
        epoch: That of the claim under which the events were decided.
        first_seq: Number of the first event; the next ones follow.
        events: In order; may be empty (a release, a verdict on a stimulus that led to nothing).
        projection: None leaves the row as it is.
        verdicts: Inbox rows this consumes: (inbox id, "" when accepted, otherwise why it was refused).
        snapshot: The state after the last event, as JSON text; replaces the last snapshot. NO_SNAPSHOT drops it.
        release: Give the run up: its owner becomes None.
    """

    run_id: str
    epoch: int
    first_seq: int
    events: Sequence[Event] = ()
    projection: Projection | None = None
    verdicts: Sequence[tuple[str, str]] = ()
    snapshot: str | None = None
    release: bool = False


@dataclass(slots=True, kw_only=True)
class Loaded:
    """A run as it is on disk.

    Attributes:
        info: Its row.
        graph: The JSON text of its graph.
        snapshot: The last snapshot; None when there is none.
        snapshot_seq: The number of the last event that the snapshot contains; 0 without one.
        events: Those after the snapshot, oldest first.
    """

    info: RunInfo
    graph: str
    snapshot: str | None = None
    snapshot_seq: int = 0
    events: Sequence[Event] = ()


@dataclass(slots=True, kw_only=True)
class Claim:
    """A run that this worker now owns.

    Attributes:
        run_id: The run.
        epoch: The new one.
        taken_over: It had an owner that is gone, rather than none.
        proven_dead: That owner's lock was free: its process has ended. False: its lease ran out while it lives, or that
            of one before it, and no event has come since.
    """

    run_id: str
    epoch: int
    taken_over: bool
    proven_dead: bool


@dataclass(slots=True, kw_only=True)
class InboxRow:
    """A stimulus from anywhere. `kind` and `body` are read by `engine.inbox`; `id` makes it count once."""

    id: str
    run_id: str
    kind: str
    body: str
    at: int = 0


class Commits(Protocol):
    """Who wants to know of commits; called on the event loop's thread, in order."""

    def committed(self, ticket: int, lost: Collection[str]) -> None:
        """Everything up to `ticket` is on disk, but for the runs `lost`: another owner has them now."""

    def store_failed(self, error: Exception) -> None:
        """A commit failed in a way that waiting does not mend; nothing after the last ticket is on disk."""

    def store_stalled(self, reason: str | None) -> None:
        """The disk is full or busy: the queue is kept and tried again (`None`: it goes on)."""


class Store(GuardStore, ListStore, RetentionStore, Protocol):
    """Journals, ownership, inbox. Async methods that change something return when it is committed.

    Once closed, also after a failed commit, it can be opened again, as another worker (`worker_id`).
    """

    @property
    def worker_id(self) -> str:
        """This worker, as the owner of runs."""

    @property
    def namespace(self) -> str:
        """Made at random with the tables; part of every idempotency key. Known once open."""

    async def open(self, commits: Commits) -> None:
        """Create or migrate the tables, register this worker, take its lock.

        Raises:
            SchemaError: Written by a newer Podium. StoreUnavailableError: It can not be opened.
        """

    async def reopen(self) -> None:
        """After a failed commit: open anew as another worker, and give up all runs of the one that this was.

        Tickets go on from where they were; nothing that was queued is written any more. Until it has succeeded, the
        lock of the one that this was is held: its process lives, and what it has sent may still arrive.

        Raises:
            SchemaError, StoreUnavailableError: Not yet; it may be tried again.
        """

    async def close(self) -> None:
        """Commit what is queued, give up owned runs and the lock."""

    def append(self, news: Append) -> int:
        """Queue for the next group commit, at once and without waiting; return its ticket (rising by one or more)."""

    @property
    def durable(self) -> int:
        """The last committed ticket."""

    @property
    def queued(self) -> int:
        """How many events wait for the disk."""

    async def create(
        self, info: RunInfo, graph: str, events: Sequence[Event], projection: Projection, *, queue: Queue | None = None
    ) -> RunInfo | None:
        """Insert a run at epoch 1 with its first events, unless the id is taken.

        It is this worker's; with a `queue` it is nobody's yet, and claimed when it is its turn.

        Returns:
            None when the run was made; otherwise the row that was there, and nothing has changed.

        Raises:
            BusyError: The queue is full; nothing has changed.
            RunPrunedError: A run of that id was pruned, and the id is still refused.
        """

    async def load(self, run_id: str, *, upto: int | None = None) -> Loaded:
        """Read a run as committed; `upto`: only events numbered up to it (and no later snapshot).

        Raises:
            RunNotFoundError: There is none. DamagedError, UnknownEventError: It can not be read; other runs can.
        """

    async def info(self, run_id: str) -> RunInfo:
        """Read a run's row; raise RunNotFoundError."""

    async def events(self, run_id: str, *, after: int = 0, limit: int = 1000) -> Sequence[tuple[int, Event]]:
        """Read committed events with their numbers, oldest first; raise RunNotFoundError."""

    async def claim(self, *, hashes: Collection[str], now_ms: int, limit: int) -> Sequence[Claim]:
        """Claim runs that nobody who lives owns and that have something to do.

        That is: owner gone (dead or stuck), or no owner and (due, or a stimulus in the inbox, or status RUNNING, or
        COMPENSATING without `wake_at`). Where more can go on than `limit`, each (tenant, workflow) has its turn.
        Only runs whose graph hash is in `hashes`. Each claim raises the epoch.
        """

    async def claim_one(self, run_id: str) -> Claim | None:
        """Claim one run whatever it waits for; raise RunNotFoundError.

        None where a living worker owns it (this one too), or it is over and no stimulus waits that may change that.
        """

    async def orphans(self) -> Sequence[RunInfo]:
        """Park runs that go on by themselves and whose graph no living worker can resolve; return those newly parked.

        Runs that a living worker owns are left alone. What is parked so goes on as it was once its graph is offered.
        """

    async def offer(self, hashes: Collection[str]) -> None:
        """Publish the graph hashes that this worker can resolve, in place of those before; see `orphans`."""

    async def undoing(self, *, until_ms: int) -> Sequence[RunInfo]:
        """List runs that have been undoing what they wrote since `until_ms` or earlier, longest first."""

    async def move(self, info: RunInfo, graph: str) -> bool:
        """Let a run go on by another graph, `info.graph_hash`, whose JSON text is `graph`, and code, `info.target`.

        False, and nothing has changed, where a living worker holds it, or its last event is not number `info.seq`. Its
        snapshot goes; whoever held it before can not write to it any more; where it was shelved, it is not any more.
        """

    async def put_inbox(self, row: InboxRow) -> bool:
        """Insert a stimulus; False where one of that id is there already."""

    async def take_inbox(self, owned: Collection[str]) -> Sequence[InboxRow]:
        """Return rows without a verdict for runs in `owned`, oldest first; verdicts travel with `append`."""

    async def verdict(self, inbox_id: str) -> str | None:
        """Return "" when accepted, a reason when refused, None while undecided."""

    async def changed(self) -> bool:
        """Say whether another process committed since the last call; cheap enough for 20 times a second."""


class Timer(Protocol):
    """A call to come."""

    def cancel(self) -> None:
        """Do not make it."""


class Clock(Protocol):
    """Time, from outside, so that tests own it."""

    def now_ms(self) -> int:
        """Return wall time in ms since 1970 UTC."""

    def mono_ms(self) -> int:
        """Return ms since some moment; they only go on, whatever becomes of the wall clock."""

    def call_at(self, at_ms: int, callback: Callable[[], None]) -> Timer:
        """Call back at or soon after `at_ms`, on the event loop's thread."""

    def poll_at(self, at_ms: int, callback: Callable[[], None]) -> Timer:
        """As `call_at`, for a look whether something happened: it may come late where nothing can have."""

    async def sleep(self, ms: int) -> None:
        """Wait."""
