"""Threads of a simulation: one runs at a time, and the event loop waits for it."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from podium.guard.caught import Raised, caught_now


class SimThreads(Executor):
    """Runs functions at once."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Run it."""
        future: Future[Any] = Future()
        gave = caught_now(lambda: fn(*args, **kwargs))
        if isinstance(gave, Raised):
            future.set_exception(gave.error)
        else:
            future.set_result(gave)
        return future
