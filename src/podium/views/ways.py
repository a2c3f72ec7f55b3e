"""Which ways of the picture a run went, and which of them compensation went back."""

from bisect import bisect_right
from collections.abc import Iterator

from podium.core.path import parse, place
from podium.core.state import Scope, is_in
from podium.draw.arrows import ArrowKind, arrows
from podium.draw.overlay import place_in
from podium.graph.nodes import END, START, Graph, GraphKind
from podium.views.standing import Way


class Ways:
    """Ways in the order in which they were gone first, each with the number of the event at which that was."""

    def __init__(self) -> None:
        self._ways: list[Way] = []
        self._seqs: list[int] = []
        self._after: dict[str, dict[str, None]] = {}

    def add(self, source: str, target: str, *, seq: int) -> None:
        """Note that a way was gone."""
        after = self._after.setdefault(source, {})
        if target not in after:
            after[target] = None
            self._ways.append((source, target))
            self._seqs.append(seq)

    def all(self) -> tuple[Way, ...]:
        """Return all of them."""
        return tuple(self._ways)

    def since(self, seq: int) -> tuple[Way, ...]:
        """Return those that were gone first after event number `seq`."""
        return tuple(self._ways[bisect_right(self._seqs, seq) :])

    def after(self, source: str) -> list[str]:
        """Return the places to which ways were gone from a place, last first."""
        return list(self._after.get(source, ()))[::-1]

    def rewind(self, seq: int) -> None:
        """Forget the ways that were gone first after event number `seq`."""
        self._keep([number <= seq for number in self._seqs])

    def forget_inside(self, spot: str) -> None:
        """Forget the ways inside a place."""
        self._keep([not source.startswith(f"{spot}/") for source, _ in self._ways])

    def _keep(self, kept: list[bool]) -> None:
        known = [(way, seq) for way, seq, keeps in zip(self._ways, self._seqs, kept, strict=True) if keeps]
        self._ways, self._seqs, self._after = [], [], {}
        for (source, target), seq in known:
            self.add(source, target, seq=seq)


class WayBack:
    """The ways that compensation goes: from what is undone to what is undone next, in that order.

    A way that the picture has an arrow for (`ArrowKind.UNDO`) is that arrow; else it is made of the arrows between
    the two places that the run took, backwards.
    """

    def __init__(self, taken: Ways, *, compensates: bool) -> None:
        self.ways = Ways()
        self._taken = taken
        self._compensates = compensates
        self._gone: dict[str, dict[str, str]] = {}
        self._arrows: dict[str, tuple[Graph, frozenset[Way]]] = {}

    def begin(self, scope: str) -> None:
        """Note that what was written in the scope at an address is undone from here on."""
        for below in [address for address in self._gone if is_in(address, scope) or address == scope]:
            del self._gone[below]

    def go(self, address: str, graph: Graph, *, seq: int) -> None:
        """Note that it is the turn of the step at an address, in the scope of `graph`."""
        where = parse(address)
        gone = self._gone.setdefault(where.scope, {})
        visit = address.rpartition("[")[0] if where.item is not None else address
        if visit in gone:
            return
        target, scope = place(address), place(where.scope)
        wanted = [*gone.values()][-1:] if graph.kind is GraphKind.MACHINE else [*gone.values()]
        for way in self._found(target, set(wanted), drawn=self._drawn(graph, scope)):
            self.ways.add(*way, seq=seq)
        gone[visit] = target

    def _found(self, target: str, wanted: set[str], *, drawn: frozenset[Way]) -> Iterator[Way]:
        """Go forward from a place to the nearest ones that are undone, and return the ways back from there."""
        came: dict[str, str] = {}
        queue = [target]
        for spot in queue:  # grows while it is walked
            for after in self._taken.after(spot):
                if after in wanted and (after, target) in drawn:
                    yield after, target
                elif after in wanted:
                    yield from _back(after, spot, came)
                elif after != target and after not in came:
                    came[after] = spot
                    queue.append(after)

    def _drawn(self, graph: Graph, scope: str) -> frozenset[Way]:
        """Return the arrows back that are drawn in a graph, as ways."""
        known = self._arrows.get(scope)
        if known is not None and known[0] is graph:
            return known[1]
        drawn = arrows(graph, compensates=self._compensates)
        back = [(arrow.source, arrow.target) for arrow in drawn if arrow.kind is ArrowKind.UNDO]
        found = frozenset((place_in(scope, source), place_in(scope, target)) for source, target in back)
        self._arrows[scope] = graph, found
        return found


def _back(after: str, spot: str, came: dict[str, str]) -> Iterator[Way]:
    yield after, spot
    while spot in came:
        yield spot, came[spot]
        spot = came[spot]


def certain_ways(scope: Scope) -> Iterator[Way]:
    """Return the ways that a copied scope has certainly gone: its journal is another run's."""
    graph, at = scope.graph, place(scope.path)
    if graph.kind is GraphKind.DAG:
        reached = {name for name in graph.nodes if name in scope.outputs and name not in scope.skipped}
        came = {name: [source for source in graph.nodes[name].sources() if source in reached] for name in reached}
        yield from ((place_in(at, source), place_in(at, name)) for name in came for source in came[name] or [START])
        return
    if graph.start in scope.visits:
        yield place_in(at, START), place_in(at, graph.start)
    for name in scope.visits:
        before = [source for source in scope.visits if name in graph.nodes[source].targets()]
        if len(before) == 1 and (name != graph.start or scope.visits[name] > 1):
            yield place_in(at, before[0]), place_in(at, name)


def end_of(scope: str) -> str:
    """Return the place at which the graph in a scope ends."""
    return place_in(place(scope), END)
