"""The regression finds the least loss, and the features keep their lengths."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium.routing.intent.features import Space, unit
from podium.routing.intent.head import Head, fit_head, softmax
from podium.routing.intent.lbfgs import Vector, minimise
from podium.routing.intent.lexicon import BUCKETS, Lexicon
from podium.routing.intent.scoring import SHORTLIST, Evidence, scores_of, without


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), size=st.integers(1, 12))
def test_the_least_of_a_bowl_is_found(seed: int, size: int) -> None:
    chance = np.random.default_rng(seed)
    root = chance.standard_normal((size, size))
    bowl = (root @ root.T + 0.5 * np.eye(size)).astype(np.float32)
    least = chance.standard_normal(size).astype(np.float32)

    def function(at: Vector) -> tuple[float, Vector]:
        away = at - least
        return 0.5 * float(away @ bowl @ away), bowl @ away

    found = minimise(function, np.zeros(size, np.float32), tolerance=1e-4, iterations_max=500)
    assert function(found)[0] <= 1e-3 * function(np.zeros(size, np.float32))[0] + 1e-6


def test_where_it_begins_matters_little() -> None:
    chance = np.random.default_rng(1)
    points = unit(chance.standard_normal((60, 20)).astype(np.float32))
    labels = chance.integers(0, 3, 60)
    zero = np.zeros((20, 3), np.float32)
    heads = [fit_head(points, labels, 3, start=start) for start in (None, Head(zero, zero[0], zero))]
    odds = [softmax(head.logits(points)) for head in heads]
    assert np.abs(odds[0] - odds[1]).max() < 0.1


def test_points_have_length_one_alone_and_together() -> None:
    chance = np.random.default_rng(2)
    vectors = unit(chance.standard_normal((4, 8)).astype(np.float32))
    vectors[2] = 0
    texts = ["book a flight", "refund", "환불", ""]
    space = Space(Lexicon.of(texts), 0.3)
    together = space.points(texts, vectors)
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-5)
    for row, text, vector in zip(together, texts, vectors, strict=True):
        dense, (at, values) = space.point(text, vector)
        spread = np.zeros(BUCKETS, np.float32)
        spread[at] = values
        assert np.abs(row - np.concatenate([dense, spread])).max() < 1e-6


def seen(logits: list[float], cosines: list[float], likeness: list[float], *, is_read: bool = True) -> Evidence:
    """Return what is known of one sentence; one sentence was learned of each route."""
    rows = [np.array([each], np.float32) for each in (logits, cosines, likeness)]
    return Evidence(rows[0], rows[1], rows[2], np.arange(len(logits)), np.array([is_read]))


def test_scope_grows_with_odds_and_with_either_nearness() -> None:
    likely, unlikely = seen([2, 0, 0], [0.5, 0, 0], [0.5, 0, 0]), seen([1, 0, 0], [0.5, 0, 0], [0.5, 0, 0])
    off_middle, off_example = seen([2, 0, 0], [0.4, 0, 0], [0.5, 0, 0]), seen([2, 0, 0], [0.5, 0, 0], [0.4, 0, 0])
    scopes = [scores_of(each).scope for each in (likely, unlikely, off_middle, off_example)]
    assert scopes[0] > max(scopes[1:])


def test_a_sentence_that_was_not_read_is_scored_by_its_words_alone() -> None:
    read, unread = (seen([2, 0], [0.5, 0], [0.5, 0], is_read=is_read) for is_read in (True, False))
    odd = seen([2, 0], [0.5, 0], [0, 0], is_read=False)
    assert scores_of(unread).scope == scores_of(odd).scope == scores_of(read).scope


def test_without_its_own_route_a_sentence_is_scored_by_the_others() -> None:
    alone = without(np.array([0]), seen([5, 1, 0], [0.9, 0.3, 0.2], [1, 0.2, 0.1]))
    rest = scores_of(seen([1, 0], [0.3, 0.2], [0.2, 0.1]))
    assert alone.odds[0, 0] == 0
    assert alone.scope == pytest.approx(rest.scope)


def test_only_the_shortlist_is_looked_at_more_closely() -> None:
    logits, likeness = [float(SHORTLIST + 2 - at) for at in range(SHORTLIST + 2)], [0.2] * (SHORTLIST + 1) + [0.9]
    cosines = [0.5] * (SHORTLIST + 2)
    assert scores_of(seen(logits, cosines, likeness)).scope == scores_of(seen(logits, cosines, [0.2] * 12)).scope
