"""The other workflow: one execution per task queue, which keeps what the guards of all its workers share.

One execution takes one thing after the other, so two workers never spend the same money. What it answered is in its
history first. No author's code runs here.
"""

from dataclasses import replace

from temporalio import workflow

from podium.engine.guard_store import BreakerRow, BudgetRow, Override, Reservation
from podium.temporal import guard_wire as wire


@workflow.defn(name=wire.GUARDS, sandboxed=False)
class GuardWorkflow:
    """Keeps one book; it never ends by itself, but goes on in a new execution when its history has grown long."""

    @workflow.init
    def __init__(self, start: wire.GuardStart) -> None:
        self._start, self._book = start, start.book

    @workflow.run
    async def run(self, start: wire.GuardStart) -> None:
        """Wait until the history is long."""
        del start
        await workflow.wait_condition(lambda: self._is_long() and workflow.all_handlers_finished())
        workflow.continue_as_new(replace(self._start, book=self._book))

    def _is_long(self) -> bool:
        info = workflow.info()
        return info.is_continue_as_new_suggested() or info.get_current_history_length() >= self._start.history_max

    @workflow.update(name=wire.RESERVE)
    def reserve(self, wanted: Reservation) -> wire.Reserved:
        """Reserve, once per id."""
        over = self._book.reserve(wanted)
        return wire.Reserved(over=[over] if over is not None else [])

    @workflow.update(name=wire.ORDER)
    def order(self, order: Override) -> bool:
        """Record an order, once: the same again is one whose answer was lost."""
        return order in self._book.orders or self._book.override(order)

    @workflow.signal(name=wire.SETTLE)
    def settle(self, settled: wire.Settled) -> None:
        """Replace a reservation by what was spent."""
        self._book.settle(settled.id, spent=settled.spent, at=settled.at)

    @workflow.signal(name=wire.PUT_BREAKER)
    def put_breaker(self, row: BreakerRow) -> None:
        """Take a breaker's change over."""
        self._book.put_breaker(row)

    @workflow.signal(name=wire.ADD_BREAKERS)
    def add_breakers(self, names: list[str]) -> None:
        """Make breakers known."""
        self._book.add_breakers(names)

    @workflow.query(name=wire.BREAKERS)
    def breakers(self) -> list[BreakerRow]:
        """Return all breakers."""
        return self._book.breakers()

    @workflow.query(name=wire.OVERRIDES)
    def overrides(self, name: str) -> list[Override]:
        """Return the orders for a breaker."""
        return self._book.overrides(name)

    @workflow.query(name=wire.BUDGETS)
    def budgets(self) -> list[BudgetRow]:
        """Return how all budgets stand."""
        return self._book.budgets()
