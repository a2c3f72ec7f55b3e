"""The law of taking turns."""

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as some

from podium.engine.fair import after, in_turns

SIZES = some.lists(some.integers(0, 20), max_size=8)


@given(sizes=SIZES, limit=some.integers(0, 60))
def test_nobody_who_has_more_gets_less_than_another_by_more_than_one(sizes: list[int], limit: int) -> None:
    taken = list(in_turns([iter([lane] * size) for lane, size in enumerate(sizes)], limit=limit))
    counts = Counter(taken)
    assert len(taken) == min(limit, sum(sizes))
    most = max(counts.values(), default=0)
    assert all(counts[lane] >= most - 1 for lane, size in enumerate(sizes) if counts[lane] < size)


@given(sizes=SIZES)
def test_each_lane_keeps_its_own_order(sizes: list[int]) -> None:
    lanes = [[(lane, number) for number in range(size)] for lane, size in enumerate(sizes)]
    taken = list(in_turns([iter(lane) for lane in lanes], limit=1000))
    for lane in lanes:
        assert [one for one in taken if one in lane] == lane


@given(names=some.sets(some.tuples(some.text(max_size=2), some.text(min_size=1, max_size=2)), min_size=1, max_size=9))
def test_claims_of_one_serve_everybody_before_anybody_again(names: set[tuple[str, str]]) -> None:
    last, served = ("", ""), []
    for _ in range(2 * len(names)):
        last = after(names, last)[0]
        served.append(last)
    assert served[: len(names)] == sorted(names)
    assert all(later != earlier for earlier, later in pairwise(served)) or len(names) == 1
    assert served[len(names) :] == served[: len(names)]
