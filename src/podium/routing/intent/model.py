"""An intent model: routes, weights and thresholds, frozen. Fitting makes one; deciding changes nothing in it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from time import perf_counter_ns

import numpy as np

from podium.routing.embedding.embedder import Embedder
from podium.routing.intent.context import SHORT_WORDS_MAX, mixed, needs_context
from podium.routing.intent.deciding import LEXICAL, LEXICAL_CONFIDENCE_MAX, judge, judge_unread, margin_of
from podium.routing.intent.features import Floats
from podium.routing.intent.files import read_snapshot, write_snapshot
from podium.routing.intent.fitting import fit
from podium.routing.intent.head import softmax
from podium.routing.intent.lexicon import Row
from podium.routing.intent.report import Report, report_of
from podium.routing.intent.scoring import SHORTLIST, scope_of
from podium.routing.intent.script import is_foreign, readable, words
from podium.routing.intent.snapshot import Snapshot
from podium.routing.intent.types import Alternative, Cost, Decision, Neighbour, RouteSpec, Turn, Verdict

_NEAREST = 3
_DIGITS = 6


class IntentModel:
    """An immutable snapshot; any thread may use it.

    Args:
        snapshot: What was fitted.
        embedder: The one that it was fitted with.

    Attributes:
        version: Hash of routes, weights and thresholds.
    """

    def __init__(self, snapshot: Snapshot, embedder: Embedder) -> None:
        self.snapshot, self._embedder = snapshot, embedder
        self._languages = embedder.languages
        self._thresholds = snapshot.thresholds.as_dict()
        self._names = [route.name for route in snapshot.routes]
        self._place = {name: at for at, name in enumerate(self._names)}
        ends = np.searchsorted(snapshot.owners, np.arange(len(self._names) + 1))
        self._examples = [slice(int(first), int(last)) for first, last in pairwise(ends)]
        self.version = snapshot.version

    @classmethod
    def fit(cls, routes: Sequence[RouteSpec], embedder: Embedder, *, start: IntentModel | None = None) -> IntentModel:
        """Learn the routes; the same routes in any order give the same model.

        Args:
            routes: At least one, each with a name of its own.
            embedder: Turns sentences into vectors.
            start: An earlier model of nearly the same routes, to begin with its weights.

        Raises:
            NoRoutesError: There are none.
            RouteNamesError: A name is empty or there twice.
        """
        return cls(fit(routes, embedder, start=None if start is None else start.snapshot), embedder)

    @classmethod
    def load(cls, folder: Path, embedder: Embedder) -> IntentModel:
        """Read what `save` wrote.

        Raises:
            DamagedIntentModelError: The files are incomplete, of another version, or not what was written.
            WrongEmbedderError: It was fitted with another embedder.
        """
        return cls(read_snapshot(folder, embedder=(embedder.id, embedder.dim)), embedder)

    def save(self, folder: Path) -> None:
        """Write the weights, then `manifest.json`, which names them; a reader gets the old or the new."""
        write_snapshot(self.snapshot, folder)

    @property
    def routes(self) -> tuple[RouteSpec, ...]:
        """What it was fitted on: by name, examples in order."""
        return self.snapshot.routes

    @property
    def embedder(self) -> Embedder:
        """Whose vectors it knows."""
        return self._embedder

    def report(self) -> Report:
        """Return how well routes are told apart, by out-of-fold scores, and which sentences confuse them."""
        return report_of(self.snapshot)

    def can_read(self, text: str) -> bool:
        """Claim that the embedder knows the script that a sentence is in."""
        return not is_foreign(readable(text), self._languages)

    def decide(self, text: str, turn: Turn | None = None) -> Decision:
        """Say where a sentence goes.

        Args:
            text: Anything; read up to its first 2000 characters.
            turn: What was before; it weighs where the sentence is short or points back.
        """
        began_ns = perf_counter_ns()
        said = readable(text)
        if not said:
            return self._unsaid(began_ns)
        vector = self._vector(said)
        (dense, lexical), can_read = self._space_point(said, vector, turn)
        logits, cosines = self.snapshot.weigh(dense, lexical)
        odds = softmax(logits)
        best = (-odds).argsort(kind="stable")[:SHORTLIST].tolist()
        ranked = self._ranked(best, odds, most=1.0 if can_read else LEXICAL_CONFIDENCE_MAX)
        likeness, places = self._likeness(best, vector)
        middle = cosines.max()
        scope = scope_of(odds[best[0]], middle, likeness.max() if can_read else middle)
        sure = round(float(scope), _DIGITS)
        if can_read:
            is_short = len(words(said)) < SHORT_WORDS_MAX
            judged = judge(ranked, sure, self.snapshot.thresholds, is_short=is_short)
        else:
            judged = judge_unread(sure, self.snapshot.thresholds)
        return Decision(
            verdict=judged.verdict,
            route=ranked[0].route if judged.verdict is Verdict.ROUTE else None,
            confidence=ranked[0].confidence,
            margin=round(margin_of(ranked), _DIGITS),
            scope=sure,
            alternatives=ranked,
            nearest=self._nearest(likeness, places) if can_read else (),
            stage=self._embedder.id if can_read else LEXICAL,
            why=judged.why,
            otherwise=judged.otherwise,
            thresholds=dict(self._thresholds),
            model_version=self.version,
            cost=_cost(began_ns),
        )

    def _vector(self, said: str) -> Floats:
        if is_foreign(said, self._languages):
            return np.zeros(self._embedder.dim, np.float32)
        return np.asarray(self._embedder.embed([said])[0], np.float32)

    def _space_point(self, said: str, vector: Floats, turn: Turn | None) -> tuple[tuple[Floats, Row], bool]:
        """Return the point of a sentence, with what was before where it needs that; and whether it could be read."""
        space = self.snapshot.space
        point = space.point(said, vector)
        if not needs_context(said, turn):
            return point, bool(vector.any())
        assert turn is not None
        before = []
        if previous := readable(turn.previous):
            before.append(space.point(previous, self._vector(previous)))
        if turn.route in self._place:
            before.append(self._prototype(self._place[turn.route]))
        return (mixed(point, before) if before else point), bool(vector.any())

    def _prototype(self, route: int) -> tuple[Floats, Row]:
        column = len(self._names) + route
        lexical = self.snapshot.lexical[:, column]
        at = lexical.nonzero()[0]
        return self.snapshot.dense[:, column], (at, lexical[at])

    def _ranked(self, best: list[int], odds: Floats, *, most: float) -> tuple[Alternative, ...]:
        return tuple(Alternative(self._names[at], round(min(float(odds[at]), most), _DIGITS)) for at in best)

    def _likeness(self, best: list[int], vector: Floats) -> tuple[Floats, list[int]]:
        """Return how like a sentence is to the examples and labels of some routes, and where these are."""
        snapshot = self.snapshot
        parts = [self._examples[at] for at in best]
        labels = len(snapshot.texts)
        rows = [*(snapshot.vectors[part] for part in parts), snapshot.vectors[[labels + at for at in best]]]
        places = [at for part in parts for at in range(part.start, part.stop)]
        return np.concatenate(rows).astype(np.float32) @ vector, places

    def _nearest(self, likeness: Floats, places: list[int]) -> tuple[Neighbour, ...]:
        """Return the nearest examples of the routes that were looked at."""
        snapshot = self.snapshot
        best = (-likeness[: len(places)]).argsort(kind="stable")[:_NEAREST]
        return tuple(
            Neighbour(
                self._names[snapshot.owners[places[at]]],
                snapshot.texts[places[at]],
                round(float(likeness[at]), _DIGITS),
            )
            for at in best.tolist()
        )

    def _unsaid(self, began_ns: int) -> Decision:
        return Decision(
            verdict=Verdict.OUT_OF_SCOPE,
            route=None,
            confidence=0.0,
            margin=0.0,
            scope=self._thresholds["out"] - 1,
            alternatives=(),
            nearest=(),
            stage=LEXICAL,
            why="there is nothing in it that can be read",
            otherwise=Verdict.OUT_OF_SCOPE,
            thresholds=dict(self._thresholds),
            model_version=self.version,
            cost=_cost(began_ns),
        )


def _cost(began_ns: int) -> Cost:
    return Cost(elapsed_us=(perf_counter_ns() - began_ns) // 1000)
