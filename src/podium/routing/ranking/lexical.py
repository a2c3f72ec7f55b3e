"""The lexical half: BM25F over an inverted index that changes in place.

The length that a field is measured against is a constant, not the mean of the index: so a tool's weights do not hang on
the other tools, adding one touches its own terms only, and the order in which tools came makes no difference.

Source: Robertson, Zaragoza and Taylor, 2004, "Simple BM25 extension to multiple weighted fields".
"""

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

SATURATION: Final = 1.2
LENGTH_SHARE: Final = 0.75


@dataclass(frozen=True, slots=True)
class Field:
    """A part of a document.

    Attributes:
        weight: What a word in it counts.
        length: How many words are usual.
    """

    weight: float
    length: float


Document = Iterable[tuple[Field, list[str]]]
"""The terms of each field."""


def weights(document: Document) -> dict[str, float]:
    """Return what each term of a document counts, before it is known how rare the term is."""
    counted: defaultdict[str, float] = defaultdict(float)
    for field, found in document:
        long = 1 - LENGTH_SHARE + LENGTH_SHARE * len(found) / field.length
        for term, times in Counter(found).items():
            counted[term] += field.weight * times / long
    return {term: each * (SATURATION + 1) / (each + SATURATION) for term, each in counted.items()}


class _Postings:
    """The documents of one term, and its weight in each; in no order."""

    __slots__ = ("slots", "weights")

    def __init__(self) -> None:
        self.slots = array("i")
        self.weights = array("f")

    def put(self, slot: int, weight: float) -> None:
        self.slots.append(slot)
        self.weights.append(weight)

    def place(self, slot: int) -> int:
        return int(np.flatnonzero(np.frombuffer(self.slots, np.int32) == slot)[0])

    def drop(self, slot: int) -> None:
        place = self.place(slot)
        last_slot, last_weight = self.slots.pop(), self.weights.pop()
        if place < len(self.slots):
            self.slots[place], self.weights[place] = last_slot, last_weight


class LexicalIndex:
    """Documents by slot, a small number that the caller chooses."""

    def __init__(self) -> None:
        self._postings: dict[str, _Postings] = {}
        self._documents = 0

    def add(self, slot: int, document: Mapping[str, float]) -> None:
        """Add what `weights` gave for a document; the slot must be free."""
        for term, weight in document.items():
            self._postings.setdefault(term, _Postings()).put(slot, weight)
        self._documents += 1

    def remove(self, slot: int, document: Mapping[str, float]) -> None:
        """Take a document out, given as it was added."""
        for term in document:
            self._postings[term].drop(slot)
            if not self._postings[term].slots:
                del self._postings[term]
        self._documents -= 1

    def change(self, slot: int, before: Mapping[str, float], after: Mapping[str, float]) -> None:
        """Put one document in the place of another."""
        for term, weight in after.items():
            if term not in before:
                self._postings.setdefault(term, _Postings()).put(slot, weight)
            elif weight != before[term]:
                postings = self._postings[term]
                postings.weights[postings.place(slot)] = weight
        gone = {term: weight for term, weight in before.items() if term not in after}
        self.remove(slot, gone)
        self._documents += 1

    def scores(self, query: Iterable[str], *, slots: int) -> NDArray[np.float32]:
        """Return the score of each slot below `slots` for the terms of a query; 0 for a free one."""
        found = np.zeros(slots, np.float32)
        for term in dict.fromkeys(query):
            if postings := self._postings.get(term):
                many = len(postings.slots)
                rare = math.log(1 + (self._documents - many + 0.5) / (many + 0.5))
                found[np.frombuffer(postings.slots, np.int32)] += rare * np.frombuffer(postings.weights, np.float32)
        return found
