"""Facts about undoing what was written; `events` names them all."""

from podium.core.fact import fact
from podium.failure import Failure


@fact
class CompensationStarted:
    """What was written is undone from here on. `failure`: the original cause; None after a cancel.

    `path`: the failed state whose error edge says `undo=True`: what its machine has written is undone, then the edge is
    taken. "" (ROOT): the run ends, and all that it has written is undone.
    """

    at: int
    path: str
    failure: Failure | None = None


@fact
class CompensationEnded:
    """Everything that could be undone below the state's machine is; its error edge is taken next."""

    at: int
    path: str


@fact
class RunCompensated:
    """The run ended without success, and what it had written is undone. `skipped`: what a person left as it is."""

    at: int
    failure: Failure | None = None
    skipped: tuple[str, ...] = ()


@fact
class RunRewound:
    """Somebody sent a compensated run on: it stands again where the first of its compensated steps had begun.

    `snapshot`: as it stood there, knowing what the world has seen since; see `rewind.rewound`.
    """

    at: int
    snapshot: str
    by: str = ""


# ----- undoing one write: a step of its own, at `undo_path` of the step that wrote


@fact
class UndoStarted:
    """It is this write's turn: what depended on it is undone, or there was nothing."""

    at: int
    path: str


@fact
class UndoDone:
    """The write is undone."""

    at: int
    path: str


@fact
class UndoSkipped:
    """A person decided to leave the write as it is."""

    at: int
    path: str
    by: str = ""
    reason: str = ""
