"""What tells two object graphs apart."""

from __future__ import annotations

import hashlib
from random import Random
from typing import Any


def fingerprint(value: object) -> str:
    """Return a hash of all that can be reached from `value`; dice count, where they stand decides what comes next."""
    return hashlib.sha256(repr(_plain(value, {})).encode()).hexdigest()


def _plain(value: Any, seen: dict[int, int]) -> object:
    """Return nested tuples for a value; an object met again is named by its number, so that cycles end."""
    match value:
        case list() | tuple():
            plain: object = ("list", *(_plain(item, seen) for item in value))
        case dict():
            plain = ("dict", *((str(key), _plain(item, seen)) for key, item in value.items()))
        case set() | frozenset():
            plain = ("set", *sorted(repr(_plain(item, seen)) for item in value))
        case Random():
            plain = value.getstate()
        case _ if not hasattr(value, "__dict__"):
            plain = repr(value)
        case _ if id(value) in seen:
            plain = ("seen", seen[id(value)])
        case _:
            seen[id(value)] = len(seen)
            plain = (type(value).__name__, _plain(vars(value), seen))
    return plain
