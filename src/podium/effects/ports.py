"""What calls need of the engine around them."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from podium.core.state import RunState, Step
from podium.core.stimuli import LateEvidence, Outcome, Stimulus
from podium.effects.leftovers import Leftovers
from podium.effects.telemetry import Telemetry
from podium.guard.clock import GuardClock, Share
from podium.guard.guards import Guards
from podium.workflow.binding import Compiled, Provider, ToolCode


class Progress(NamedTuple):
    """How far a step's code says it is: the step's address, a share of 0 to 1, and a word."""

    path: str
    share: float
    text: str


class Token(NamedTuple):
    """A piece of an answer that is on its way. It is provisional: what counts is what the journal says later.

    Attributes:
        path: The step that waits for the answer.
        stream: Tells the streams of a process apart. Where another one begins at the same address, the answer of the
            one before is either on record by now, or will never come.
        text: What was added.
    """

    path: str
    stream: int
    text: str


class Entry(Protocol):
    """One entry of a step, as whoever runs it sees it.

    Attributes:
        path, entry: Whose.
        ended: How it ended when it was suspended; None where the run knows already.
        is_closed: No call is made any more.
        task: Runs the step's code.
    """

    path: str
    entry: int
    ended: Outcome | None
    is_closed: bool
    task: asyncio.Task[None] | None


class RunPort(Protocol):
    """The run that a call belongs to.

    `state`: as it stands, or as much of it as is known here; to be read only.
    `restored_at`: when the backup was made that it was restored from; None for a run that knows all it has done.
    """

    run_id: str
    namespace: str
    incarnation: int
    state: RunState
    restored_at: int | None

    @property
    def deadline_at(self) -> int | None:
        """When the run has to be over, in ms since 1970 UTC; None for no limit."""

    def step(self, path: str) -> Step | None:
        """Return the step as it stands; to be read only."""

    def generation(self, path: str) -> int:
        """Return how often the key of the step's write was renewed."""

    def board(self, name: str) -> Sequence[str]:
        """Return what is on a board of the run, as JSON texts; to be read only."""

    def is_closing(self, path: str) -> bool:
        """Claim that what the step at `path` stands in ends: nothing new may be sent for it."""

    def feed(self, news: Stimulus) -> None:
        """Take a report in. A stale one changes nothing."""

    async def committed(self) -> None:
        """Wait until everything fed so far is on disk.

        Raises:
            RunLostError, StoreUnavailableError: Another process owns the run, or the store failed; nothing may leave
                this process any more.
        """

    def answered(self, news: LateEvidence) -> None:
        """An answer is about to be reported: should that not get to disk, it is for whoever holds the run then."""

    def late(self, news: LateEvidence) -> None:
        """An answer came that nobody waits for any more: leave it for whoever holds the run now."""

    def suspended(self, context: Entry) -> None:
        """An entry of a step is over, though its code may not have ended: report it, and call the code off."""

    @property
    def outbox(self) -> "Outbox":
        """What starts and signals other runs."""

    def say(self, news: "Progress | Token") -> None:
        """Tell whoever watches; it is not stored."""


class Outbox(Protocol):
    """Other runs, as a step may reach them. All of it is safe to repeat with the same id."""

    async def start_run(self, graph_hash: str, data: dict[str, str], run_id: str) -> None:
        """Start a run of a workflow that this process knows."""

    async def signal_run(self, run_id: str, name: str, payload: str, *, signal_id: str) -> None:
        """Put a signal into a run's inbox."""

    async def cancel_run(self, run_id: str, *, cancel_id: str) -> None:
        """Call a run off, once per id, and return when that was accepted, or the run ended without success anyway.

        Raises:
            NotDone: It can not be called off any more.
        """

    def know(self, workflow: Compiled) -> None:
        """Be able to run a workflow from now on."""


def as_declared(tool: ToolCode) -> ToolCode:
    """Return the tool itself."""
    return tool


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all calls of an engine share.

    Attributes:
        loop: The event loop that calls are made on.
        clock: Time.
        share: Draws from [0, 1), for jitter.
        provider: Resources by type.
        threads: Where sync tools run.
        guards: What stands around each call.
        settle_delay_ms: How long after an attempt has ended `reconcile` may be believed when it finds nothing.
        leftovers: What was left behind of writes.
        stage: Says what stands in for a tool that is called: the tool itself, but in a simulation.
        telemetry: Who is told of what is done; None for nobody.
    """

    loop: asyncio.AbstractEventLoop
    clock: GuardClock
    share: Share
    provider: Provider
    threads: Executor
    guards: Guards
    settle_delay_ms: int = 0
    leftovers: Leftovers = field(default_factory=Leftovers)
    stage: Callable[[ToolCode], ToolCode] = as_declared
    telemetry: Telemetry | None = None
