"""Breakers and budgets as people see them."""

from podium.views.view import View


class OrderView(View):
    """What a person ordered of a breaker (`open`, `disabled`, `auto`); `until` None: until another order."""

    switch: str
    by: str
    reason: str
    at: int
    until: int | None = None


class BreakerRow(View):
    """A breaker; see `engine.guarding.BreakerInfo`.

    Attributes:
        tools: Tools of known workflows that go through it.
        says: Its policy in words.
        waiting_runs: Ids of runs that wait for it, at most 100.
        orders: Every order that was given, newest first.
    """

    name: str
    state: str
    until: int | None = None
    calls: int | None = None
    failures: int | None = None
    slow: int | None = None
    trips: int | None = None
    why: str = ""
    tools: tuple[str, ...] = ()
    says: str = ""
    waiting_runs: tuple[str, ...] = ()
    orders: tuple[OrderView, ...] = ()


class BudgetView(View):
    """A budget; money in micro-units; see `engine.guard_store.BudgetRow`."""

    name: str
    money_max: int | None = None
    tokens_max: int | None = None
    money_spent: int = 0
    tokens_spent: int = 0
    money_reserved: int = 0
    tokens_reserved: int = 0


class GuardPage(View):
    """All breakers and budgets, by name."""

    breakers: tuple[BreakerRow, ...]
    budgets: tuple[BudgetView, ...]
