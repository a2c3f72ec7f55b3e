"""What SQLite's errors mean: wait, give up, or one run's damage. Messages are made here, once."""

import sqlite3
from pathlib import Path
from typing import TypeVar

from podium.errors import DamagedError, PodiumError, StoreUnavailableError
from podium.store_errors import DamagedSnapshotError

PodiumErrorT = TypeVar("PodiumErrorT", bound=PodiumError)

_PRIMARY = 0xFF
"""The low byte of an extended code is the code that it refines."""
_FULL_DISK = frozenset({sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE})
"""A write that failed before the commit can be made again. (A failed fsync can not: what is on disk is unknown.)"""
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def stall(error: sqlite3.Error) -> str | None:
    """Return why a commit has to wait; None where waiting does not mend it."""
    code = _code(error)
    if code & _PRIMARY == sqlite3.SQLITE_FULL or code in _FULL_DISK:
        return f"no room on the disk, or it refuses to write ({error}); what is queued is kept until it takes it"
    if code & _PRIMARY in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"another process holds the database's lock ({error}); what is queued is kept until it lets go"
    return None


def is_damage(error: sqlite3.Error) -> bool:
    """Claims that the file's content is wrong, rather than that it can not be reached."""
    return _code(error) & _PRIMARY in _DAMAGE or is_no_text(error)


def is_no_text(error: sqlite3.Error) -> bool:
    """Claims that what should be text is not UTF-8."""
    return "decode to UTF-8" in str(error)


def unavailable(path: Path, error: BaseException | str) -> StoreUnavailableError:
    """Return the error for a file that can not be opened, read or written."""
    return StoreUnavailableError(f"{path}: {error}; what was not committed was not acknowledged")


def closed(path: Path) -> StoreUnavailableError:
    """Return the error for using a store before `open`, or after `close` or a failed commit."""
    return StoreUnavailableError(f"{path} is not open; open it (again) first")


def damaged(run_id: str, detail: object) -> DamagedError:
    """Return the error for a run whose rows can not be read."""
    return DamagedError(f"run {run_id}: {detail}")


def no_time(at: object) -> DamagedError:
    """Return the error for an event without a time."""
    return DamagedError(f"its time is {at!r}, which is no number of ms")


def changed() -> DamagedError:
    """Return the error for an event whose row is not as it was written."""
    return DamagedError("it can not be read: its row has been changed, the checksum is that of another one")


def damaged_snapshot(run_id: str, detail: object) -> DamagedSnapshotError:
    """Return the error for a snapshot that is not as it was written."""
    return DamagedSnapshotError(f"run {run_id}: its snapshot can not be read: {detail}")


def missing_blob(digest: bytes) -> DamagedError:
    """Return the error for a body that lies in `blobs`, and does not."""
    return DamagedError(f"its body, the blob {digest.hex()}, is not there")


def wrong_blob(digest: bytes) -> DamagedError:
    """Return the error for a blob that is not what its hash says."""
    return DamagedError(f"its body, the blob {digest.hex()}, has been changed")


def placed(error: PodiumErrorT, *, run_id: str, seq: int) -> PodiumErrorT:
    """Return the same error with the row that it is about."""
    return type(error)(f"run {run_id}, event {seq}: {error}")


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
