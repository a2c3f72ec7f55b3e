"""What travels between a `TemporalGuardStore` and the execution that keeps a task queue's guards: all plain data.

Its id names the queue. What needs an answer is an update; what needs none is a signal, which the server keeps where
no worker is there to take it: a worker that is about to leave still tells what its last calls did cost.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from podium.engine.guard_book import GuardBook
from podium.engine.guard_store import BudgetRow

GUARDS = "podium.guards"
"""The workflow type."""

RESERVE, ORDER = "reserve", "order"
"""The updates; both may come twice and count once."""

SETTLE, PUT_BREAKER, ADD_BREAKERS = "settle", "put_breaker", "add_breakers"
"""The signals."""

BREAKERS, OVERRIDES, BUDGETS = "breakers", "overrides", "budgets"
"""The queries."""

HISTORY_MAX = 4_000
"""So many events in the history of one execution, and it is continued as a new one; a call with a budget is six."""


@dataclass(slots=True, kw_only=True)
class GuardStart:
    """The workflow's input.

    Attributes:
        book: Where it goes on from.
        history_max: See `HISTORY_MAX`; recorded, so that a replay finds the same.
    """

    book: GuardBook = field(default_factory=GuardBook)
    history_max: int = HISTORY_MAX


@dataclass(slots=True, kw_only=True)
class Reserved:
    """What became of a reservation: `over` is empty when it is reserved, otherwise it has how the budget stands."""

    over: Sequence[BudgetRow] = ()


@dataclass(slots=True, kw_only=True)
class Settled:
    """What a reservation is replaced by; `spent` (money, tokens) is None for all of it."""

    id: str
    spent: tuple[int, int] | None
    at: int


def id_of(queue: str) -> str:
    """Return the workflow id of the execution that keeps a queue's guards."""
    return f"podium-guards:{queue}"
