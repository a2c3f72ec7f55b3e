"""How well sentences that some route fits are told from those that none fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence


def auroc(inside: Sequence[float], outside: Sequence[float]) -> float:
    """Return the share of pairs in which the sentence inside has the higher score; ties count half."""
    scores = np.concatenate([inside, outside])
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    ahead = ranks[: len(inside)].sum() - len(inside) * (len(inside) + 1) / 2
    return float(ahead / (len(inside) * len(outside)))


def recall_at_5(inside: Sequence[float], outside: Sequence[float]) -> float:
    """Return which share of the sentences outside is refused where 5 % of those inside are."""
    return float((np.array(outside) < np.quantile(inside, 0.05)).mean())
