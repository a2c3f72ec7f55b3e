"""The retry budget of a dependency: retries end for all its callers before they do it harm.

Source: the retry quota of the AWS SDKs, "standard" mode.
"""

from dataclasses import dataclass

CAPACITY = 500
_FIRST_SUCCESS = 1


@dataclass(frozen=True, slots=True)
class RetryBudgetView:
    """A retry budget as people see it.

    Attributes:
        name: The dependency.
        left: What is left of 500.
    """

    name: str
    left: int


class RetryBudget:
    """One budget.

    Attributes:
        name: The dependency.
        left: What is left.
    """

    __slots__ = ("left", "name")

    def __init__(self, name: str) -> None:
        self.name, self.left = name, CAPACITY

    def take(self, cost: int) -> bool:
        """Pay for a retry, if there is enough."""
        if cost > self.left:
            return False
        self.left -= cost
        return True

    def succeeded(self, paid: int) -> None:
        """A call came back well: what was paid for its last retry is given back, or 1 where it needed none."""
        left = self.left + (paid or _FIRST_SUCCESS)
        self.left = min(CAPACITY, left)

    def view(self) -> RetryBudgetView:
        """Return how it stands."""
        return RetryBudgetView(self.name, self.left)
