"""Errors of keeping a store in order: pruning, backing up, restoring, migrating; the rest is in `errors`."""

from datetime import UTC, datetime
from typing import ClassVar

from podium.errors import AskError, RunNotFoundError, StoreError


class RunPrunedError(RunNotFoundError):
    """There was a run of that id, and it was pruned; what is left of it is that it was there, and how it ended.

    Its id is refused for as long as a receiver may know the keys of its writes: under the same id, a new run would make
    the same keys, and be given the old answers.
    """

    code: ClassVar[str] = "ask.run_pruned"

    def __init__(self, run_id: str, *, status: str, pruned_at: int, refused_until: int) -> None:
        super().__init__(run_id)
        message = (
            f"run {run_id!r} was pruned at {_when(pruned_at)}, {status} before; the id is refused until"
            f" {_when(refused_until)}, because keys of its writes may be known that long; choose another id"
        )
        self.args = (message,)
        self.status, self.pruned_at, self.refused_until = status, pruned_at, refused_until


class BackupError(StoreError):
    """A backup, or a store of one, was not made; nothing of it is left, and its source was only read."""

    code: ClassVar[str] = "store.backup"

    def __init__(self, place: object, why: str) -> None:
        super().__init__(f"{place}: {why}")


class CopyError(StoreError):
    """The file is a backup, and no run is run in a backup: what was done since it was made is not in it.

    `podium restore` makes a store of it in which that is known.
    """

    code: ClassVar[str] = "store.copy"


class NotMigratedError(AskError):
    """A run can not be moved to another graph; the message says why, and it was left as it was."""

    code: ClassVar[str] = "ask.not_migrated"

    def __init__(self, run_id: str, why: str) -> None:
        super().__init__(f"run {run_id} was not moved: {why}")
        self.run_id, self.why = run_id, why


def _when(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
