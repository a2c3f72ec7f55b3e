"""What guards of several processes share through the store: open breakers, what people ordered, and budgets."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class BreakerSwitch(StrEnum):
    """What a person may order of a breaker."""

    OPEN = "open"
    """No call is made."""
    DISABLED = "disabled"
    """Every call is made, whatever became of the ones before."""
    AUTO = "auto"
    """It decides by itself again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """An order, and the record of who gave it.

    Attributes:
        name: The breaker.
        switch: What is ordered.
        until: When it ends by itself, in ms since 1970 UTC; None for never.
        by, reason: Who, and why.
        at: When it was given.
    """

    name: str
    switch: BreakerSwitch
    until: int | None = None
    by: str = ""
    reason: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerRow:
    """The last change of a breaker that any process told of.

    Attributes:
        name: Unique in the store.
        state: `closed`, `open` or `half_open`, as the process saw it that told of it.
        until: When an open one may be tried again, in ms since 1970 UTC; 0 where it is not open.
        why: What opened it; empty where it is closed.
        version: Raised by each change.
        at: When it changed; 0: never yet.
        override: The last order that a person gave for it, whether or not it still holds; None: never any.
    """

    name: str
    state: str = "closed"
    until: int = 0
    why: str = ""
    version: int = 0
    at: int = 0
    override: Override | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """What a call may cost at most.

    Attributes:
        id: The call; the same one again is not counted twice while it is reserved.
        budget: Who pays.
        money, tokens: How much; money in micro-units.
        money_max, tokens_max: What the budget may spend in all; None for no limit.
        at: When.
    """

    id: str
    budget: str
    money: int
    tokens: int
    money_max: int | None = None
    tokens_max: int | None = None
    at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetRow:
    """How a budget stands.

    Attributes:
        name: Unique in the store.
        money_max, tokens_max: Its limits as the last reservation said them; None for no limit.
        money_spent, tokens_spent: By calls that have ended.
        money_reserved, tokens_reserved: For calls under way, and for those whose process died before they ended.
        at: When it last changed.
    """

    name: str
    money_max: int | None = None
    tokens_max: int | None = None
    money_spent: int = 0
    tokens_spent: int = 0
    money_reserved: int = 0
    tokens_reserved: int = 0
    at: int = 0

    def admits(self, wanted: Reservation) -> bool:
        """Claim that as much as is wanted may still be spent."""
        money = self.money_spent + self.money_reserved + wanted.money
        tokens = self.tokens_spent + self.tokens_reserved + wanted.tokens
        return _is_within(money, wanted.money_max) and _is_within(tokens, wanted.tokens_max)


class GuardStore(Protocol):
    """The part of a `Store` that guards share. Each verb returns when what it changed is committed."""

    async def add_breakers(self, names: Collection[str]) -> None:
        """Make breakers known; those that are known stay as they are."""

    async def put_breaker(self, row: BreakerRow) -> None:
        """Tell of a breaker's change; `version` and `override` are the store's own.

        Open counts: of two the later `until`, and a breaker that is open for another process as of `row.at` stays so.
        """

    async def override(self, order: Override) -> bool:
        """Record an order; False, and nothing is recorded, where there is no such breaker.

        `AUTO` makes it closed too: that it opened is forgotten.
        """

    async def breakers(self) -> Sequence[BreakerRow]:
        """Return all breakers, by name."""

    async def overrides(self, name: str) -> Sequence[Override]:
        """Return every order that was ever given for a breaker, oldest first."""

    async def reserve(self, wanted: Reservation) -> BudgetRow | None:
        """Reserve in one transaction; where it would go beyond a limit, nothing is reserved.

        Returns:
            None when it is reserved; otherwise how the budget stands.
        """

    async def settle(self, reservation_id: str, *, spent: tuple[int, int] | None, at: int) -> None:
        """Replace a reservation by what was spent; one that is not there (any more) changes nothing.

        Args:
            reservation_id: The reservation.
            spent: Money and tokens; None for all that was reserved.
            at: When, in ms since 1970 UTC.
        """

    async def budgets(self) -> Sequence[BudgetRow]:
        """Return all budgets, by name."""


def _is_within(sum_of: int, limit: int | None) -> bool:
    return limit is None or sum_of <= limit
