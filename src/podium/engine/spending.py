"""Budgets over the store: what a call may cost is on disk before the call, and what it did cost after it."""

import logging
import secrets

from podium.engine.guard_store import BudgetRow, GuardStore, Reservation
from podium.engine.ports import Clock
from podium.engine.spawn import Spawn
from podium.errors import StoreError
from podium.guard.budget import Cost
from podium.outcomes import OverBudget

_LOG = logging.getLogger("podium")

MICRO = 1_000_000


class StoreSpending:
    """The accounts of the engine's store. It implements `guard.budget.Spending`.

    Args:
        store: Has the accounts.
        clock: Time.
        spawn: Makes the tasks that settle.
    """

    def __init__(self, store: GuardStore, clock: Clock, spawn: Spawn) -> None:
        self._store, self._clock, self._spawn = store, clock, spawn

    async def reserve(
        self, name: str, cost: Cost, *, money_max: int | None = None, tokens_max: int | None = None
    ) -> str:
        """Set `cost` aside; see `Spending.reserve`."""
        wanted = Reservation(
            id=secrets.token_hex(8),
            budget=name,
            money=cost.money,
            tokens=cost.tokens,
            money_max=money_max,
            tokens_max=tokens_max,
            at=self._clock.now_ms(),
        )
        there = await self._store.reserve(wanted)
        if there is not None:
            raise OverBudget(name, _refusal(there, wanted))
        return wanted.id

    def settle(self, reservation: str, cost: Cost | None) -> None:
        """Spend `cost` in place of what was reserved; see `Spending.settle`."""
        self._spawn(self._settle(reservation, cost))

    async def _settle(self, reservation: str, cost: Cost | None) -> None:
        now_ms = self._clock.now_ms()
        try:
            await self._store.settle(reservation, spent=cost, at=now_ms)
        except StoreError as error:  # it stays reserved, in full, which is never too little
            _LOG.warning("reservation %s is not settled: %s", reservation, error)


def _refusal(there: BudgetRow, wanted: Reservation) -> str:
    parts = []
    if there.money_max is not None:
        left = there.money_max - there.money_spent - there.money_reserved
        parts.append(f"{left / MICRO:g} of {there.money_max / MICRO:g} are left, {wanted.money / MICRO:g} are wanted")
    if there.tokens_max is not None:
        left = there.tokens_max - there.tokens_spent - there.tokens_reserved
        parts.append(f"{left} of {there.tokens_max} tokens are left, {wanted.tokens} are wanted")
    return f"the budget {there.name} would be exceeded: {'; '.join(parts)}"
