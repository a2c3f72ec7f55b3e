"""What tells two object graphs apart."""

from __future__ import annotations

import hashlib
from random import Random
from typing import Any

_ATOMS = (str, int, float, bool, bytes, type(None))


def fingerprint(value: object) -> str:
    """Return a hash of all that can be reached from `value`; dice count, where they stand decides what comes next."""
    return hashlib.sha256(repr(_plain(value, {})).encode()).hexdigest()


def _plain(value: Any, seen: dict[int, int]) -> object:
    """Return nested tuples for a value; an object met again is named by its number, so that cycles end."""
    if isinstance(value, _ATOMS):
        return value
    if isinstance(value, list | tuple):
        return ("list", *(_plain(item, seen) for item in value))
    if isinstance(value, dict):
        return ("dict", *((str(key), _plain(item, seen)) for key, item in value.items()))
    if isinstance(value, set | frozenset):
        return ("set", *sorted(repr(_plain(item, seen)) for item in value))
    if isinstance(value, Random):
        return hash(value.getstate())
    if not hasattr(value, "__dict__"):
        return repr(value)
    if id(value) in seen:
        return ("seen", seen[id(value)])
    seen[id(value)] = len(seen)
    return (type(value).__name__, _plain(vars(value), seen))
