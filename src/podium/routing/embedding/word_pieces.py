"""Texts cut into word pieces as BERT's uncased models cut them, in Python alone.

The rules are those of the models the vectors come from: control characters go, Han characters stand alone, accents and
case are dropped, punctuation stands alone, and each word is cut greedily into the longest pieces of the vocabulary.
"""

import string
import unicodedata
from collections.abc import Sequence

UNKNOWN = "[UNK]"
LETTERS_MAX = 100
"""A longer word is unknown as a whole."""

_CONTINUES = "##"
_WORDS_KEPT = 50_000
_SPACES = frozenset("\t\n\r")
_GONE = frozenset("\0\ufffd")
_GONE_CATEGORIES = frozenset({"Cc", "Cf", "Co", "Mn"})
_HAN = (
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B920, 0x2CEAF),
    (0x2F800, 0x2FA1F),
)


class WordPieces:
    """A vocabulary, and the cutting of texts into it.

    Words met before are remembered, up to a bound; any thread may call.

    Args:
        vocabulary: The pieces; the place of each is its number. One that continues a word begins with `##`.
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self.unknown = vocabulary.index(UNKNOWN)
        self._heads = {piece: number for number, piece in enumerate(vocabulary)}
        self._tails = {piece[2:]: at for piece, at in self._heads.items() if piece.startswith(_CONTINUES)}
        self._known: dict[str, tuple[int, ...]] = {}

    def numbers(self, text: str) -> list[int]:
        """Return the numbers of a text's pieces, in order; `unknown` for a word that has none."""
        return [number for word in words(text) for number in self._known.get(word) or self._cut_once(word)]

    def _cut_once(self, word: str) -> tuple[int, ...]:
        found = self._cut(word)
        if len(self._known) < _WORDS_KEPT:
            self._known[word] = found
        return found

    def _cut(self, word: str) -> tuple[int, ...]:
        if len(word) > LETTERS_MAX:
            return (self.unknown,)
        found: list[int] = []
        begin, pieces = 0, self._heads
        while begin < len(word):
            end = _longest(word, begin, pieces)
            if end == begin:
                return (self.unknown,)
            found.append(pieces[word[begin:end]])
            begin, pieces = end, self._tails
        return tuple(found)


def words(text: str) -> list[str]:
    """Return a text's words and punctuation marks, without accents and case."""
    return unicodedata.normalize("NFD", text).translate(_FOLD).split()


def _longest(word: str, begin: int, pieces: dict[str, int]) -> int:
    return next((end for end in range(len(word), begin, -1) if word[begin:end] in pieces), begin)


class _Fold(dict[int, str]):
    """What becomes of each character, worked out when it is first met; as large as the characters in use."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _folded(chr(code))
        return folded


def _folded(character: str) -> str:
    if character in _GONE or (character not in _SPACES and unicodedata.category(character) in _GONE_CATEGORIES):
        return ""
    if _stands_alone(character):
        return f" {character} "
    return character.lower()


def _stands_alone(character: str) -> bool:
    if character.isascii():
        return character in string.punctuation
    return unicodedata.category(character)[0] == "P" or any(low <= ord(character) <= high for low, high in _HAN)


_FOLD = _Fold()
