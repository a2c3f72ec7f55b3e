"""A process that lives as long as the tool server lets it: forked with everything imported, killed with SIGKILL."""

from __future__ import annotations

import json
import os
import signal
import socket
import traceback
from typing import TYPE_CHECKING

from bench.worlds.client import Client
from bench.worlds.server import Killed

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.worlds.server import Message, Server

SECONDS_MAX = 60
"""A process that lives longer is ended; it waits for something that does not come."""


def live(server: Server, living: Callable[[Client], Message]) -> Message | None:
    """Fork a process that does `living`, and serve it until it ends.

    Call it from a process with one thread: a fork copies no other.

    Returns:
        What `living` returned; None when the process was killed at the server's order.

    Raises:
        ChildProcessError: It ended without having said how.
    """
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        signal.alarm(SECONDS_MAX)
        ours.close()
        _be(living, theirs)
    theirs.close()
    told: Message | None = None
    was_killed = False
    with ours, ours.makefile("rwb") as pipe:
        for line in pipe:
            request = json.loads(line)
            if request["do"] == "end":
                told = request
                continue
            try:
                pipe.write(json.dumps(server.answer(request)).encode() + b"\n")
                pipe.flush()
            except Killed:
                os.kill(pid, signal.SIGKILL)
                was_killed = True
    _, status = os.waitpid(pid, 0)
    if was_killed != (os.waitstatus_to_exitcode(status) == -signal.SIGKILL) or (told is None) != was_killed:
        message = f"{server.name}: process ended with {os.waitstatus_to_exitcode(status)}, told {told}"
        raise ChildProcessError(message)
    return told


def _be(living: Callable[[Client], Message], theirs: socket.socket) -> None:
    """Be the new process, and end without the manners of the old one (its buffers, its atexit)."""
    code = 1
    try:
        client = Client(theirs)
        client.tell({"do": "end", **living(client)})
        code = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(code)
