"""Reads the services' ledgers from disk and says whether anything was done twice or got lost.

The audit believes the services' disks alone, not Podium's journal: it is the world's side of the story. It works
while the services run, and after they ended.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from podium.demo.desk.ledger import read_effects
from podium.demo.desk.models import KINDS, Effect, Kind, ledger_path


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A booking that was made while the same order of the same traveller held one at that service already.

    Attributes:
        order: The order, else the key, else the city that the booking is told apart by.
        bookings: The id that was held and the id that was added.
    """

    kind: Kind
    traveller: str
    order: str
    bookings: tuple[str, str]


@dataclass(frozen=True, slots=True)
class ServiceAudit:
    """What one service did; `effects` is `booked` plus `cancelled`."""

    kind: Kind
    booked: int
    cancelled: int
    duplicates: tuple[Duplicate, ...]

    @property
    def effects(self) -> int:
        """How many changes it made."""
        return self.booked + self.cancelled


@dataclass(frozen=True, slots=True)
class OrderAudit:
    """What one order holds now: bookings that are not cancelled, per service; a service without one counts 0."""

    order: str
    held: Mapping[Kind, int]

    @property
    def is_whole(self) -> bool:
        """It holds a booking at every service."""
        return all(self.held.values())

    @property
    def is_undone(self) -> bool:
        """It holds nothing."""
        return not any(self.held.values())


@dataclass(frozen=True, slots=True)
class Audit:
    """The story of all services.

    Attributes:
        orders: Every order that was ever booked or is said to be finished, sorted.
        finished: The orders that their owner was told are finished, so they have to be whole.
    """

    services: tuple[ServiceAudit, ...]
    orders: tuple[OrderAudit, ...]
    finished: frozenset[str]

    @property
    def duplicates(self) -> tuple[Duplicate, ...]:
        """What was done twice, at any service."""
        return tuple(duplicate for service in self.services for duplicate in service.duplicates)

    @property
    def lost(self) -> tuple[OrderAudit, ...]:
        """Orders that are neither whole nor undone, and finished ones that are not whole."""
        return tuple(
            order
            for order in self.orders
            if not order.is_whole and (order.order in self.finished or not order.is_undone)
        )

    @property
    def is_clean(self) -> bool:
        """Nothing twice, nothing lost."""
        return not self.duplicates and not self.lost

    def lines(self) -> list[str]:
        """Return the story in plain words, a line each."""
        return [*map(_service_line, self.services), *self._twice_lines(), *self._lost_lines()]

    def _twice_lines(self) -> list[str]:
        if not self.duplicates:
            return ["nothing twice: no order was booked again at a service where it held a booking"]
        return [
            f"TWICE at {twice.kind}: {twice.order} of {twice.traveller} has {' and '.join(twice.bookings)}"
            for twice in self.duplicates
        ]

    def _lost_lines(self) -> list[str]:
        if not self.lost:
            undone = sum(order.is_undone for order in self.orders)
            whole = len(self.orders) - undone
            return [f"nothing lost: every order is whole ({whole}) or undone ({undone})"]
        return [
            f"LOST: {order.order} has no {', no '.join(kind for kind, count in order.held.items() if not count)}"
            for order in self.lost
        ]


def read_audit(folder: Path, *, finished: Collection[str] = ()) -> Audit:
    """Audit every service that has a ledger in `folder`.

    Read it when no run is under way: an order that is being booked looks lost.

    Args:
        folder: The desk's.
        finished: Orders that their owner was told are done; each has to hold a booking at every service.
    """
    effects = {kind: _effects(ledger_path(folder, kind)) for kind in KINDS if ledger_path(folder, kind).exists()}
    return Audit(
        services=tuple(_audit_service(kind, told) for kind, told in effects.items()),
        orders=_audit_orders(effects, finished),
        finished=frozenset(finished),
    )


def _service_line(service: ServiceAudit) -> str:
    held = service.booked - service.cancelled
    return f"{service.kind}: {service.booked} booked, {service.cancelled} cancelled, {held} held"


def _effects(path: Path) -> list[Effect]:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        return read_effects(connection)


def _audit_service(kind: Kind, effects: Iterable[Effect]) -> ServiceAudit:
    counts: Counter[str] = Counter()
    held: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    duplicates = []
    for effect in effects:
        counts[effect.effect] += 1
        booking = effect.booking
        act = (booking.traveller, booking.order or effect.key or booking.city)
        if effect.effect == "booked":
            if held[act]:
                duplicates.append(Duplicate(kind, *act, bookings=(held[act][0], booking.id)))
            held[act].append(booking.id)
        else:
            held[act].remove(booking.id)
    return ServiceAudit(kind, booked=counts["booked"], cancelled=counts["cancelled"], duplicates=tuple(duplicates))


def _audit_orders(effects: Mapping[Kind, Iterable[Effect]], finished: Collection[str]) -> tuple[OrderAudit, ...]:
    held: dict[str, Counter[Kind]] = {order: Counter() for order in finished}
    for kind, told in effects.items():
        for effect in told:
            if effect.booking.order is not None:
                step = 1 if effect.effect == "booked" else -1
                held.setdefault(effect.booking.order, Counter())[kind] += step
    return tuple(OrderAudit(order, held={kind: held[order][kind] for kind in effects}) for order in sorted(held))
