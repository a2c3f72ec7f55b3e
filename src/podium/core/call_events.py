"""Facts about the calls inside a step; the other half of `events`, which names them all."""

from podium.core.fact import fact
from podium.failure import Failure


@fact
class ReadDone:
    """A read inside a step answered. `call` tells it from the other reads of the visit.

    `source`: which of the tool's `fallback=` answered in its place; "" for the tool itself. `began`: when it was asked.
    """

    at: int
    path: str
    call: str
    result: str
    source: str = ""
    began: int | None = None


@fact
class ReadFailed:
    """A read inside a step failed for good. `began`: when it was asked."""

    at: int
    path: str
    call: str
    failure: Failure
    began: int | None = None


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

    One in doubt is sent once more on a person's word, and stays in doubt.

    `args`: the frozen arguments, sent again as these bytes or never. `key`: the idempotency key of this generation.
    `undo`: the compensator with the hash of its signature (`cancel_flight@1a2b3c4d`), registered with the intent; ""
    where the tool has none. `code`: fingerprint of the step's code, which parks when it is changed before the step is
    entered again. `act`: the tool's name and the business key (`once_by=`); "" without one. `candidate`: which of the
    tools asked for this is, 0 for the one that the code names, n for the n-th of its `fallback=`, which takes the place
    of one that has certainly not happened. `sent_at`: when it may first have been sent, where that was before `at`: the
    order to make the call was the intent then.
    """

    at: int
    path: str
    tool: str
    args: str
    key: str
    undo: str = ""
    irreversible: bool = False
    code: str = ""
    act: str = ""
    candidate: int = 0
    sent_at: int | None = None


@fact
class WriteRepeated:
    """The same act was done elsewhere in the run, under the same business key: its answer is this write's."""

    at: int
    path: str
    tool: str
    args: str
    act: str
    of: str


@fact
class WriteBarred:
    """The write was refused before anything was sent: its act is in doubt elsewhere, or has other arguments."""

    at: int
    path: str
    tool: str
    args: str
    act: str
    failure: Failure


@fact
class WriteDoubted:
    """An attempt may have reached the other side, and nobody knows."""

    at: int
    path: str
    failure: Failure


@fact
class WriteReleased:
    """It certainly did not happen: `reconcile` said so, or nothing was sent. The frozen bytes may be sent again."""

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
