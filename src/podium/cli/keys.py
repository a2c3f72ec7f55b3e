"""Keys of a terminal, one by one, without waiting for a line to end."""

import os
import re
import select
import sys
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum


class Key(Enum):
    """What somebody pressed."""

    LEFT = "left"
    RIGHT = "right"
    HOME = "home"
    END = "end"
    SPACE = "space"
    QUIT = "q"


_SENT = {
    b"\x1b[D": Key.LEFT,
    b"\x1bOD": Key.LEFT,
    b"\x1b[C": Key.RIGHT,
    b"\x1bOC": Key.RIGHT,
    b"\x1b[H": Key.HOME,
    b"\x1bOH": Key.HOME,
    b"\x1b[1~": Key.HOME,
    b"\x1b[F": Key.END,
    b"\x1bOF": Key.END,
    b"\x1b[4~": Key.END,
    b" ": Key.SPACE,
    b"q": Key.QUIT,
    b"\x04": Key.QUIT,
}
_ONE = re.compile(rb"\x1b[\[O][0-9;]*[A-Za-z~]|[\x00-\xff]", re.DOTALL)
_BYTES_MAX = 1024


@contextmanager
def pressed_keys() -> Iterator["Keys"]:
    """Take keys from standard input as they are pressed; the terminal is as it was afterwards."""
    fd = sys.stdin.fileno()
    before = termios.tcgetattr(fd)
    try:
        tty.setcbreak(fd)
        yield Keys(fd)
    finally:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)


class Keys:
    """Keys as they come from a file descriptor."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def wait(self, seconds: float | None) -> list[Key] | None:
        """Return the keys that were pressed, once there are any or the time is up; None where no more will come."""
        ready, _, _ = select.select([self._fd], [], [], seconds)
        if not ready:
            return []
        sent = os.read(self._fd, _BYTES_MAX)
        return keys_of(sent) if sent else None


def keys_of(sent: bytes) -> list[Key]:
    """Return the keys that a terminal's bytes stand for; what is none of ours is left out."""
    return [_SENT[one] for one in _ONE.findall(sent) if one in _SENT]
