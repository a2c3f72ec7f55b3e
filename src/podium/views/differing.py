"""Where two JSON values differ, as JSON Pointers: the innermost places, as far as there is room to name them.

A place is taken apart into the places inside it that differ, outer ones first, for as long as the list stays within
its bound; then it is told as a whole. So whatever is not told of is the same, however large the values are.
"""

import json
from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic_core import from_json

from podium.views.compare import Difference
from podium.views.view import value

DIFFERENCES_MAX = 200
_CHARS_MAX = 4_000


class _Nothing:
    """On the side where there is no such place."""


_NOTHING = _Nothing()


class _Place(NamedTuple):
    pointer: str
    left: Any
    right: Any


def differences(left: str | None, right: str | None) -> tuple[Difference, ...]:
    """Return where two JSON texts differ, outer places first.

    Args:
        left: A JSON text; None where there is none. One that is no JSON counts as a string.
        right: The same of the other side.
    """
    first = _Place("", _read(left), _read(right))
    if _same(first):
        return ()
    found: list[_Place] = []
    coming = deque([first])
    while coming:
        place = coming.popleft()
        inside = _inside(place, room=DIFFERENCES_MAX - len(found) - len(coming))
        if inside is None:
            found.append(place)
        else:
            coming.extend(inside)
    return tuple(Difference(pointer=at, left=_shown(mine), right=_shown(other)) for at, mine, other in found)


def _inside(place: _Place, *, room: int) -> list[_Place] | None:
    """Return the places inside one that differ; None where it is to be told as a whole."""
    found: list[_Place] = []
    pairs = _pairs(place.left, place.right)
    if pairs is None:
        return None
    for name, left, right in pairs:
        inner = _Place(f"{place.pointer}/{_escaped(name)}", left, right)
        if _same(inner):
            continue
        found.append(inner)
        if len(found) > room:
            return None
    return found


def _pairs(left: Any, right: Any) -> Iterator[tuple[str, Any, Any]] | None:
    if isinstance(left, dict) and isinstance(right, dict):
        names = dict.fromkeys([*left, *right])
        return ((name, left.get(name, _NOTHING), right.get(name, _NOTHING)) for name in names)
    if isinstance(left, list) and isinstance(right, list):
        return ((str(at), _item(left, at), _item(right, at)) for at in range(max(len(left), len(right))))
    return None


def _item(items: list[Any], at: int) -> Any:
    return items[at] if at < len(items) else _NOTHING


def _same(place: _Place) -> bool:
    """Claim that both sides are the same JSON: 1 is not 1.0 and not true, the order of names counts for nothing."""
    if place.left is _NOTHING or place.right is _NOTHING:
        return place.left is place.right
    return _sorted(place.left) == _sorted(place.right)


def _sorted(plain: Any) -> str:
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _shown(plain: Any) -> Any:
    return None if plain is _NOTHING else value(_written(plain), chars_max=_CHARS_MAX)


def _written(plain: Any) -> str:
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def _read(text: str | None) -> Any:
    if text is None:
        return _NOTHING
    try:
        return from_json(text)
    except ValueError:
        return text


def _escaped(name: str) -> str:
    """Return a name as it stands in a JSON Pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
