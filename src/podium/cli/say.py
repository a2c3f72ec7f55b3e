"""Saying things. Texts come from tools, models and people: what is printed of them moves no cursor and is no markup."""

import json
import shlex
import sys
import unicodedata
from typing import Any

_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Categories of characters that show nothing, break lines, or turn the direction of the text around them."""


def harmless(text: str) -> str:
    """Return `text` with its line breaks, and every other character that is not seen as its escape."""
    return "".join(
        char if char == "\n" or unicodedata.category(char) not in _UNSEEN else _escape(char) for char in text
    )


def complain(text: str, *, title: str = "error: ") -> None:
    """Print what is wrong to standard error."""
    sys.stderr.write(f"{title}{harmless(text)}\n")


def note(text: str = "") -> None:
    """Print something for people to standard error, where it does not mix with results."""
    sys.stderr.write(f"{harmless(text)}\n")


def tell(text: str = "") -> None:
    """Print something that was asked for to standard output."""
    sys.stdout.write(f"{harmless(text)}\n")


def json_text(value: Any, *, indent: int | None = None) -> str:
    """Return a value as JSON in which every character can be seen."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=str)
    return "".join(
        char if char == "\n" or unicodedata.category(char) not in _UNSEEN else _escape(char) for char in text
    )


def parsed(text: str) -> Any:
    """Return the value of a stored JSON text; the text itself where it is damaged."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def command(*words: str) -> str:
    """Return a command of ours as it can be pasted into a shell."""
    return shlex.join(["podium", *words])


def _escape(char: str) -> str:
    """Return a character as JSON escapes it: in two halves where it is beyond the first 65 536."""
    halves = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{halves[at : at + 4]}" for at in range(0, len(halves), 4))
