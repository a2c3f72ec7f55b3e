"""Facts about the calls inside a step; the other half of `events`, which names them all."""

from podium.core.fact import fact
from podium.failure import Failure


@fact
class ReadDone:
    """A read inside a step answered. `call` tells it from the other reads of the visit."""

    at: int
    path: str
    call: str
    result: str


@fact
class ReadFailed:
    """A read inside a step failed for good."""

    at: int
    path: str
    call: str
    failure: Failure


@fact
class WriteAsked:
    """A write wants a person's consent to exactly these arguments."""

    at: int
    path: str
    tool: str
    args: str
    until: int | None = None


@fact
class WriteApproved:
    """A person consented to the frozen arguments."""

    at: int
    path: str
    by: str = ""


@fact
class WriteRefused:
    """A person, or the time-out, said no: a definite failure, nothing was sent."""

    at: int
    path: str
    failure: Failure
    by: str = ""


@fact
class WriteIntended:
    """The write is about to be sent: on disk before the first byte leaves.

    `args`: the frozen arguments, sent again as these bytes or never. `key`: the idempotency key of this generation.
    `code`: fingerprint of the step's code, which parks when it is changed before the step is entered again.
    """

    at: int
    path: str
    tool: str
    args: str
    key: str
    compensable: bool = False
    irreversible: bool = False
    code: str = ""


@fact
class WriteDoubted:
    """An attempt may have reached the other side, and nobody knows."""

    at: int
    path: str
    failure: Failure


@fact
class WriteReleased:
    """`reconcile` or a person said that it did not happen, so that the frozen bytes may be sent again."""

    at: int
    path: str


@fact
class WriteDone:
    """The write happened. `result`: what the tool gave, as JSON text."""

    at: int
    path: str
    result: str


@fact
class WriteFailed:
    """The write certainly did not happen."""

    at: int
    path: str
    failure: Failure
