"""How calls and items may end, as authors meet it: raised or returned in their functions, and no errors of ours."""

from dataclasses import dataclass, field

from podium.failure import Failure


class ToolFailed(Exception):  # noqa: N818  # an outcome of the author's world, named as on_error reads
    """A tool call failed for good, after its retries.

    Attributes:
        failure: What happened, as data; `failure.types` names the original exception.
    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure


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
