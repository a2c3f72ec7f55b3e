"""Money and tokens: reserved on disk before a call, settled after it, so that no crash spends more than was meant.

A reservation whose process died before it was settled stays spent, in full: nobody knows what the call did cost, and
less than was reserved is what a budget must never assume. People raise the limit where that is wrong.
"""

from typing import NamedTuple, Protocol


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

    def settle(self, reservation: str, cost: Cost) -> None:
        """Spend `cost` in place of what was reserved; without waiting for the disk. The second time changes nothing."""
