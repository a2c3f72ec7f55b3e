"""Which secrets an engine knows: those it was told, those in its environment, and those in its resources."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pydantic import SecretBytes, SecretStr

from podium.guard.caught import Raised, caught_now
from podium.redaction import CHARS_MIN, holds_known, known, likely_in, mask_logs
from podium.secret_errors import SecretGivenError, ShortSecretError

_OBJECTS_MAX = 1_000
_DEPTH_MAX = 6
_HEADERS = frozenset({"authorization", "proxy-authorization", "x-api-key", "api-key"})


@contextmanager
def kept_secret(told: Iterable[str], resources: object) -> Iterator[None]:
    """Know the secrets of an engine while it is open."""
    mask_logs()
    with known({*told, *likely_in(os.environ), *secrets_in(resources)}):
        yield


def checked(values: Iterable[str]) -> list[str]:
    """Return values that are to be redacted; raise ShortSecretError."""
    found = list(values)
    for value in found:
        if len(value) < CHARS_MIN:
            message = f"a secret of {len(value)} characters can not be told from other text: at least {CHARS_MIN}"
            raise ShortSecretError(message)
    return found


def refuse_secrets(place: str, texts: Iterable[Any]) -> None:
    """Raise SecretGivenError where one of several texts holds a known secret; what is no text holds none."""
    for text in texts:
        if isinstance(text, str) and holds_known(text):
            raise SecretGivenError(place)


def secrets_in(resources: object) -> set[str]:
    """Return what resources declare as secret: `SecretStr` in their attributes, and credentials in headers.

    Attributes of attributes are looked at too, to a depth of 6 and at most 1000 objects; no property is asked.
    """
    found: set[str] = set()
    seen: set[int] = set()
    ahead: list[tuple[object, int]] = [(resources, 0)]
    while ahead and len(seen) < _OBJECTS_MAX:
        here, depth = ahead.pop(0)
        if id(here) in seen:
            continue
        seen.add(id(here))
        secret = _secret(here)
        if secret is not None:
            found.add(secret)
        elif depth < _DEPTH_MAX:
            found |= _credentials(here)
            ahead += [(inner, depth + 1) for inner in _inside(here)]
    return found


def _secret(value: object) -> str | None:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return value.get_secret_value().decode("utf-8", "replace") if isinstance(value, SecretBytes) else None


def _credentials(value: object) -> set[str]:
    """Return credentials among headers, with their scheme and without."""
    said = [(str(name).lower(), text) for name, text in _items(value) if isinstance(text, str)]
    return {part for name, text in said if name in _HEADERS for part in (text, text.rpartition(" ")[2])}


def _items(value: object) -> list[tuple[object, object]]:
    """Return what a mapping holds; it may be one of the author's own, and fail."""
    if not isinstance(value, Mapping):
        return []
    found = caught_now(lambda: list(value.items()))
    return [] if isinstance(found, Raised) else found


def _inside(value: object) -> list[object]:
    if isinstance(value, Mapping):
        return [inner for _, inner in _items(value)]
    if isinstance(value, tuple | list | set | frozenset):
        return list(value)
    if isinstance(value, type) or type(value).__module__ == "builtins":
        return []
    slots = [name for cls in type(value).__mro__ for name in _names(cls.__dict__.get("__slots__", ()))]
    held = [object.__getattribute__(value, name) for name in slots if _is_set(value, name)]
    return [*getattr(value, "__dict__", {}).values(), *held]


def _names(slots: str | Iterable[str]) -> list[str]:
    return [slots] if isinstance(slots, str) else list(slots)


def _is_set(value: object, name: str) -> bool:
    try:
        object.__getattribute__(value, name)
    except AttributeError:
        return False
    return name not in ("__dict__", "__weakref__")
