"""Which recorded request comes nearest to one that is not on record, and how they differ."""

from collections.abc import Mapping
from difflib import SequenceMatcher, unified_diff
from typing import Any

from podium.testing.models.canonical import as_text

_LINES_MAX = 60
_AROUND = 2


def nearest_of(request: Mapping[str, Any], recorded: Mapping[str, Any]) -> tuple[str, str]:
    """Return the name of the most similar recording and a unified diff from it to `request`; "" and "" for none.

    Args:
        request: In canonical form.
        recorded: Such requests, by name.
    """
    wanted = as_text(request).splitlines()
    texts = {name: as_text(other).splitlines() for name, other in recorded.items()}
    if not texts:
        return "", ""
    name = max(texts, key=lambda name: _likeness(texts[name], wanted))
    lines = list(unified_diff(texts[name], wanted, name, "this request", lineterm="", n=_AROUND))
    more = [f"… {len(lines) - _LINES_MAX} lines more"] if len(lines) > _LINES_MAX else []
    return name, "\n".join(lines[:_LINES_MAX] + more)


def _likeness(one: list[str], other: list[str]) -> float:
    """Return how much of two texts is the same, by lines."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
