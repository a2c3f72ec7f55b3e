import itertools
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from podium.draw.spread import Extent, apart, straighten
from tests.unit.draw.examples import quick

WISHES = st.lists(st.tuples(st.integers(-99, 99), st.integers(1, 9)), min_size=1, max_size=7)


def cost(wishes: Sequence[tuple[int, int]], found: Sequence[float]) -> float:
    return sum(weight * (x - wish) ** 2 for (wish, weight), x in zip(wishes, found, strict=True))


@quick
@given(WISHES, st.integers(0, 20))
def test_neighbours_are_apart(wishes: list[tuple[int, int]], distance: int) -> None:
    found = apart(wishes, [distance] * (len(wishes) - 1))
    assert all(right - left > distance - 1e-6 for left, right in itertools.pairwise(found))


@quick
@given(WISHES, st.integers(0, 20), st.data())
def test_no_other_positions_are_nearer_to_the_wishes(
    wishes: list[tuple[int, int]], distance: int, data: st.DataObject
) -> None:
    found = apart(wishes, [distance] * (len(wishes) - 1))
    gaps = data.draw(st.lists(st.integers(0, 20), min_size=len(wishes), max_size=len(wishes)))
    start = data.draw(st.integers(-99, 99))
    other = [start + at * distance + extra for at, extra in enumerate(itertools.accumulate(gaps))]
    assert cost(wishes, found) <= cost(wishes, other) + 1e-6


def test_chain_is_straightened_where_there_is_room() -> None:
    extents = [Extent(5, 5, 0)] * 4
    assert straighten([20, 24, 60, 90], [[0], [1, 2], [3]], chains=[[0, 1, 3]], extents=extents, gap=10) == [
        24,
        24,
        60,
        24,
    ]


def test_chain_that_has_no_straight_way_stays() -> None:
    extents = [Extent(5, 5, 0)] * 4
    at = [10, 40, 40, 70]
    assert straighten(
        at, [[0, 1], [2, 3]], chains=[[1, 2]], extents=[*extents[:2], Extent(5, 5, 0), extents[3]], gap=10
    )[1:3] == [40, 40]
