"""The one place that catches everything: here an author's code ends as a value, whatever it raised."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Raised:
    """What an author's code raised. A cancellation is none of these: it goes through."""

    error: Exception


async def caught(code: Awaitable[T]) -> T | Raised:
    """Await the author's code and return what it gives or raises."""
    try:
        return await code
    except Exception as error:
        return Raised(error)


def caught_now(code: Callable[[], T]) -> T | Raised:
    """Call the author's code and return what it gives or raises."""
    try:
        return code()
    except Exception as error:
        return Raised(error)
