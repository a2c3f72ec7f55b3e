"""The one door to the layout library: vertices in rows, each row ordered so that few edges cross.

The library knows neither sizes nor loops: an edge from a vertex to itself, or a cycle, ends the whole process in its
compiled code. It returns invented vertices for edges that pass through rows, turns some edges around, and leaves out
vertices without edges. None of that leaves this module.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from podium.draw.arrows import backward

Edge = tuple[int, int]
Position = tuple[float, float]

_SPACING = 72.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Layering:
    """Where vertices are, in rows from top to bottom.

    Attributes:
        rows: Vertices from left to right. Numbers from the count of given vertices on are bends of long edges.
        wish: By vertex, where it would like to be across, where neighbours are 1 apart.
        chains: By edge, as given: its source, the bends between in order, its target. Consecutive ones are in
            neighbouring rows; an edge that had to be turned around climbs.
    """

    rows: tuple[tuple[int, ...], ...]
    wish: tuple[float, ...]
    chains: tuple[tuple[int, ...], ...]


def layering(count: int, edges: Sequence[Edge]) -> Layering:
    """Arrange vertices 0 to `count` - 1.

    Args:
        count: How many vertices.
        edges: No two with the same ends, in either direction, and none from a vertex to itself.
    """
    assert len({frozenset(edge) for edge in edges}) == len(edges), "edges with the same ends"
    closing = backward([(str(source), str(target)) for source, target in edges])
    downward = [(end, start) if at in closing else (start, end) for at, (start, end) in enumerate(edges)]
    used = sorted({vertex for edge in downward for vertex in edge})
    positions, links = _arranged(downward, used=used, count=count)
    lonely = sorted(set(range(count)) - set(used))
    right = max((x for x, _ in positions.values()), default=-1.0)
    positions |= {vertex: (right + 1 + at, 0.0) for at, vertex in enumerate(lonely)}
    return _layering(positions, chains=_chains(edges, links, count=count))


def _arranged(edges: list[Edge], *, used: list[int], count: int) -> tuple[dict[int, Position], list[Edge]]:
    """Ask the library; return positions (x across, y down in rows) and edges, bends included, in our numbers."""
    if not edges:
        return {}, []
    number = {vertex: at for at, vertex in enumerate(used)}
    parts = _ask([(number[source], number[target]) for source, target in edges])
    parts.sort(key=lambda part: min(vertex for vertex, _ in part[0]))
    positions: dict[int, Position] = {}
    links: list[Edge] = []
    left, bends = 0.0, count
    for found, inner in parts:
        top, first = max(y for _, (_, y) in found), min(x for _, (x, _) in found)
        invented = sorted(vertex for vertex, _ in found if vertex >= len(used))
        ours = dict(enumerate(used)) | {vertex: bends + at for at, vertex in enumerate(invented)}
        moved = {ours[vertex]: (left + (x - first) / _SPACING, (top - y) / _SPACING) for vertex, (x, y) in found}
        positions |= moved
        links += [(ours[source], ours[target]) for source, target in inner]
        left, bends = max(x for x, _ in moved.values()) + 1, bends + len(invented)
    return positions, links


def _ask(edges: list[Edge]) -> list[tuple[list[tuple[int, Position]], list[Edge]]]:
    """Return the library's answer: for each connected part its positions (y up) and its edges, bends included."""
    from fast_sugiyama import from_edges  # noqa: PLC0415  # door: compiled code, needed by nobody who draws nothing

    found = from_edges(edges, vertex_spacing=_SPACING, dummy_vertices=True)
    return [
        (
            [(int(vertex), (float(x), float(y))) for vertex, (x, y) in positions],
            [(int(a), int(b)) for a, b in inner or ()],
        )
        for positions, _, _, inner in found
    ]


def _chains(edges: Sequence[Edge], links: Iterable[Edge], *, count: int) -> Iterator[tuple[int, ...]]:
    """Put the pieces of each edge together, whichever way the library ran it."""
    after: dict[int, list[int]] = {}
    for source, target in links:
        after.setdefault(source, []).append(target)
    whole: dict[Edge, tuple[int, ...]] = {}
    for source in [vertex for vertex in after if vertex < count]:
        for target in after[source]:
            chain = [source, target]
            while chain[-1] >= count:
                chain += after[chain[-1]]
            whole[source, chain[-1]] = tuple(chain)
    for source, target in edges:
        yield whole[source, target] if (source, target) in whole else whole[target, source][::-1]


def _layering(positions: dict[int, Position], *, chains: Iterable[tuple[int, ...]]) -> Layering:
    rows: dict[int, list[int]] = {}
    for vertex, (_, y) in positions.items():
        rows.setdefault(round(y), []).append(vertex)
    ordered = [sorted(rows[row], key=lambda vertex: (positions[vertex][0], vertex)) for row in sorted(rows)]
    mirrored = _mirrors(ordered)
    wish = tuple(-positions[vertex][0] if mirrored else positions[vertex][0] for vertex in sorted(positions))
    return Layering(
        rows=tuple(tuple(row[::-1] if mirrored else row) for row in ordered), wish=wish, chains=tuple(chains)
    )


def _mirrors(rows: Iterable[Sequence[int]]) -> bool:
    """Return whether more neighbours would stand in the given order if left and right were exchanged."""
    return sum(1 if left > right else -1 for row in rows for left, right in itertools.pairwise(row)) > 0
