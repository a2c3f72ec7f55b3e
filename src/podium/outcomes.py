"""How calls and items may end, as authors meet it: raised or returned in their functions, and no errors of ours."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from podium.failure import Failure


class ToolFailed(Exception):  # noqa: N818  # an outcome of the author's world, named as on_error reads
    """A tool call failed for good, after its retries.

    Attributes:
        failure: What happened, as data; `failure.types` names the original exception.
    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure


class FallbackFailed(ToolFailed, ExceptionGroup[ToolFailed]):
    """A tool failed, and so did those that were called in its place (`fallback=`).

    It is a `ToolFailed`, and a group of them: one for each cause, in order. `failure.causes` has them as data.
    """

    def __new__(cls, failure: Failure) -> Self:
        """Make the group."""
        return super().__new__(cls, str(failure), [ToolFailed(cause) for cause in failure.causes])

    def derive(self, excs: Sequence[ToolFailed]) -> ExceptionGroup[ToolFailed]:  # type: ignore[override]  # a part of it
        """Return a part of the group when it is split."""
        return ExceptionGroup(self.message, excs)


class NotApproved(ToolFailed):
    """A person, or the time-out, refused a write that asks first; nothing was sent."""


class NotDone(Exception):  # noqa: N818  # said by authors, of their own world
    """Raised by an author's tool to say: this certainly did not happen, and trying again will not help."""


@dataclass(frozen=True, slots=True)
class ItemFailed:
    """What stands in the result of a map with `on_item_error="collect"` where an item failed.

    Attributes:
        index: Which item, from 0.
        error: The failure in one line.
        types: Names of the exception class and its bases.
    """

    index: int
    error: str
    types: tuple[str, ...] = field(default=())


class Refused(Exception):  # noqa: N818  # as above
    """A guard refused a call before anything was sent, so that even a write may be tried again.

    Attributes:
        name: The guard: what it was given as its name, else the tool's.
        retry_after_ms: When it may be worth trying again; None for nobody knows.
    """

    def __init__(self, name: str, message: str, *, retry_after_ms: int | None = None) -> None:
        super().__init__(message)
        self.name, self.retry_after_ms = name, retry_after_ms


class BreakerOpen(Refused):
    """The dependency failed too often lately and is left alone for a while; nothing was sent."""


class BulkheadFull(Refused):
    """As many calls as may be are under way, and as many wait as may wait; nothing was sent."""


class RateExceeded(Refused):
    """As much was asked as may be within the time, and the wait for more is too long; nothing was sent."""


class OverBudget(Refused):
    """The money or the tokens that may be spent are spent or reserved; nothing was sent, and waiting will not help."""


class GaveUp(Exception):  # noqa: N818  # as above
    """A guard ended the tries of a call; what the tool raised last is the cause.

    Attributes:
        causes: What was raised, oldest first; may be empty.
        retry_at: When the other side asked to be tried again, in ms since 1970 UTC; None where it did not.
    """

    def __init__(self, message: str, causes: Sequence[BaseException], *, retry_at: int | None = None) -> None:
        super().__init__(message)
        self.causes, self.retry_at = tuple(causes), retry_at


class OutOfTime(GaveUp):
    """The time that a call may take, with its tries and the waits between them, is used up or too short to go on."""


class BudgetExhausted(GaveUp):
    """The dependency fails so often that trying again would do it harm; retries of all its callers were used up."""
