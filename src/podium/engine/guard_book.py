"""What guards share, kept in memory: the rules of a `GuardStore`, without a clock, a disk or an event loop."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from podium.engine.guard_store import BreakerRow, BreakerSwitch, BudgetRow, Override, Reservation

OPEN = "open"


@dataclass(slots=True, eq=False)
class GuardBook:
    """Breakers, orders about them, and accounts. Its fields are plain data, so it can be written down as it is.

    Attributes:
        switches: The breakers, by name.
        orders: What people ordered, oldest first.
        accounts: The budgets, by name.
        reservations: What is set aside, by id.
    """

    switches: dict[str, BreakerRow] = field(default_factory=dict)
    orders: list[Override] = field(default_factory=list)
    accounts: dict[str, BudgetRow] = field(default_factory=dict)
    reservations: dict[str, Reservation] = field(default_factory=dict)

    def add_breakers(self, names: Collection[str]) -> None:
        """Make breakers known."""
        for name in names:
            self.switches.setdefault(name, BreakerRow(name=name))

    def put_breaker(self, row: BreakerRow) -> None:
        """Take a change over, unless the breaker is open for longer."""
        there = self.switches.get(row.name, BreakerRow(name=row.name))
        is_longer = row.until > there.until if row.state == OPEN else there.until <= row.at
        if there.state != OPEN or is_longer:
            self.switches[row.name] = replace(row, version=there.version + 1, override=there.override)

    def override(self, order: Override) -> bool:
        """Record an order for a breaker that is known."""
        there = self.switches.get(order.name)
        if there is None:
            return False
        self.orders.append(order)
        if order.switch is BreakerSwitch.AUTO:
            there = BreakerRow(name=order.name, version=there.version + 1, at=order.at)
        self.switches[order.name] = replace(there, override=order)
        return True

    def breakers(self) -> list[BreakerRow]:
        """Return all breakers."""
        return [self.switches[name] for name in sorted(self.switches)]

    def overrides(self, name: str) -> list[Override]:
        """Return the orders for a breaker, oldest first."""
        return [order for order in self.orders if order.name == name]

    def reserve(self, wanted: Reservation) -> BudgetRow | None:
        """Reserve, unless it would go beyond a limit; then return how the budget stands."""
        if wanted.id in self.reservations:
            return None
        known = self.accounts.get(wanted.budget, BudgetRow(name=wanted.budget))
        known = replace(known, money_max=wanted.money_max, tokens_max=wanted.tokens_max, at=wanted.at)
        self.accounts[wanted.budget] = known
        if not known.admits(wanted):
            return known
        self.reservations[wanted.id] = wanted
        self._reserve(wanted, times=1)
        return None

    def settle(self, reservation_id: str, *, spent: tuple[int, int] | None, at: int) -> None:
        """Replace a reservation by what was spent."""
        held = self.reservations.pop(reservation_id, None)
        if held is None:
            return
        self._reserve(held, times=-1)
        row = self.accounts[held.budget]
        money, tokens = (held.money, held.tokens) if spent is None else spent
        self.accounts[held.budget] = replace(
            row, at=max(row.at, at), money_spent=row.money_spent + money, tokens_spent=row.tokens_spent + tokens
        )

    def budgets(self) -> list[BudgetRow]:
        """Return how all budgets stand."""
        return [self.accounts[name] for name in sorted(self.accounts)]

    def _reserve(self, wanted: Reservation, *, times: int) -> None:
        row = self.accounts[wanted.budget]
        money = row.money_reserved + times * wanted.money
        self.accounts[wanted.budget] = replace(
            row, money_reserved=money, tokens_reserved=row.tokens_reserved + times * wanted.tokens
        )
