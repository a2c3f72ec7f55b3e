"""Threads of a simulation, for sync steps, which wait for their calls.

Only one of them, or the event loop, is at work at a time: each hands over to the other, so that what happens is the
same each time.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from podium.guard.caught import Raised, caught_now

WAIT_S = 30.0
"""A thread that does not hand over for so long of real time is blocked by the author's own code."""


class Blocked(Exception):  # noqa: N818  # what became of a run
    """A sync step has not come to an end, or to a call, for a long time."""

    def __init__(self) -> None:
        super().__init__(f"a sync step neither ended nor called a tool for {WAIT_S:.0f} s of real time")


class SimThreads(Executor):
    """Runs functions in threads of their own. The loop stands still until each has ended, or waits for a call."""

    def __init__(self) -> None:
        self._handed_over = threading.Event()
        self._mine = threading.local()

    @property
    def is_mine(self) -> bool:
        """Claims that the caller is in one of these threads."""
        return getattr(self._mine, "runs", False)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Begin a function, and return when it has ended or waits for a call."""
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()

        def work() -> None:
            self._mine.runs = True
            gave = caught_now(lambda: fn(*args, **kwargs))
            if isinstance(gave, Raised):
                future.set_exception(gave.error)
            else:
                future.set_result(gave)
            self.hand_over()

        self._handed_over.clear()
        threading.Thread(target=work, name="simulated step", daemon=True).start()
        self.wait()
        return future

    def expect(self) -> None:
        """A thread is about to go on."""
        self._handed_over.clear()

    def wait(self) -> None:
        """Stand still until the thread that goes on has ended, or waits for a call.

        Raises:
            Blocked: It does neither.
        """
        if not self._handed_over.wait(WAIT_S):
            raise Blocked

    def hand_over(self) -> None:
        """Let the event loop go on: the thread that calls this has ended, or is about to wait for it."""
        self._handed_over.set()
