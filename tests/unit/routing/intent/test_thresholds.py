"""Thresholds come from what the model says of sentences that it has not seen."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.routing.intent.corpus import Corpus, corpus_of, ordered
from podium.routing.intent.features import Floats, Ints
from podium.routing.intent.folds import FOLDS, OutOfFold, out_of_fold
from podium.routing.intent.head import Head, fit_head
from podium.routing.intent.model import IntentModel
from podium.routing.intent.thresholds import thresholds_of
from podium.routing.intent.types import RouteSpec
from tests.unit.routing.intent.words import TRAVEL, Words

NOISE = [
    RouteSpec(name, "", tuple(f"{name}{at} x{at}{name} y{at}{name}" for at in range(10))) for name in ("p", "q", "r")
]
"""Sentences that share nothing with each other: whoever has not seen one can not know where it belongs."""


def test_what_was_learned_by_heart_counts_for_nothing() -> None:
    model = IntentModel.fit([replace(spec, name=f"route {at}") for at, spec in enumerate(NOISE)], Words())
    by_heart = [
        model.decide(text).alternatives[0].route == spec.name for spec in model.routes for text in spec.examples
    ]
    assert all(by_heart)
    accuracy = model.report().accuracy
    assert accuracy is not None
    assert accuracy < 0.67


def test_no_fold_learns_what_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = corpus_of(ordered(TRAVEL), Words())
    learned: list[Corpus] = []
    only = Corpus.only
    starts: list[object] = []

    def watched_only(self: Corpus, kept: Ints) -> Corpus:
        learned.append(only(self, kept))
        return learned[-1]

    def watched_fit(points: Floats, labels: Ints, routes: int, *, start: Head | None = None) -> Head:
        starts.append(start)
        assert len(points) == len(learned[-1].texts)
        return fit_head(points, labels, routes)

    monkeypatch.setattr(Corpus, "only", watched_only)
    monkeypatch.setattr("podium.routing.intent.folds.fit_head", watched_fit)
    out_of_fold(corpus)
    examples = set(corpus.texts[: corpus.examples])
    held = [examples - set(each.texts) for each in learned]
    assert len(held) == FOLDS
    assert set.union(*held) == examples
    assert sum(map(len, held)) == len(examples)
    assert starts == [None] * FOLDS


def test_each_fold_keeps_the_label_of_every_route() -> None:
    corpus = corpus_of(ordered([RouteSpec("one", "", ("a b",)), RouteSpec("two", "", ("c d",))]), Words())
    scores = out_of_fold(corpus)
    assert scores.odds.shape == (2, 2)
    assert np.allclose(scores.odds.sum(axis=1), 1, atol=1e-5)


def test_gap_between_inside_and_outside_holds_the_threshold() -> None:
    found = thresholds_of(_scores(inside=[-1, -1.5, -2, -1.2, -1.1, -1.3], without=[-5, -6, -7, -5.5, -6.5, -5.2]))
    assert found.scope == pytest.approx(-3.5)
    assert found.alone == pytest.approx(-3.5)
    assert found.out <= found.alone


scores = st.lists(st.floats(-9, 0, width=32), min_size=4, max_size=40)


@given(inside=scores, without=scores, share=st.floats(0.05, 0.8), more=st.floats(0.01, 0.15))
def test_more_assumed_outside_never_lowers_the_threshold(
    inside: list[float], without: list[float], share: float, more: float
) -> None:
    size = min(len(inside), len(without))
    given_scores = _scores(inside=inside[:size], without=without[:size])
    few = thresholds_of(given_scores, outside_share=share)
    many = thresholds_of(given_scores, outside_share=min(share + more, 0.95))
    assert few.out <= few.alone <= few.scope
    refused_few, refused_many = (np.count_nonzero(given_scores.scope_without < each.scope) for each in (few, many))
    assert refused_few <= refused_many
    assert 0 <= few.margin <= 1


def _scores(*, inside: list[float], without: list[float]) -> OutOfFold:
    """Return scores of sentences of the first of two routes, all told right."""
    odds = np.tile(np.array([0.9, 0.1], np.float32), (len(inside), 1))
    return OutOfFold(np.zeros(len(inside), np.intp), odds, np.array(inside, np.float32), np.array(without, np.float32))
