"""What guards share, by the same rules as in a file."""

from collections.abc import Collection
from dataclasses import replace

from podium.engine.guard_store import BreakerRow, BreakerSwitch, BudgetRow, Override, Reservation
from podium.memory.shelf import Shelf

OPEN = "open"


def add_breakers(shelf: Shelf, names: Collection[str]) -> None:
    """Make breakers known."""
    for name in names:
        shelf.breakers.setdefault(name, BreakerRow(name=name))


def put_breaker(shelf: Shelf, row: BreakerRow) -> None:
    """Take a change over, unless the breaker is open for longer."""
    there = shelf.breakers.get(row.name, BreakerRow(name=row.name))
    is_longer = row.until > there.until if row.state == OPEN else there.until <= row.at
    if there.state != OPEN or is_longer:
        shelf.breakers[row.name] = replace(row, version=there.version + 1, override=there.override)


def override(shelf: Shelf, order: Override) -> bool:
    """Record an order for a breaker that is known."""
    there = shelf.breakers.get(order.name)
    if there is None:
        return False
    shelf.overrides.append(order)
    if order.switch is BreakerSwitch.AUTO:
        there = BreakerRow(name=order.name, version=there.version + 1, at=order.at)
    shelf.breakers[order.name] = replace(there, override=order)
    return True


def breakers(shelf: Shelf) -> list[BreakerRow]:
    """Return all breakers."""
    return [shelf.breakers[name] for name in sorted(shelf.breakers)]


def overrides(shelf: Shelf, name: str) -> list[Override]:
    """Return the orders for a breaker, oldest first."""
    return [order for order in shelf.overrides if order.name == name]


def reserve(shelf: Shelf, wanted: Reservation) -> BudgetRow | None:
    """Reserve, unless it would go beyond a limit; then return how the budget stands."""
    if wanted.id in shelf.reservations:
        return None
    known = shelf.budgets.get(wanted.budget, BudgetRow(name=wanted.budget))
    known = replace(known, money_max=wanted.money_max, tokens_max=wanted.tokens_max, at=wanted.at)
    shelf.budgets[wanted.budget] = known
    if not known.admits(wanted):
        return known
    shelf.reservations[wanted.id] = wanted
    _reserve(shelf, wanted, times=1)
    return None


def settle(shelf: Shelf, reservation_id: str, *, spent: tuple[int, int] | None, at: int) -> None:
    """Replace a reservation by what was spent."""
    held = shelf.reservations.pop(reservation_id, None)
    if held is None:
        return
    _reserve(shelf, held, times=-1)
    row = shelf.budgets[held.budget]
    money, tokens = (held.money, held.tokens) if spent is None else spent
    shelf.budgets[held.budget] = replace(
        row, at=max(row.at, at), money_spent=row.money_spent + money, tokens_spent=row.tokens_spent + tokens
    )


def budgets(shelf: Shelf) -> list[BudgetRow]:
    """Return how all budgets stand."""
    return [shelf.budgets[name] for name in sorted(shelf.budgets)]


def _reserve(shelf: Shelf, wanted: Reservation, *, times: int) -> None:
    row = shelf.budgets[wanted.budget]
    money = row.money_reserved + times * wanted.money
    shelf.budgets[wanted.budget] = replace(
        row, money_reserved=money, tokens_reserved=row.tokens_reserved + times * wanted.tokens
    )
