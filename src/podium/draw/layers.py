"""The one door to the layout library: vertices in rows, each row ordered so that few edges cross.

The library knows no sizes. An edge from a vertex to itself ends the whole process in its compiled code; cycles it
breaks where it likes; given parts that do not hang together, it numbers the vertices that it invents, for edges through
rows, as it numbered ours. So it gets one connected part without cycles at a time; none of that leaves this module.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from podium.draw.arrows import backward

Edge = tuple[int, int]
Position = tuple[float, float]
_Part = tuple[list[int], list[Edge]]

_SPACING = 72.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Layering:
    """Where vertices are, in rows from top to bottom.

    Attributes:
        rows: Vertices from left to right. Numbers from the count of given vertices on are bends of long edges.
        wish: By vertex, where it would like to be across, where neighbours are 1 apart.
        chains: By edge, as given: its source, the bends between in order, its target. Consecutive ones are in
            neighbouring rows, from top to bottom.
    """

    rows: tuple[tuple[int, ...], ...]
    wish: tuple[float, ...]
    chains: tuple[tuple[int, ...], ...]


def layering(count: int, edges: Sequence[Edge]) -> Layering:
    """Arrange vertices 0 to `count` - 1.

    Args:
        count: How many vertices.
        edges: Without cycles, and no two with the same ends.
    """
    assert len(set(edges)) == len(edges), "edges with the same ends"
    assert not backward([(str(source), str(target)) for source, target in edges]), "a cycle"
    positions: dict[int, Position] = {}
    chains: dict[Edge, tuple[int, ...]] = {}
    for part in _parts(count, edges):
        right = max((x for x, _ in positions.values()), default=-1.0)
        _arrange(part, positions=positions, chains=chains, count=count, left=right + 1)
    return _layering(positions, chains=[chains[edge] for edge in edges])


def _parts(count: int, edges: Sequence[Edge]) -> list[_Part]:
    """Return what is connected with one another, by its first vertex."""
    beside: dict[int, list[int]] = {vertex: [] for vertex in range(count)}
    for source, target in edges:
        beside[source].append(target)
        beside[target].append(source)
    part_of: dict[int, int] = {}
    for vertex in range(count):
        stack = [vertex] if vertex not in part_of else []
        while stack:
            found = stack.pop()
            if found not in part_of:
                part_of[found] = vertex
                stack += beside[found]
    parts: dict[int, _Part] = {first: ([], []) for first in dict.fromkeys(part_of[vertex] for vertex in range(count))}
    for vertex in range(count):
        parts[part_of[vertex]][0].append(vertex)
    for edge in edges:
        parts[part_of[edge[0]]][1].append(edge)
    return list(parts.values())


def _arrange(
    part: _Part,
    *,
    positions: dict[int, Position],
    chains: dict[Edge, tuple[int, ...]],
    count: int,
    left: float,
) -> None:
    """Add the positions (x across from `left`, y down in rows) and the chains of one connected part."""
    vertices, edges = part
    if not edges:
        positions[vertices[0]] = (left, 0.0)
        return
    number = {vertex: at for at, vertex in enumerate(vertices)}
    found, links = _ask([(number[source], number[target]) for source, target in edges])
    next_bend = max(count, max(positions, default=0) + 1)
    invented = sorted(vertex for vertex in found if vertex >= len(vertices))
    ours = dict(enumerate(vertices)) | {bend: next_bend + at for at, bend in enumerate(invented)}
    first, top = min(x for x, _ in found.values()), max(y for _, y in found.values())
    for vertex, (x, y) in found.items():
        positions[ours[vertex]] = (left + (x - first) / _SPACING, (top - y) / _SPACING)
    for chain in _chains([(ours[source], ours[target]) for source, target in links], count=count):
        chains[chain[0], chain[-1]] = chain


def _ask(edges: list[Edge]) -> tuple[dict[int, Position], list[Edge]]:
    """Return the library's answer for one connected part: positions, y up, and edges; bends included."""
    from fast_sugiyama import from_edges  # noqa: PLC0415  # door: compiled code, needed by nobody who draws nothing

    ((positions, _, _, links),) = from_edges(edges, vertex_spacing=_SPACING, dummy_vertices=True)
    found = {int(vertex): (float(x), float(y)) for vertex, (x, y) in positions}
    return found, [(int(source), int(target)) for source, target in links or ()]


def _chains(links: Sequence[Edge], *, count: int) -> Iterator[tuple[int, ...]]:
    """Put the pieces of each edge together."""
    after: dict[int, list[int]] = {}
    for source, target in links:
        after.setdefault(source, []).append(target)
    for source in [vertex for vertex in after if vertex < count]:
        for target in after[source]:
            chain = [source, target]
            while chain[-1] >= count:
                chain += after[chain[-1]]
            yield tuple(chain)


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
