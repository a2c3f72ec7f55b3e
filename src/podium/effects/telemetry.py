"""What an engine tells of runs to whoever observes it; nothing, unless `Engine.observe` says to whom.

What is told of events is told once they are on disk. What is told of calls that are being made is provisional.
Nothing here may raise, or wait for anything; a story that raises all the same is told no further.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import NamedTuple, Protocol, TypeAlias

from podium.core.events import Event
from podium.core.state import RunState
from podium.guard.caught import Raised, caught_now
from podium.guard.clock import GuardClock

_LOG = logging.getLogger("podium")

Try: TypeAlias = Callable[[], AbstractContextManager[None]]
"""Makes what stands around one try of a call, in the task or thread of the tool's function."""


class Guarded:
    """A story that breaks nothing: once it raised, which is logged, it is told no further. It is a `Story`, too."""

    __slots__ = ("_is_broken", "_run_id", "_story")

    def __init__(self, story: "Story", run_id: str) -> None:
        self._story, self._run_id, self._is_broken = story, run_id, False

    def remember(self, past: Sequence[Event], seq: int) -> None:
        """Pass it on."""
        self._try(lambda: self._story.remember(past, seq))

    def replay(self, events: Sequence[Event]) -> None:
        """Pass it on."""
        self._try(lambda: self._story.replay(events))

    def take(self, events: Sequence[Event]) -> None:
        """Pass it on."""
        self._try(lambda: self._story.take(events))

    def _try(self, tell: Callable[[], None]) -> None:
        if self._is_broken:
            return
        raised = caught_now(tell)
        if isinstance(raised, Raised):
            self._is_broken = True
            _LOG.error("what is told of run %s breaks off", self._run_id, exc_info=raised.error)


class Observed(Protocol):
    """A run whose steps are performed here.

    Attributes:
        run_id, namespace: Its id, and what tells the store's ids from those of others.
        state: As it stands; to be read only.
    """

    run_id: str
    namespace: str
    state: RunState


class Held(NamedTuple):
    """How a run came to be held here.

    Attributes:
        namespace: See `Observed`.
        created_at: When the run was made.
        is_taken_over: Whoever held it before is gone, and may not have told all.
    """

    namespace: str
    created_at: int
    is_taken_over: bool = False


class Story(Protocol):
    """One run that this process holds, as it is told."""

    def remember(self, past: Sequence[Event], seq: int) -> None:
        """Take in what was on record before this process held the run; told by whoever did, as a rule.

        Args:
            past: Its last events, oldest first, from its first one or from as far back as is known here.
            seq: The number of the last of them.
        """

    def replay(self, events: Sequence[Event]) -> None:
        """Take in the next events of the run, which were told already."""

    def take(self, events: Sequence[Event]) -> None:
        """Tell what these events say: the next ones of the run, and on disk."""


class Telemetry(Protocol):
    """Who observes an engine."""

    def observing(self, engine: object) -> AbstractAsyncContextManager[None]:
        """Observe an engine (`podium.Engine`) from before it opens until it is closed; the rest is told then."""

    async def opened(self) -> None:
        """The engine is open."""

    async def closing(self) -> None:
        """The engine is about to close: what is being read of it is read to its end, for a while."""

    def origin(self) -> str:
        """Return the W3C `traceparent` of what runs now, to be kept with a run that it starts; "" for none."""

    def story(self, state: RunState, held: Held) -> Story:
        """Return what tells a run, as it stands after what the story is given to remember."""

    def entered(self, run: Observed, path: str) -> None:
        """The code of a step is about to run in this task."""

    def call(self, run: Observed, path: str, *, tool: str, call: str, clock: GuardClock) -> Try:
        """A call is about to be made.

        Args:
            run: The run.
            path: The step's address.
            tool: What is called.
            call: What tells it from other calls of the visit; see `read_identity`. "" for the only one of its step.
            clock: Time.
        """
