"""What can be read of a sentence: its text without noise, its words, and whether an embedder knows its writing."""

import re
import unicodedata
from functools import lru_cache

CHARACTERS_MAX = 2000
"""What is longer is read up to here: an intent is said early, and a decision must not cost what a page costs."""

FOREIGN_SHARE = 0.2
"""From this share of letters on, a sentence counts as written in that script."""

_WRITTEN_IN = {
    "ARABIC": {"ar", "fa", "ur"},
    "ARMENIAN": {"hy"},
    "BENGALI": {"bn"},
    "CJK": {"zh", "ja"},
    "CYRILLIC": {"ru", "uk", "bg", "sr", "mk", "be", "kk", "mn"},
    "DEVANAGARI": {"hi", "mr", "ne"},
    "GEORGIAN": {"ka"},
    "GREEK": {"el"},
    "HANGUL": {"ko"},
    "HEBREW": {"he"},
    "HIRAGANA": {"ja"},
    "KATAKANA": {"ja"},
    "TAMIL": {"ta"},
    "TELUGU": {"te"},
    "THAI": {"th"},
}
_LATIN = "LATIN"
_NO_WORDS = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
_WORD = re.compile(r"[^\W_]+|[^\w\s]|_")


def readable(text: str) -> str:
    """Return `text` clipped, in one form of Unicode, in lower case, without control characters, with single spaces."""
    clipped = text[:CHARACTERS_MAX]
    if not clipped.isascii():
        clipped = unicodedata.normalize("NFKC", clipped)[:CHARACTERS_MAX]
    if not clipped.isprintable():
        clipped = "".join(" " if unicodedata.category(each) in _NO_WORDS else each for each in clipped)
    return " ".join(clipped.lower().split())


def words(text: str) -> list[str]:
    """Return the words of a readable text; each sign is a word of its own."""
    return _WORD.findall(text)


def is_foreign(text: str, languages: frozenset[str]) -> bool:
    """Claim that a good part of `text` is in a script of which none of `languages` makes use.

    Latin script is foreign to nobody: which language it is in is not looked at.
    """
    if text.isascii():
        return False
    scripts = [_script(each) for each in text if each.isalpha()]
    others = [script for script in scripts if not _is_known(script, languages)]
    return len(others) > FOREIGN_SHARE * len(scripts)


def is_dense(word: str) -> bool:
    """Claim that a word is of a script that says in one or two signs what Latin says in a word."""
    return not word.isascii() and _script(word[0]) in {"CJK", "HANGUL", "HIRAGANA", "KATAKANA"}


def _is_known(script: str, languages: frozenset[str]) -> bool:
    return script == _LATIN or not languages.isdisjoint(_WRITTEN_IN.get(script, ()))


@lru_cache(maxsize=4096)
def _script(character: str) -> str:
    name = unicodedata.name(character, _LATIN)
    return name.split(" ", 1)[0].split("-", 1)[0]
