"""Where a page ends, as a text that means nothing to clients."""

import base64
import binascii
import json

from podium.server_errors import BadRequestError

_INT_MAX = 2**63 - 1


def cursor_of(*place: str | int) -> str:
    """Return a place in a list as a cursor."""
    text = json.dumps(place, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).rstrip(b"=").decode()


def place_of(cursor: str, *types: type) -> tuple[str | int, ...]:
    """Return the place of a cursor that was made of values of these types; raise BadRequestError."""
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        found = None
    is_list = isinstance(found, list) and [type(one) for one in found] == list(types)
    if not is_list or not all(map(_is_storable, found)):
        message = "that cursor is none of this list's; take `next` of a page, or leave it out"
        raise BadRequestError(message, faults=(("query.cursor", "the `next` of a page of this list"),))
    return tuple(found)


def _is_storable(part: str | int) -> bool:
    """Claim that a store can look for it: whole text, or an integer of 64 bits."""
    if isinstance(part, int):
        return -_INT_MAX <= part <= _INT_MAX
    return not any("\ud800" <= letter <= "\udfff" for letter in part)
