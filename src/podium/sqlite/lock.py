"""A file that is locked while its process lives: the operating system lets go of it, whatever way the process ends.

The lock belongs to the open file, which is not inherited by programs that are started (they are spawned, not forked).
"""

import os
import sys
from contextlib import suppress
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


NOTE_BYTES = 512
"""A sector: no part of it is written without the others."""


class FileLock:
    """A lock that this process holds until `release`, or until it ends."""

    def __init__(self, path: Path) -> None:
        """Make the file and lock it.

        Raises:
            OSError: The file can not be made, or somebody else holds the lock.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _lock(self._descriptor)
        except OSError:
            os.close(self._descriptor)
            raise
        self.note("")

    def note(self, text: str) -> None:
        """Put a text into the file, in place: a disk that is full takes it too. What does not fit is cut off."""
        line = text.encode()[:NOTE_BYTES].ljust(NOTE_BYTES)
        with suppress(OSError):  # it is for people only
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            os.write(self._descriptor, line)

    def release(self) -> None:
        """Let go and remove the file; a second time does nothing."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor == -1:
            return
        os.close(descriptor)
        self.path.unlink(missing_ok=True)


def noted(path: Path) -> str:
    """Return what the holder of the lock has noted; "" where it has nothing to say, or is no more."""
    try:
        return path.read_bytes().decode("utf-8", "replace").strip()
    except OSError:
        return ""


def is_free(path: Path) -> bool:
    """Claims that nobody holds the lock; a file that is not there is held by nobody."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return True
    try:
        _lock(descriptor)
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(descriptor)
