"""Money and tokens: reserved on disk before a call, settled after it, so that no crash spends more than was meant.

A reservation whose process died before it was settled stays spent, in full: nobody knows what the call did cost, and
less than was reserved is what a budget must never assume. People raise the limit where that is wrong.
"""

import logging
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from podium.graph.guards import Budget
from podium.guard.caught import Raised, caught_now

_LOG = logging.getLogger("podium.guard")


class Cost(NamedTuple):
    """What a call may cost, or did.

    Attributes:
        money: In micro-units of a currency.
        tokens: In the provider's own.
    """

    money: int = 0
    tokens: int = 0


class Spending(Protocol):
    """The accounts of a store: one per name, for all its processes, for good."""

    async def reserve(
        self, name: str, cost: Cost, *, money_max: int | None = None, tokens_max: int | None = None
    ) -> str:
        """Set `cost` aside and return the reservation's id once it is on disk.

        Raises:
            OverBudget: Spent, reserved and `cost` together are more than a limit; nothing was set aside.
            StoreUnavailableError: Nothing goes to disk any more.
        """

    def settle(self, reservation: str, cost: Cost | None) -> None:
        """Spend `cost` in place of what was reserved, or for None all of that; without waiting for the disk.

        The second time changes nothing.
        """


class Spender:
    """The budget of one tool's calls.

    Args:
        policy: What pays, and what a call costs.
        spending: The accounts.
    """

    __slots__ = ("_spending", "policy")

    def __init__(self, policy: Budget, spending: Spending) -> None:
        self.policy, self._spending = policy, spending

    async def reserve(self, arguments: Callable[[], dict[str, Any]]) -> str:
        """Set aside what the call may cost at most, and return the reservation's id once it is on disk.

        Raises:
            OverBudget: It is more than is left; nothing was set aside.
        """
        policy = self.policy
        cost = Cost() if policy.cost is None else Cost(*policy.cost(arguments()))
        return await self._spending.reserve(policy.name, cost, money_max=policy.money, tokens_max=policy.tokens)

    def settle(self, reservation: str, result: Any) -> None:
        """Spend what the call did cost; what was reserved stays spent where its author's function does not say."""
        spent = self.policy.spent
        if spent is None:
            self.keep(reservation)
            return
        said = caught_now(lambda: Cost(*spent(result)))
        if isinstance(said, Raised):
            _LOG.warning("spent= of budget %s raised %r; what was reserved is spent", self.policy.name, said.error)
            self.keep(reservation)
        else:
            self._spending.settle(reservation, said)

    def keep(self, reservation: str) -> None:
        """Spend all that was reserved: nobody knows what the call did cost."""
        self._spending.settle(reservation, None)

    def void(self, reservation: str) -> None:
        """Spend nothing: nothing happened."""
        self._spending.settle(reservation, Cost())
