"""A file that is locked while its process lives: the operating system lets go of it, whatever way the process ends.

The lock belongs to the open file, which is not inherited by programs that are started (they are spawned, not forked).
"""

import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


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

    def release(self) -> None:
        """Let go and remove the file; a second time does nothing."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor == -1:
            return
        os.close(descriptor)
        self.path.unlink(missing_ok=True)


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
