"""From scores to the tools that are offered: who is admitted, what their past is worth, where the cut falls."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from podium.routing.ranking.asking import Asked, Cut
from podium.routing.ranking.card import Ranked, ToolCard
from podium.routing.ranking.record import TrackRecord

NEAR_TIE: Final = 0.05
"""Tools whose scores differ by less than this share of the best are as good as each other."""
EXPLORED: Final = 0.1
"""Which share of rankings puts the least tried of near ties first."""

_WEIGHED: Final = 32
_FURTHER: Final = 8


@dataclass(frozen=True, slots=True)
class Scored:
    """Tools with their scores; the arrays run beside each other.

    Attributes:
        cards: By slot; None for a free one, which scores 0.
        slots: Whom the scores are of.
        words: The lexical half, where the best has 1.
        meaning: The dense half, likewise.
        scores: Both together.
        pinned: Those to offer in any case.
    """

    cards: Sequence[ToolCard | None]
    slots: NDArray[np.int64]
    words: NDArray[np.float32]
    meaning: NDArray[np.float32]
    scores: NDArray[np.float32]
    pinned: Sequence[ToolCard]

    def card(self, place: int) -> ToolCard:
        """Return the tool at a place of the arrays."""
        card = self.cards[int(self.slots[place])]
        assert card is not None, "a free slot has no score"
        return card


@dataclass(frozen=True, slots=True)
class _Found:
    """A tool that is admitted, where its scores are, and what its past is worth."""

    card: ToolCard
    place: int
    score: float
    record: float


def offer(asked: Asked, scored: Scored, record: TrackRecord) -> tuple[Ranked, ...]:
    """Return the tools to offer, best first; pinned ones that did not make it stand at the end."""
    chosen = _cut(sorted(_weighed(asked, scored, record), key=lambda found: -found.score), asked.cut)
    first = _explored(chosen, record, now_ms=asked.now_ms) if asked.chance >= 1 - EXPLORED else None
    if first is not None:
        chosen = [first, *(found for found in chosen if found is not first)]
    ranked = [
        Ranked(
            name=found.card.name,
            score=found.score,
            words=float(scored.words[found.place]),
            meaning=float(scored.meaning[found.place]),
            record=found.record,
            explored=found is first,
        )
        for found in chosen
    ]
    return (*ranked, *_pinned(asked, scored, {each.name for each in ranked}))


def best(scores: NDArray[np.float32], many: int) -> NDArray[np.int64]:
    """Return the places of the `many` highest positive scores, and of all that equal the last, highest first."""
    places = np.flatnonzero(scores > 0)
    positive = scores[places]
    if many < len(places):
        enough = positive >= np.partition(positive, -many)[-many]
        places, positive = places[enough], positive[enough]
    return places[np.argsort(-positive, kind="stable")]


def _weighed(asked: Asked, scored: Scored, record: TrackRecord) -> Iterator[_Found]:
    """Yield those admitted, each with what its past is worth, until the rest can not be offered any more."""
    admitted = 0
    for place in _descending(scored.scores):
        if admitted >= max(_WEIGHED, asked.cut.most):
            return
        card = scored.card(place)
        if asked.chance < asked.admits(card):
            admitted += 1
            worth = record.worth(card.name, asked.step, now_ms=asked.now_ms)
            yield _Found(card, place, float(scored.scores[place]) * worth, worth)


def _descending(scores: NDArray[np.float32]) -> Iterator[int]:
    """Yield the places of all positive scores, the highest first; no more of them are sorted than are asked for."""
    done, upto = 0, _WEIGHED
    while done < len(found := best(scores, upto)):
        yield from map(int, found[done:])
        done, upto = len(found), len(found) * _FURTHER


def _cut(found: list[_Found], cut: Cut) -> list[_Found]:
    """Return what is offered of all that were found, the best first."""
    enough = cut.share * found[0].score if found else 0
    return [each for place, each in enumerate(found[: cut.most]) if place < cut.least or each.score >= enough]


def _explored(chosen: list[_Found], record: TrackRecord, *, now_ms: int) -> _Found | None:
    """Return the least tried of those that are as good as the best; None if that is the best, or may change a thing."""
    if not chosen or chosen[0].card.writes:
        return None
    enough = (1 - NEAR_TIE) * chosen[0].score
    ties = [found for found in chosen if found.score >= enough and not found.card.writes]
    least = min(ties, key=lambda found: record.calls(found.card.name, now_ms=now_ms))
    return None if least is chosen[0] else least


def _pinned(asked: Asked, scored: Scored, offered: set[str]) -> Iterator[Ranked]:
    for card in scored.pinned:
        if card.name not in offered and asked.chance < asked.admits(card):
            yield Ranked(name=card.name, score=0.0)
