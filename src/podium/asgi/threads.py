"""Threads for a store: a commit waits for the disk, and the event loop does not wait with it.

There are several, because what they ask of the store at the same time is one commit.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")


_THREADS: Final = 32


class StoreThreads:
    """Do what they are given. They start when they are needed."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="podium-idempotency")

    async def do(self, verb: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Call `verb` there. Once it has begun it is done, even if nobody waits for it any more."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, partial(verb, *args, **kwargs))
