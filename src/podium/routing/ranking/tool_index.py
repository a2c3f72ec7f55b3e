"""The tools of a ranking: put in, taken out, learned about, and ranked for a sentence, at any time, from any thread."""

import threading
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from podium.routing.embedding.embedder import Embedder
from podium.routing.ranking.asking import Asked
from podium.routing.ranking.card import Ranked, ToolCard
from podium.routing.ranking.dense import SKETCHED_FROM, DenseIndex
from podium.routing.ranking.document import document
from podium.routing.ranking.duplicates import alike
from podium.routing.ranking.lexical import LexicalIndex, weights
from podium.routing.ranking.offer import Scored, best, offer
from podium.routing.ranking.record import Outcome, TrackRecord
from podium.routing.ranking.terms import terms
from podium.routing.ranking.usage import Usage

MEANING_SHARE: Final = 0.6
"""Of a score, with the static embedder."""
MEANING_SHARE_MINILM: Final = 0.7

_LOOKED_AT: Final = 512


@dataclass(frozen=True, slots=True)
class _Tool:
    """A tool where it is: its card, what its description means, and what it was used for."""

    slot: int
    card: ToolCard
    described: NDArray[np.float32]
    usage: Usage


class ToolIndex:
    """Tools, ranked by how their words and their meaning fit a sentence, and by how they did before.

    Args:
        embedder: Makes the vectors.
        meaning_share: What the vectors count against the words, 0 to 1: 0.6 suits the static embedder, 0.7 MiniLM.
    """

    def __init__(self, embedder: Embedder, *, meaning_share: float = MEANING_SHARE) -> None:
        self.embedder = embedder
        self._meaning_share = np.float32(meaning_share)
        self._tools: dict[str, _Tool] = {}
        self._cards: list[ToolCard | None] = []
        self._free: list[int] = []
        self._pinned: dict[int, ToolCard] = {}
        self._words = LexicalIndex()
        self._meaning = DenseIndex(embedder.dim)
        self._record = TrackRecord()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._tools)

    def __contains__(self, name: str) -> bool:
        return name in self._tools

    def add(self, *cards: ToolCard) -> None:
        """Put tools in. One whose name is there takes its place, and keeps what was learned."""
        vectors = self.embedder.embed([card.meaning for card in cards])
        with self._lock:
            for card, vector in zip(cards, vectors, strict=True):
                before = self._take_out(card.name)
                self._put_in(card, vector, before.usage if before else Usage())

    def remove(self, name: str) -> None:
        """Take a tool out, and forget what was learned of it; nothing happens if it is not there."""
        with self._lock:
            self._take_out(name)
            self._record.forget(name)

    def learn(self, name: str, query: str) -> None:
        """Learn that a tool answered a query well; nothing is learned of a tool that is not there."""
        (vector,) = self.embedder.embed([query])
        with self._lock:
            if tool := self._tools.get(name):
                self._used(tool, tool.usage.and_one(query, vector))

    def count(self, name: str, outcome: Outcome, *, step: str) -> None:
        """Count how a call at a step ended; nothing is counted of a tool that is not there."""
        with self._lock:
            if name in self._tools:
                self._record.count(name, step, outcome)

    def rank(self, asked: Asked) -> tuple[Ranked, ...]:
        """Return the tools to offer, best first; pinned ones that did not make it stand at the end, with score 0."""
        (vector,) = self.embedder.embed([asked.query])
        query = terms(asked.query)
        with self._lock:
            return offer(asked, self._scored(query, vector), self._record)

    def near_duplicates(self, *, likeness: float = 0.95) -> tuple[tuple[str, str, float], ...]:
        """Return pairs of tools whose meaning is so like that a ranking can hardly tell them apart, the likest first.

        All are compared with all: the time grows with the square of their number.
        """
        with self._lock:
            tools = list(self._tools.values())
            found = alike(np.array([tool.described for tool in tools], np.float32), likeness) if tools else ()
        pairs = sorted(found, key=lambda pair: -pair[2])
        return tuple((tools[first].card.name, tools[second].card.name, score) for first, second, score in pairs)

    def _put_in(self, card: ToolCard, described: NDArray[np.float32], usage: Usage) -> None:
        slot = self._free.pop() if self._free else len(self._cards)
        self._cards[slot : slot + 1] = [card]
        if card.pinned:
            self._pinned[slot] = card
        self._tools[card.name] = _Tool(slot, card, described, usage)
        self._words.add(slot, weights(document(card, usage)))
        self._meaning.put(slot, usage.mixed(described))

    def _take_out(self, name: str) -> _Tool | None:
        tool = self._tools.pop(name, None)
        if tool is not None:
            self._words.remove(tool.slot, weights(document(tool.card, tool.usage)))
            self._meaning.put(tool.slot, np.zeros_like(tool.described))
            self._cards[tool.slot] = None
            self._pinned.pop(tool.slot, None)
            self._free.append(tool.slot)
        return tool

    def _used(self, tool: _Tool, usage: Usage) -> None:
        before, after = (weights(document(tool.card, each)) for each in (tool.usage, usage))
        self._words.change(tool.slot, before, after)
        self._meaning.put(tool.slot, usage.mixed(tool.described))
        self._tools[tool.card.name] = _Tool(tool.slot, tool.card, tool.described, usage)

    def _scored(self, query: list[str], vector: NDArray[np.float32]) -> Scored:
        many = len(self._cards)
        words = self._words.scores(query, slots=many)
        slots = np.arange(many)
        if many > SKETCHED_FROM:
            sketched = self._meaning.sketched(vector, slots=many)
            slots = np.union1d(best(words, _LOOKED_AT), best(sketched, _LOOKED_AT))
            words, meaning = words[slots], self._meaning.likeness(vector, slots)
        else:
            meaning = self._meaning.likeness_of_all(vector, slots=many)
        words, meaning = _topped(words), _topped(meaning)
        share = self._meaning_share if words.any() and meaning.any() else np.float32(meaning.any())
        scores = (1 - share) * words + share * meaning
        return Scored(self._cards, slots, words, meaning, scores, tuple(self._pinned.values()))


def _topped(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return scores as shares of the highest; all 0 where that is 0."""
    top = scores.max(initial=0)
    return scores / top if top > 0 else scores
