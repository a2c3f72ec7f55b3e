"""Where vertices of different widths stand in their rows: as straight below one another as their widths allow.

Rows are visited in turn; each is moved towards its neighbours above and below by the least squares that keep order
and distance, which is isotonic regression and exact.

Source: pool adjacent violators, Ayer et al., 1955.
"""

import itertools
import math
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

Pulls = dict[int, list[tuple[int, float]]]

_SWEEPS = 8
_STAY = 0.01
"""How much a vertex that nothing pulls insists on its place."""


class Extent(NamedTuple):
    """How much room a vertex takes to the left and to the right of its middle, and below one another."""

    left: float
    right: float
    height: float


class Link(NamedTuple):
    """A piece of an edge between neighbouring rows; the heavier, the straighter."""

    upper: int
    lower: int
    weight: float


def spread(
    rows: Sequence[Sequence[int]],
    *,
    wish: Sequence[float],
    extents: Sequence[Extent],
    links: Sequence[Link],
    gap: float,
) -> list[float]:
    """Return the middle of every vertex across, the leftmost edge at 0.

    Args:
        rows: Vertices from left to right, top to bottom; each vertex once.
        wish: Where each would like to start.
        extents: Of each vertex.
        links: What pulls vertices together.
        gap: Between neighbours, at least.
    """
    above, below = _pulls(links)
    at = list(wish)
    for row in rows:
        _settle(row, {v: (wish[v], 1.0) for v in row}, at=at, extents=extents, gap=gap)
    for sweep in range(_SWEEPS):
        last = sweep == _SWEEPS - 1
        down = sweep % 2 == 0
        for row in rows if down else reversed(rows):
            pulls = {v: _pull(v, at, (above if down or last else {}, below if not down or last else {})) for v in row}
            _settle(row, pulls, at=at, extents=extents, gap=gap)
    leftmost = min((at[v] - extents[v].left for row in rows for v in row), default=0.0)
    return [x - leftmost for x in at]


def straighten(
    at: Sequence[float],
    rows: Sequence[Sequence[int]],
    *,
    chains: Iterable[Sequence[int]],
    extents: Sequence[Extent],
    gap: float,
) -> list[float]:
    """Return positions where each chain stands in one line, if its neighbours leave it a way to.

    Nothing moves left of 0.

    Args:
        at: Positions that keep order and distance, as `spread` gives them.
        rows: As for `spread`.
        chains: Vertices of different rows, each.
        extents: Of each vertex.
        gap: Between neighbours, at least.
    """
    moved = list(at)
    beside = {vertex: (left, right) for row in rows for left, vertex, right in _threes(row)}
    for chain in filter(None, chains):
        low, high = 0.0, math.inf
        for vertex in chain:
            left, right = beside[vertex]
            border = 0.0 if left is None else moved[left] + extents[left].right + gap
            low = max(low, border + extents[vertex].left)
            if right is not None:
                high = min(high, moved[right] - extents[right].left - gap - extents[vertex].right)
        if low <= high:
            middle = statistics.median_low(moved[vertex] for vertex in chain)
            for vertex in chain:
                moved[vertex] = min(max(middle, low), high)
    return moved


def apart(wishes: Sequence[tuple[float, float]], distances: Sequence[float]) -> list[float]:
    """Return the positions nearest to the wished ones that keep order and distance.

    Args:
        wishes: Position and weight, in order.
        distances: Between each and the next, at least; one less than wishes.
    """
    offsets = [0.0]
    for distance in distances:
        offsets.append(offsets[-1] + distance)
    pools: list[tuple[float, float, int]] = []  # mean, weight, size
    for (wish, weight), offset in zip(wishes, offsets, strict=True):
        mean, total, size = wish - offset, weight, 1
        while pools and pools[-1][0] > mean:
            other, heavy, many = pools.pop()
            mean, total, size = (mean * total + other * heavy) / (total + heavy), total + heavy, size + many
        pools.append((mean, total, size))
    means = [mean for mean, _, size in pools for _ in range(size)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]


def _threes(row: Sequence[int]) -> Iterator[tuple[int | None, int, int | None]]:
    """Return each vertex of a row between its neighbours."""
    yield from zip([None, *row[:-1]], row, [*row[1:], None], strict=True)


def _pulls(links: Sequence[Link]) -> tuple[Pulls, Pulls]:
    above: Pulls = {}
    below: Pulls = {}
    for upper, lower, weight in links:
        above.setdefault(lower, []).append((upper, weight))
        below.setdefault(upper, []).append((lower, weight))
    return above, below


def _pull(vertex: int, at: Sequence[float], sides: tuple[Pulls, Pulls]) -> tuple[float, float]:
    """Return where its neighbours want a vertex, and how much."""
    weight = wanted = 0.0
    for side in sides:
        for other, heavy in side.get(vertex, ()):
            weight += heavy
            wanted += at[other] * heavy
    return (wanted / weight, weight) if weight else (at[vertex], _STAY)


def _settle(
    row: Sequence[int],
    pulls: Mapping[int, tuple[float, float]],
    *,
    at: list[float],
    extents: Sequence[Extent],
    gap: float,
) -> None:
    """Move a row to where it is pulled, as far as order and widths let it."""
    distances = [extents[a].right + gap + extents[b].left for a, b in itertools.pairwise(row)]
    for vertex, x in zip(row, apart([pulls[vertex] for vertex in row], distances), strict=True):
        at[vertex] = x
