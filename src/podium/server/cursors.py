"""Where a page ends, as a text that means nothing to clients."""

import base64
import binascii
import json

from podium.server_errors import BadRequestError


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
    if not isinstance(found, list) or [type(one) for one in found] != list(types):
        message = "that cursor is none of this list's; take `next` of a page, or leave it out"
        raise BadRequestError(message, faults=(("query.cursor", "the `next` of a page of this list"),))
    return tuple(found)
