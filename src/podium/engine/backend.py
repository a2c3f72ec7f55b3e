"""What an engine stands on: the one seam between the verbs that people use and the shell that keeps runs going.

Two implement it: `engine.embedded`, over a store in this process, and `temporal.backend`, over a Temporal server.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from podium.core import stimuli as st
from podium.core.events import Event
from podium.effects.ports import Outbox, Token
from podium.engine.fair import HELD_MAX, Queue
from podium.engine.guard_store import BudgetRow, Override
from podium.engine.guarding import BreakerInfo
from podium.engine.list_store import TOP, ListPlace, Moves, Tally, Waiting
from podium.engine.platform import Platform
from podium.engine.ports import Clock, HumanTask, InboxRow, Loaded, ParkedStep, Projection, RunFilter, RunInfo, Status
from podium.engine.registry import Registry
from podium.engine.retention_store import Retention
from podium.guard.classify import Says
from podium.workflow.binding import Compiled, Provider

if TYPE_CHECKING:
    import asyncio


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much an engine takes in.

    Attributes:
        held: So many runs it has in memory at a time; what is started beyond that waits in the store.
        queue: So many may wait there.
    """

    held: int = HELD_MAX
    queue: Queue = field(default_factory=Queue)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How this process keeps up. All 0 where a server keeps the runs.

    Attributes:
        held: Runs in memory.
        waiting: Steps that are due and wait until the disk has caught up.
        events, ms: How far deciding runs ahead of the disk; `ms` to within 20.
    """

    held: int = 0
    waiting: int = 0
    events: int = 0
    ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What an engine gives to its backend.

    Attributes:
        url: What names it.
        clock: Time.
        platform: Chance, threads, and what a simulation puts in place of a store.
        registry: The workflows whose code is here; it grows.
        provider: What tools are given, by type.
        outbox: What steps reach other runs through.
        says: What the engine's user says of exceptions, first asked first.
        recovers: Take over every run of the registry's workflows that nobody gets on.
        limits: How much it takes in.
        retention: How long runs that are over are kept; None: for ever.
    """

    url: str
    clock: Clock
    platform: Platform
    registry: Registry
    provider: Provider
    outbox: Outbox
    says: Sequence[Says]
    recovers: bool
    limits: Limits = field(default_factory=Limits)
    retention: Retention | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """A run to be made.

    Attributes:
        info: Its row.
        workflow: Its code.
        news: What makes it: it is asked for, or is a copy of another.
        by_step: A step asks for it: it is not refused for want of room, for the step would wait for room that it takes.
    """

    info: RunInfo
    workflow: Compiled
    news: st.RunAsked | st.ForkAsked
    by_step: bool = False


class Journals(Protocol):
    """Where what is on record of runs is read."""

    async def load(self, run_id: str, *, upto: int | None = None) -> Loaded:
        """Read a run as committed; `upto`: only events numbered up to it (0: its row and its graph).

        Raises:
            RunNotFoundError: There is none. DamagedError, UnknownEventError: It can not be read; other runs can.
        """

    async def events(self, run_id: str, *, after: int = 0, limit: int = 1000) -> Sequence[tuple[int, Event]]:
        """Read committed events with their numbers, oldest first; raise RunNotFoundError."""


class Backend(Journals, Protocol):
    """Runs, kept going: what an engine and its handles pass on. All that is read is committed."""

    @property
    def worker_id(self) -> str:
        """This process, as `RunInfo.owner` names it."""

    @property
    def namespace(self) -> str:
        """Tells its runs from those of others that have the same ids; part of every idempotency key."""

    async def open(self) -> None:
        """Be able to do all the rest.

        Raises:
            StoreUnavailableError: It can not be reached. SchemaError: It was written by a newer Podium.
        """

    async def is_served(self) -> bool:
        """Claim that somebody gets runs on: this process or, as far as that is known, another one."""

    def pace(self) -> Pace:
        """Return how this process keeps up."""

    async def drain(self, *, grace_ms: int) -> None:
        """Take nothing over and start nothing any more; wait for steps that are under way, for at most `grace_ms`."""

    async def close(self) -> None:
        """Call off what is under way, and let go of every run."""

    # ----- runs

    async def offer(self, workflow: Compiled) -> None:
        """Let everybody know that runs of a workflow of the registry can be taken over here, if they do not yet."""

    async def create(self, new: NewRun) -> RunInfo | None:
        """Make a run and begin it; return the row that was there instead, if one was.

        Raises:
            BusyError: So many wait to be begun that it was not taken in. RunPrunedError: Its id is still refused.
        """

    async def hold(self, run_id: str) -> None:
        """Get a run on from this process, if no living one does."""

    async def end_of(self, run_id: str) -> Projection:
        """Wait for a run to be over, wherever it is held."""

    # ----- what is asked

    async def ask(self, row: InboxRow) -> str:
        """Give a stimulus to its run and wait for the verdict: "" or why it was refused; raise RunNotFoundError."""

    async def leave(self, row: InboxRow) -> str:
        """As `ask`, but only a process that has the run's code decides; it stays asked when the wait is given up."""

    async def post(self, row: InboxRow) -> None:
        """Give a stimulus to its run and wait for nothing; raise RunNotFoundError."""

    # ----- what is read

    async def info(self, run_id: str) -> RunInfo:
        """Read a run's row; raise RunNotFoundError."""

    async def runs(self, which: RunFilter) -> Sequence[RunInfo]:
        """List runs."""

    async def counts(self, which: RunFilter) -> Tally:
        """Count runs by status, whatever statuses and page `which` asks for."""

    def moves(self) -> Moves:
        """Begin to look for runs that move."""

    async def tasks(
        self, *, run_id: str | None = None, after: ListPlace = TOP, limit: int | None = None
    ) -> Sequence[HumanTask]:
        """List open human tasks, oldest first: those that stand after a place."""

    async def parked(
        self, *, run_id: str | None = None, after: ListPlace = TOP, limit: int | None = None
    ) -> Sequence[ParkedStep]:
        """List parked steps, oldest first: those that stand after a place."""

    async def waiting(self) -> Waiting:
        """Count open human tasks and parked steps."""

    def news(self, run_id: str | None = None) -> AbstractContextManager["asyncio.Event"]:
        """Give an event that is set whenever something may be news of a run, or of any; whoever waits clears it."""

    def statuses(self) -> "asyncio.Queue[tuple[str, Status]]":
        """Return a queue of how runs of this process stand, by id, each time something of them was committed."""

    def progress_of(self, run_id: str) -> dict[str, tuple[float, str]]:
        """Return what the steps of a run last said, by address; only in the process that runs them."""

    def tokens(self, run_id: str) -> AbstractContextManager["asyncio.Queue[Token]"]:
        """Give a queue of what is added to answers that steps of a run wait for; only in the process that runs them."""

    # ----- guards

    async def breakers(self) -> Sequence[BreakerInfo]:
        """List the breakers of every process, by name."""

    async def override(self, order: Override) -> None:
        """Record an order about a breaker and obey it; raise UnknownBreakerError."""

    async def overrides(self, name: str) -> Sequence[Override]:
        """List all that was ordered about a breaker, oldest first."""

    async def budgets(self) -> Sequence[BudgetRow]:
        """List what was spent and reserved, by the budget's name."""
