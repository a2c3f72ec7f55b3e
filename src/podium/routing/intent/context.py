"""What was said before, where a sentence needs it: mixed in as features, never as text.

Text put together would make the old words as loud as the new ones, and a long old turn louder.
"""

from __future__ import annotations

import numpy as np

from podium.routing.intent.features import Floats
from podium.routing.intent.lexicon import BUCKETS, Row
from podium.routing.intent.script import words
from podium.routing.intent.types import Turn

_WEIGHT = np.float32(0.3)
SHORT_WORDS_MAX = 3
_POINTING_WORDS_MAX = 8
_ENGLISH = """
it its that this these those they them there then he she him her one ones same again too also instead another
"""
_KOREAN = "그거 그것 그건 그걸 이거 이것 이건 이걸 저거 거기 그때 그럼 그러면 다시 또"
_JAPANESE = "それ これ あれ そこ また"
_POINTING = frozenset(f"{_ENGLISH} {_KOREAN} {_JAPANESE}".split())


def needs_context(text: str, turn: Turn | None) -> bool:
    """Claim that a readable sentence can not be understood alone, and that there is something before it."""
    if turn is None or not (turn.previous or turn.route):
        return False
    said = words(text)
    if len(said) <= SHORT_WORDS_MAX:
        return True
    return len(said) <= _POINTING_WORDS_MAX and not _POINTING.isdisjoint(said)


def mixed(now: tuple[Floats, Row], before: list[tuple[Floats, Row]]) -> tuple[Floats, Row]:
    """Return a point of length 1: `now`, and a share of each of `before`."""
    dense, lexical = now[0].copy(), _spread(now[1])
    for point in before:
        dense += _WEIGHT * point[0]
        lexical += _WEIGHT * _spread(point[1])
    length = float(np.sqrt(dense @ dense + lexical @ lexical))
    if not length:
        return now
    at = lexical.nonzero()[0]
    return dense / np.float32(length), (at, lexical[at] / np.float32(length))


def _spread(row: Row) -> Floats:
    spread = np.zeros(BUCKETS, np.float32)
    spread[row[0]] = row[1]
    return spread
