"""What passes through the guards: a call, each attempt of it, and how that ended."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from podium.guard.meaning import Meaning


@dataclass(slots=True)
class GuardedCall:
    """One call of a tool.

    Attributes:
        make: Makes one attempt: gives an awaitable, or for a sync tool the result itself, in a thread.
        is_async: It gives an awaitable.
        run: Whose call it is; runs take turns in queues.
        arguments: Gives the arguments by name, for estimates of what it will use.
        deadline_at: When the run has to be over, in ms since 1970 UTC; None for no limit.
        own_deadline_at: When the tool's own policy ends the call, where an earlier entry of its step began it.
        own_deadline_ms: The same on the monotonic clock, once the call has begun.
        tries: How many were made at earlier entries.
        why: What the last earlier entry was left to wait for (`Pause.why`).
        is_once: Somebody else tries again; its policy does not.
        is_brief: It waits neither for long nor for a breaker: another tool can be asked instead (`fallback=`).
        settles: What has begun is not cut short by the deadline of its run or step, only by the tool's own: a write
            that is cut short is in doubt.
    """

    make: Callable[[], Any]
    is_async: bool = True
    run: str = ""
    arguments: Callable[[], dict[str, Any]] = dict
    deadline_at: int | None = None
    own_deadline_at: int | None = None
    own_deadline_ms: int | None = None
    tries: int = 0
    why: str = ""
    is_once: bool = False
    is_brief: bool = False
    settles: bool = False


class Flight:
    """One attempt under way.

    Attributes:
        call: Whose.
        deadline_ms: When the call has to be over, on the monotonic clock.
        now_ms: The time when the last guard let it pass.
        ended_ms: When it ended.
        is_sent: It has begun; before, nothing can have happened.
        left: What still runs of it, although nobody waits for it any more.
    """

    __slots__ = ("call", "deadline_ms", "ended_ms", "is_sent", "left", "now_ms")

    def __init__(self, call: GuardedCall, deadline_ms: int | None, now_ms: int) -> None:
        self.call, self.deadline_ms = call, deadline_ms
        self.now_ms = self.ended_ms = now_ms
        self.is_sent = False
        self.left: asyncio.Future[Any] | None = None

    @property
    def left_ms(self) -> int | None:
        """How much time there is yet; None for as long as it takes."""
        return None if self.deadline_ms is None else self.deadline_ms - self.now_ms


@dataclass(slots=True)
class Miss:
    """An attempt, or all of a call's, that gave no result.

    Attributes:
        error: What was raised, by the tool or by a guard.
        meaning: What that means.
        left: What still runs of it.
        other: What the second attempt raised, where the first was hedged.
    """

    error: BaseException
    meaning: Meaning
    left: "asyncio.Future[Any] | None" = None
    other: BaseException | None = None


class Leave(NamedTuple):
    """A call that would have to wait long: let go of the worker, and come back.

    Attributes:
        ms: How long from now.
        tries: How many were made.
        why: What it waits for.
        own_deadline_at: When the call has to be over, in ms since 1970 UTC; None for no limit.
    """

    ms: int
    tries: int
    why: str
    own_deadline_at: int | None
