"""How the places of a picture stand, event by event: what is at one place of it is summed up there.

A visit of a step is at one place; so are the items of a map. Of a loop the latest visit counts. Inside the items of a
map nothing is latest: all visits of a place there count together. What holds a nested graph and runs stands as what is
inside it does.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from podium.core.path import parse
from podium.draw.overlay import NodeStatus, Status
from podium.views.changes import Changes
from podium.views.steps import Seen, Steps

_MOVES = (Status.PARKED, Status.UNDOING, Status.RUNNING, Status.RETRYING, Status.WAITING)
_PRESSING = (*_MOVES, Status.UNDONE, Status.FAILED, Status.CANCELLED, Status.DONE, Status.SKIPPED)
_POINTED_AT = frozenset({Status.PARKED, Status.RETRYING, Status.WAITING, Status.FAILED})
"""A map that stands so opens at an item that does."""

_Sorted = dict[Status, dict[str, None]]


@dataclass(slots=True)
class _Group:
    """What counts together at a place.

    Attributes:
        is_many: It is inside the items of a map.
        own: Addresses of visits, by how they stand, the last to stand so last.
        items: Those of the items of maps.
        lengths: How long these maps are; `total` in all.
        owed: Addresses of writes in them that are yet to be undone, should it come to that.
    """

    is_many: bool
    own: _Sorted = field(default_factory=dict)
    items: _Sorted = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    total: int = 0
    owed: set[str] = field(default_factory=set)

    def progress(self) -> tuple[int, int | None]:
        """Return how many are done, of how many; None where it is no matter of many."""
        if self.lengths:
            return len(self.items.get(Status.DONE, ())), self.total
        if self.is_many:
            return len(self.own.get(Status.DONE, ())), sum(map(len, self.own.values()))
        return 0, None

    def address(self, status: Status) -> str:
        """Return the step to select where the group is shown so."""
        if status in _POINTED_AT and self.items.get(status):
            return _last(self.items[status])
        return _last(self.own.get(status) or self.own[_first(_PRESSING, self.own) or status])


@dataclass(slots=True)
class _Spot:
    """A place: the group that counts there, how it is shown, how often it was visited, what is inside it."""

    group: _Group
    status: Status | None = None
    visits: int = 1
    inside: _Sorted = field(default_factory=dict)

    def found(self) -> Status:
        """Find out how it is to be shown."""
        group = self.group
        own = _first(_PRESSING, group.own) or Status.RUNNING
        within = [*filter(None, (_first(_MOVES, self.inside), _first(_MOVES, group.items)))]
        if own is Status.RUNNING:
            return within[0] if within else own
        if own in _MOVES:
            return Status.PARKED if Status.PARKED in within else own
        if within:
            return min(within, key=_MOVES.index)
        if own is Status.UNDONE or self.inside.get(Status.UNDONE) or group.items.get(Status.UNDONE):
            return Status.UNDOING if group.owed else Status.UNDONE
        return own


class Places:
    """All places that were reached; `changes`: which changed when."""

    def __init__(self) -> None:
        self.changes = Changes()
        self._spots: dict[str, _Spot] = {}
        self._groups: dict[str, _Group] = {}
        self._stood: dict[str, tuple[_Group, Status]] = {}

    def __contains__(self, where: object) -> bool:
        """Claim that a place was reached."""
        return where in self._spots

    def names(self) -> list[str]:
        """Return all places that were reached."""
        return list(self._spots)

    def put(self, seen: Seen) -> None:
        """Note how a step stands."""
        address, status = seen.address, seen.now.status
        where = parse(address)
        known = self._stood.get(address)
        group = self._group(address) if known is None else known[0]
        sorted_ = group.own if where.item is None else group.items
        if known is not None:
            sorted_[known[1]].pop(address, None)
        sorted_.setdefault(status, {})[address] = None
        self._stood[address] = group, status
        spot = self._spots.get(seen.place)
        if spot is None:
            spot = self._spots[seen.place] = _Spot(group)
        spot.group, spot.visits = group, max(spot.visits, where.visit)
        self._show(seen.place, seen.now.seq)

    def has_length(self, address: str, length: int) -> None:
        """Note how many items a map has."""
        group = self._group(address)
        group.total += length - group.lengths.get(address, 0)
        group.lengths[address] = length

    def owes(self, address: str, *, is_owed: bool) -> None:
        """Note that the write of a step is to be undone, should it come to that, or is not any more."""
        parts = address.split("/")
        for depth in range(1, len(parts) + 1):
            owed = self._group("/".join(parts[:depth])).owed
            owed.add(address) if is_owed else owed.discard(address)

    def turn(self, where: str, seq: int) -> None:
        """Find out again how everything around a place stands: what is owed there is less."""
        self._show(where, seq, is_less=True)

    def forget_inside(self, where: str) -> None:
        """Show nothing inside a place any more."""
        for inner in [name for name in self._spots if name.startswith(f"{where}/")]:
            del self._spots[inner]
            self.changes.forget(inner)
        if where in self._spots:
            self._spots[where].inside.clear()

    def again(self, steps: Iterable[Seen]) -> None:
        """Stand as these steps do; the lists of maps are as long as they were."""
        lengths = [item for group in self._groups.values() for item in group.lengths.items()]
        self._spots, self._groups, self._stood = {}, {}, {}
        self.changes.clear()
        for seen in sorted(steps, key=lambda seen: seen.now.seq):
            self.put(seen)
        for address, length in lengths:
            if address in self._stood:
                self.has_length(address, length)

    def node(self, where: str, steps: Steps) -> tuple[NodeStatus, str]:
        """Return how a place stands, and the address of the step to select for it."""
        spot = self._spots[where]
        status = spot.status or Status.RUNNING
        done, total = spot.group.progress()
        inner = spot.inside.get(status) if status in _MOVES else None
        address = spot.group.address(status)
        seen = steps.get(address)
        shown = NodeStatus(
            status=status,
            visits=spot.visits,
            attempts=1 if seen is None else seen.now.attempts,
            items_done=done,
            items_total=total,
            inside=_last(inner).rpartition("/")[2] if inner else "",
        )
        return shown, address

    def _group(self, address: str) -> _Group:
        name = _together(address)
        group = self._groups.get(name)
        if group is None:
            group = self._groups[name] = _Group("[" in parse(address).scope)
        return group

    def _show(self, where: str, seq: int, *, is_less: bool = False) -> None:
        """Find out again how a place stands, and those around it for as long as that matters to them."""
        spot = self._spots.get(where)
        while spot is not None:
            before, spot.status = spot.status, spot.found()
            self.changes.mark(where, seq)
            around = where.rpartition("/")[0]
            outer = self._spots.get(around)
            if outer is None or (before is spot.status and not is_less):
                return
            if before is not None:
                outer.inside.get(before, {}).pop(where, None)
            outer.inside.setdefault(spot.status, {})[where] = None
            where, spot = around, outer


def _together(address: str) -> str:
    """Return what counts together with the step at an address: its own visit, or all visits inside a map."""
    if "[" not in address:
        return address
    names: list[str] = []
    is_inside = False
    for part in address.split("/"):
        local, bracket, _ = part.partition("[")
        names.append(local.partition("#")[0] if is_inside else local)
        is_inside = is_inside or bool(bracket)
    return "/".join(names)


def _first(order: tuple[Status, ...], found: _Sorted) -> Status | None:
    return next((status for status in order if found.get(status)), None)


def _last(addresses: dict[str, None]) -> str:
    return next(reversed(addresses))
