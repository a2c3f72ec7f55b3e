"""Which passages speak of a topic: BM25 over their words, nothing learnt and nothing drawn by chance.

Source: Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Final

_SATURATION: Final = 1.5
_LENGTH_WEIGHT: Final = 0.75
_STOP: Final = frozenset({
    "a", "about", "after", "all", "an", "and", "any", "are", "as", "at", "be", "before", "but", "by", "can",
    "did", "do", "does", "for", "from", "had", "has", "have", "how", "i", "if", "in", "into", "is", "it", "its",
    "itself", "may", "more", "most", "no", "not", "of", "on", "one", "only", "or", "other", "our", "out",
    "over", "so", "some", "such", "than", "that", "the", "their", "them", "then", "there", "these", "they",
    "this", "those", "to", "up", "us", "was", "we", "were", "what", "when", "where", "which", "while", "who",
    "whom", "whose", "why", "will", "with", "would", "you", "your",
})  # fmt: skip
_WORD: Final = re.compile(r"[a-z0-9][a-z0-9_]*")
_ENDINGS: Final = ("ing", "ies", "ied", "ed", "es", "ly", "s")
_LETTERS_MIN: Final = 4
"""A stem keeps at least so many letters; shorter words are left as they are."""


def stems(text: str) -> list[str]:
    """Return the words of a text that say something, cut down so that forms of one word meet."""
    return [_stem(word) for word in _WORD.findall(text.casefold()) if word not in _STOP]


def topic_words(topic: str) -> dict[str, str]:
    """Return the stems of a topic, each once and in order, with the word that each was first cut from."""
    words = [word for word in _WORD.findall(topic.casefold()) if word not in _STOP]
    return dict(reversed({_stem(word): word for word in reversed(words)}.items()))


def rank(topic: Collection[str], texts: Iterable[str]) -> list[tuple[int, float]]:
    """Return the indexes of texts that share a stem with the topic and their scores, the best first.

    A score is weighed with the share of the topic that a text touches: for a topic of several words, a text that
    repeats a rare one of them says less than one that brings them together.

    Args:
        topic: Stems.
        texts: What to rank; equal scores keep their order.
    """
    counts = [Counter(stems(text)) for text in texts]
    lengths = [counted.total() for counted in counts]
    mean = sum(lengths) / len(lengths) if lengths else 0.0
    rarity = {stem: _rarity(sum(stem in counted for counted in counts), len(counts)) for stem in topic}
    scores = [
        sum(rarity[stem] * _weight(counted[stem], length, mean) for stem in topic) * _share(topic, counted)
        for counted, length in zip(counts, lengths, strict=True)
    ]
    order = sorted(range(len(scores)), key=lambda index: (-scores[index], index))
    return [(index, round(scores[index], 6)) for index in order if scores[index] > 0]


def _rarity(holding: int, count: int) -> float:
    return math.log(1 + (count - holding + 0.5) / (holding + 0.5))


def _weight(times: int, length: int, mean: float) -> float:
    if not times:
        return 0.0
    norm = 1 - _LENGTH_WEIGHT + _LENGTH_WEIGHT * length / mean
    return times * (_SATURATION + 1) / (times + _SATURATION * norm)


def _share(topic: Collection[str], counted: Counter[str]) -> float:
    return sum(stem in counted for stem in topic) / len(topic)


def _stem(word: str) -> str:
    """Cut an ending off: `writes`, `writing` and `write` meet in `writ`, which is no word and need not be one."""
    if not word.endswith("ss"):
        ending = next((end for end in _ENDINGS if word.endswith(end) and len(word) - len(end) >= _LETTERS_MIN), "")
        word = word.removesuffix(ending)
    if len(word) > _LETTERS_MIN and word[-1] in "ey":
        return word[:-1]
    return word[:-1] if len(word) > _LETTERS_MIN and word[-1] == word[-2] != "s" else word
