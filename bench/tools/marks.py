"""How good rankings are: the share of right tools among the first five, and nDCG of the first ten, mean of the sets."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.tools.sets import Query

FIRST = 5
DEEP = 10


def marks(queries: Sequence[Query], rank: Callable[[str], Sequence[str]]) -> tuple[float, float]:
    """Return recall@5 and nDCG@10 in percent; each set of queries counts the same."""
    recall: defaultdict[str, list[float]] = defaultdict(list)
    gain: defaultdict[str, list[float]] = defaultdict(list)
    for query in queries:
        found = rank(query.text)[:DEEP]
        recall[query.set].append(len(query.answers.intersection(found[:FIRST])) / len(query.answers))
        gain[query.set].append(_ndcg(found, query.answers))
    return _mean_of_sets(recall), _mean_of_sets(gain)


def _ndcg(found: Sequence[str], answers: frozenset[str]) -> float:
    gained = sum(1 / math.log2(place + 2) for place, name in enumerate(found) if name in answers)
    return gained / sum(1 / math.log2(place + 2) for place in range(min(DEEP, len(answers))))


def _mean_of_sets(by_set: dict[str, list[float]]) -> float:
    return 100 * statistics.fmean(statistics.fmean(values) for values in by_set.values())
