"""Recorded texts as values, and values as texts in which every character can be seen."""

import json
import unicodedata
from typing import Any

from podium.core.codec import legible

_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Categories of characters that show nothing, break lines, or turn the direction of the text around them."""


def harmless(text: str) -> str:
    """Return `text` with its line breaks, and every other character that is not seen as its escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char if char == "\n" or unicodedata.category(char) not in _UNSEEN else _escape(char) for char in text
    )


def cut(text: str, chars_max: int) -> str:
    """Return the beginning of a text as it can be sent: a lone surrogate, which UTF-8 can not say, as its escape."""
    return legible(text[:chars_max])


def json_text(value: Any, *, indent: int | None = None) -> str:
    """Return a value as JSON in which every character can be seen."""
    return harmless(json.dumps(value, ensure_ascii=False, indent=indent, default=str))


def parsed(text: str) -> Any:
    """Return the value of a recorded JSON text; the text itself where it is damaged, or too deep to be read."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _escape(char: str) -> str:
    """Return a character as JSON escapes it: in two halves where it is beyond the first 65 536."""
    halves = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{halves[at : at + 4]}" for at in range(0, len(halves), 4))
