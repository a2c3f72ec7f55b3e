"""Texts as terms: what the lexical half of a ranking counts.

Names are split at case and at punctuation, words that say nothing of a task are left out, and an English plural counts
as its singular. Hangul, Han and Kana, which may be written without spaces, count as pairs of characters.
"""

import re
from collections.abc import Iterator
from typing import Final

_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD: Final = re.compile(r"[^\W_]+")
_EAST_ASIAN: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SAY_NOTHING: Final = frozenset(
    """
    a about an and any are as at be been but by can could did do does for from get had has have he her his how
    i if in into is it its know like me my need no not of on or our out please she should so some tell that
    the their them there they this to up us want was we were what when where which who why will with would you
    your
    """.split()  # noqa: SIM905  # a list of words reads as words
)
_SHORTEST_PLURAL: Final = 4


def terms(text: str) -> list[str]:
    """Return the terms of a text, in order, as often as they occur."""
    split = _CAMEL.sub(" ", text).lower()
    return [term for word in _WORD.findall(split) if word not in _SAY_NOTHING for term in _of(word)]


def words_of(name: str) -> str:
    """Return a name as words: `getUserName`, `get_user_name` and `user.getName` in plain writing."""
    return " ".join(_WORD.findall(_CAMEL.sub(" ", name)))


def _of(word: str) -> Iterator[str]:
    if not word.isascii() and _EAST_ASIAN.search(word):
        yield from (word[at : at + 2] for at in range(max(1, len(word) - 1)))
    else:
        yield _singular(word)


def _singular(word: str) -> str:
    if len(word) < _SHORTEST_PLURAL or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word[:-1]
