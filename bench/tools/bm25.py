"""BM25 as in textbooks, over all words of a tool as one text: what a ranking is measured against.

Source: Robertson and Zaragoza, 2009, "The probabilistic relevance framework: BM25 and beyond"; k1 = 1.2, b = 0.75.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from podium.routing.ranking.terms import words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podium.routing.ranking.card import ToolCard

K1 = 1.2
B = 0.75
_WORD = re.compile(r"[a-z0-9]+")


class Bm25:
    """Tools, by their words alone."""

    def __init__(self, cards: Sequence[ToolCard]) -> None:
        texts = [_words(f"{words_of(card.name)} {card.description} {card.parameters}") for card in cards]
        mean = sum(map(len, texts)) / len(texts)
        self._names = [card.name for card in cards]
        self._postings: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, words in enumerate(texts):
            for word, times in Counter(words).items():
                weight = times * (K1 + 1) / (times + K1 * (1 - B + B * len(words) / mean))
                self._postings[word].append((number, weight))

    def rank(self, query: str) -> list[str]:
        """Return the ten best tools."""
        scores: defaultdict[int, float] = defaultdict(float)
        for word in set(_words(query)):
            postings = self._postings.get(word, [])
            rare = math.log(1 + (len(self._names) - len(postings) + 0.5) / (len(postings) + 0.5))
            for number, weight in postings:
                scores[number] += rare * weight
        return [self._names[number] for number in sorted(scores, key=lambda each: -scores[each])[:10]]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())
