"""A worker that another process has started ends when that one does, whatever way it ends.

Its standard input is a pipe whose other end only the supervisor holds: the operating system closes it for the dead.
"""

import os
import signal
import sys
import time
from threading import Thread

MARGIN_S = 20
"""How much longer than its grace a worker that was left alone may take to stop."""

_STDIN, _STDOUT, _STDERR = 0, 1, 2


def hold(*, grace_s: float) -> None:
    """Ask this process to stop, as SIGTERM does, once its standard input ends; kill it when that takes too long.

    Where it is stopping already, this is the second signal, which kills.
    """
    Thread(target=_follow, args=(grace_s + MARGIN_S,), name="podium-leash", daemon=True).start()


def _follow(limit_s: float) -> None:
    while os.read(_STDIN, 1024):
        pass
    nowhere = os.open(os.devnull, os.O_WRONLY)  # who read what it says is gone, and that must not keep it from stopping
    for stream in (_STDOUT, _STDERR):
        os.dup2(nowhere, stream)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(limit_s)
    os.kill(os.getpid(), signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
