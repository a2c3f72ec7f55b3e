"""The one place that catches everything: here an author's code ends as a value, whatever it raised."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar, TypeVarTuple

from podium.redaction import mask

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


@dataclass(frozen=True, slots=True)
class Raised:
    """What an author's code raised. What ends a task or the process is none of these: it goes through."""

    error: BaseException


_GO_THROUGH = (asyncio.CancelledError, KeyboardInterrupt, SystemExit, GeneratorExit)


async def caught(code: Awaitable[T]) -> T | Raised:
    """Await the author's code and return what it gives or raises."""
    try:
        return await code
    except _GO_THROUGH:
        raise
    except BaseException as error:
        return Raised(error)


def caught_now(code: Callable[[*Ts], T], *args: *Ts) -> T | Raised:
    """Call the author's code and return what it gives or raises."""
    try:
        return code(*args)
    except _GO_THROUGH:
        raise
    except BaseException as error:
        return Raised(error)


def text_of(error: BaseException, *, form: Callable[[object], str] = str) -> str:
    """Return what an exception says, by its own code, which may fail too; secrets in it are masked.

    Args:
        error: The exception.
        form: `str` or `repr`.
    """
    said = caught_now(form, error)
    return f"<its {form.__name__}() raised {type(said.error).__name__}>" if isinstance(said, Raised) else mask(said)


def is_called_off() -> bool:
    """Claims that somebody outside cancelled the task that runs, which its own code can not."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
