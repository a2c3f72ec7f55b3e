"""Reads the header Idempotency-Key: a structured string as in the IETF draft, or the bare text that most clients send.

Source: RFC 9651 §3.3.3 (strings); draft-ietf-httpapi-idempotency-key-header.
"""

import re
from collections.abc import Sequence
from typing import Final

LENGTH_MAX: Final = 255
_QUOTED: Final = re.compile(rb'"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_BARE: Final = re.compile(rb"[\x21\x23-\x7e][\x21-\x7e]*")


class BadKeyError(Exception):
    """The header is missing, or is no key; the message says what is wanted."""

    def __init__(self, count: int) -> None:
        wanted = f"one Idempotency-Key of 1 to {LENGTH_MAX} visible ASCII characters, bare or as a structured string"
        super().__init__(f"send {wanted}" + (f"; {count} came" if count > 1 else ""))


def parse_key(values: Sequence[bytes]) -> str:
    """Return the key of a request; `"k"` and `k` are the same one.

    Args:
        values: Each Idempotency-Key header of the request.

    Raises:
        BadKeyError: There is none, or more than one, or it is no key.
    """
    if len(values) != 1:
        raise BadKeyError(len(values))
    value = values[0].strip(b" \t")
    quoted = _QUOTED.fullmatch(value)
    key = re.sub(rb"\\(.)", rb"\1", quoted[1]) if quoted else value
    if not (quoted or _BARE.fullmatch(value)) or not 0 < len(key) <= LENGTH_MAX:
        raise BadKeyError(1)
    return key.decode("ascii")
