"""Where scores mean yes: from out-of-fold scores of the examples, and an assumed share of sentences that fit no route.

What people say off the subject is not known when a router is made. In its place stands each example, scored as if its
own route were not there. Those are nearer to the other routes than most of what people will say, so a threshold from
them is cautious (measured: docs/decisions/0097). The cautious one decides who is asked; one halfway from it to that for
half the share decides who is routed where nobody can be asked.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from podium.routing.intent.features import Floats
from podium.routing.intent.folds import OutOfFold

Bools = NDArray[np.bool_]

OUTSIDE_SHARE = 0.2
"""Assumed: one sentence in five fits no route."""

_LOST_SHARE = 0.02
"""So many of the sentences that would have been routed right may be called outside without asking anybody."""

EXAMPLES_MIN = 4
"""With fewer examples nothing is known of how well they are told apart."""
_MARGIN_UNKNOWN, _MARGIN_UNKNOWN_EXAMPLES = 0.3, 20
"""The margin where nothing is known, and how many examples it weighs: a few that are all told right say little."""

_SHORTLIST_FOR_PEOPLE = 3
_WORTH_OF_ASKING = 0.4
"""A right route is worth 1, a wrong one costs 1; a question with the right route in its list is worth so much."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What scores are held against.

    Attributes:
        scope: From here on a sentence is routed at once.
        alone: From here on it is routed if nobody can be asked.
        out: Below, it is outside, and nobody is asked.
        margin: From here on the best route is ahead far enough.
    """

    scope: float
    alone: float
    out: float
    margin: float

    def as_dict(self) -> dict[str, float]:
        """Return them by name."""
        return asdict(self)


def thresholds_of(scores: OutOfFold, *, outside_share: float = OUTSIDE_SHARE) -> Thresholds:
    """Return thresholds.

    Args:
        scores: Of the examples, or of the labels alone where there are hardly any examples.
        outside_share: Assumed share of sentences that fit no route, in (0, 1).
    """
    ranked = np.sort(scores.odds, axis=1)
    margins = ranked[:, -1] - (ranked[:, -2] if ranked.shape[1] > 1 else 0)
    right = scores.odds.argmax(axis=1) == scores.labels
    if scores.odds.shape[1] == 1:
        least = float(np.quantile(scores.scope, outside_share / 4))
        return Thresholds(scope=least, alone=least, out=least, margin=0.0)
    scope = _best(scores.scope, right, scores.scope_without, outside_share)
    lenient = min(scope, _best(scores.scope, right, scores.scope_without, outside_share / 2))
    alone = (scope + lenient) / 2
    lost = float(np.quantile(scores.scope[right], _LOST_SHARE)) if right.any() else alone
    inside = scores.scope >= alone
    return Thresholds(scope, alone, min(alone, lost), _margin(scores, margins, right, inside))


def thresholds_unknown(labels_without: Floats) -> Thresholds:
    """Return thresholds where there are hardly any examples: a person or a model is asked about nearly everything.

    Args:
        labels_without: Scope of each route's label as if its route were not there.
    """
    least, most = (float(np.quantile(labels_without, share)) for share in (_LOST_SHARE, 1))
    return Thresholds(scope=most, alone=most, out=least, margin=_MARGIN_UNKNOWN)


def _best(scope: Floats, right: Bools, scope_without: Floats, share: float) -> float:
    """Return the threshold at which most sentences are treated right: routed right, or not routed.

    Where several are best it is in the middle of them.
    """
    places = np.unique(np.concatenate([scope, scope_without]))
    between = np.concatenate([places[:1] - 1, (places[1:] + places[:-1]) / 2, places[-1:] + 1])
    routed_right = np.sort(scope[right])
    outside = np.sort(scope_without)
    kept = (len(routed_right) - np.searchsorted(routed_right, between)) / len(scope)
    refused = np.searchsorted(outside, between) / len(outside)
    worth = (1 - share) * kept + share * refused
    best = np.flatnonzero(worth >= worth.max() - 1e-9)
    return float(between[best[len(best) // 2]])


def _margin(scores: OutOfFold, margins: Floats, right: Bools, inside: Bools) -> float:
    """Return the margin from which routing is worth more than asking a person."""
    examples = int(np.count_nonzero(inside))
    odds, labels, own_margins = scores.odds[inside], scores.labels[inside], margins[inside]
    of_route = np.where(right[inside], 1.0, -1.0)
    own = odds[np.arange(examples), labels]
    listed = np.count_nonzero(odds > own[:, None], axis=1) < _SHORTLIST_FOR_PEOPLE
    of_question = np.where(listed, _WORTH_OF_ASKING, -1.0)
    order = np.argsort(own_margins, kind="stable")
    gained = np.concatenate([[0.0], np.cumsum((of_question - of_route)[order])])
    places = np.concatenate([[0.0], own_margins[order], [1.0]])
    first = int(gained.argmax())
    learned = 0.0 if first == 0 else float(places[first] + places[first + 1]) / 2
    unknown = _MARGIN_UNKNOWN_EXAMPLES
    return (examples * learned + unknown * _MARGIN_UNKNOWN) / (examples + unknown)
