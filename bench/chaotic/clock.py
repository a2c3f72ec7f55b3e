"""A wall clock that can be made to jump, for all processes of a test at once; the machine's own is left alone."""

from __future__ import annotations

import mmap
import struct
from typing import TYPE_CHECKING

from podium.engine.clock import SystemClock

if TYPE_CHECKING:
    from pathlib import Path

_FORMAT = "<q"
_BYTES = struct.calcsize(_FORMAT)


class JumpingClock(SystemClock):
    """The machine's clock, ahead by what a file says at the moment.

    Args:
        path: The file; made when it is missing.
    """

    def __init__(self, path: Path) -> None:
        with path.open("ab") as file:
            if file.tell() < _BYTES:
                file.write(bytes(_BYTES))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _BYTES)

    def now_ms(self) -> int:
        """Return the machine's wall time and what it is ahead by."""
        ahead: int = struct.unpack(_FORMAT, self._map)[0]
        return super().now_ms() + ahead

    def jump(self, *, ahead_ms: int) -> None:
        """Be ahead of the machine by so much from now on, in every process."""
        self._map[:] = struct.pack(_FORMAT, ahead_ms)
