r"""Whether two requests are the same one: a hash over method, path, query and body.

A JSON body is compared by what it says, not by how it is written. The rules, version 1:

- Members of an object are sorted by name; white space between tokens does not count.
- Numbers are compared by exact decimal value: `1`, `1.0`, `10e-1` and `1E0` are one number, and so are `0` and `-0`.
  Nothing is rounded: `0.1` and `0.10000000000000000001` differ.
- Strings are compared after their escapes are read, code point by code point: `"\u00e9"` is `"é"`. There is no Unicode
  normalisation.
- Arrays keep their order; a member that is `null` differs from one that is missing; `true` differs from `1`.
- Members that are declared volatile are left out, wherever their JSON Pointer (RFC 6901) leads.

A body that is no JSON by its Content-Type or its text, names a member twice, is not UTF-8, or is nested more than 100
levels deep is compared byte by byte.
"""

import hashlib
import json
import re
from collections.abc import Collection
from typing import Any, Final

VERSION: Final = 1
"""Part of each fingerprint. New rules get a new one: fingerprints of different versions are never equal."""

_DEPTH_MAX: Final = 100
"""Far below where Python gives up, which depends on who calls."""
_JSON: Final = re.compile(rb"application/(?:[\w.+-]+\+)?json\s*(?:;|$)", re.IGNORECASE)
_NUMBER: Final = re.compile(r"(?P<sign>-?)(?P<whole>\d+)(?:\.(?P<part>\d+))?(?:[eE](?P<exponent>[+-]?\d+))?")


class _Number(str):
    """A number's canonical text, told apart from a string."""

    __slots__ = ()


def fingerprint(
    method: str, target: str, body: bytes, *, content_type: bytes = b"application/json", volatile: Collection[str] = ()
) -> str:
    """Return the fingerprint of a request, as `1:<sha256 in hex>`.

    Args:
        method: In upper case.
        target: Path and query, as sent.
        body: All of it.
        content_type: Decides whether the body is JSON.
        volatile: JSON Pointers of members that may differ between two tries, as `/sent_at`.
    """
    said = canonical_json(body, volatile=volatile) if _JSON.match(content_type) else None
    kind, text = ("json", said) if said is not None else ("bytes", json.dumps(hashlib.sha256(body).hexdigest()))
    whole = f"[{VERSION},{json.dumps(method)},{json.dumps(target)},{json.dumps(kind)},{text}]"
    return f"{VERSION}:{hashlib.sha256(whole.encode()).hexdigest()}"


def canonical_json(body: bytes, *, volatile: Collection[str] = ()) -> str | None:
    """Return the one text of all JSON texts that say the same; None where the body can only be compared as bytes."""
    try:
        value = json.loads(
            body.decode(),
            parse_int=_number,
            parse_float=_number,
            parse_constant=_refuse,
            object_pairs_hook=_members,
        )
        for pointer in volatile:
            _remove(value, [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]])
        return _write(value)
    except (ValueError, RecursionError):  # also what is not UTF-8, and an exponent longer than int() reads
        return None


def _number(literal: str) -> _Number:
    """Return a number as digits without outer zeros, and a power of ten."""
    found = _NUMBER.fullmatch(literal)
    assert found is not None, literal
    part = found["part"] or ""
    digits = (found["whole"] + part).lstrip("0")
    exponent = int(found["exponent"] or 0) - len(part)
    significant = digits.rstrip("0")
    if not significant:
        return _Number("0")
    return _Number(f"{found['sign']}{significant}e{exponent + len(digits) - len(significant)}")


def _refuse(constant: str) -> None:
    raise ValueError(constant)  # NaN and Infinity are no JSON


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a name twice")  # noqa: TRY003  # caught above: readers differ in which one counts
    return members


def _remove(value: Any, parts: list[str]) -> None:
    """Leave out what a pointer leads to, if it is there."""
    for part in parts[:-1]:
        if isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict) and part in value:
            value = value[part]
        else:
            return
    if parts and isinstance(value, dict):
        value.pop(parts[-1], None)


def _write(value: Any, *, depth: int = 0) -> str:
    if depth > _DEPTH_MAX:
        raise ValueError(depth)
    match value:
        case dict():
            members = (f"{json.dumps(name)}:{_write(value[name], depth=depth + 1)}" for name in sorted(value))
            return "{" + ",".join(members) + "}"
        case list():
            return "[" + ",".join(_write(item, depth=depth + 1) for item in value) + "]"
        case _Number():
            return value
        case _:
            return json.dumps(value)
