"""A budget is kept to the last unit: by many calls at once, by two processes, and across SIGKILL."""

from collections.abc import Callable

import pytest

from podium import Engine
from podium.engine.guard_store import BudgetRow
from tests.integration.guards.conftest import Process
from tests.integration.guards.service import Service
from tests.integration.guards.worker import LIMIT, PRICE

pytestmark = pytest.mark.process

Start = Callable[[], Process]
CALLS_MAX = LIMIT // PRICE


async def trips(url: str) -> BudgetRow:
    async with Engine(url, recovers=False) as engine:
        (row,) = await engine.budgets()
        return row


async def test_fifty_calls_at_once_spend_no_more_than_the_limit(start: Start, url: str, service: Service) -> None:
    outcomes = start().do("run", workflow="paying", times=50)
    assert (outcomes.count("done"), outcomes.count("OverBudget")) == (CALLS_MAX, 50 - CALLS_MAX)
    assert service.asked["/paid"] == CALLS_MAX
    row = await trips(url)
    assert (row.money_spent, row.money_reserved) == (CALLS_MAX * PRICE, 0)


async def test_two_processes_spend_no_more_than_the_limit(start: Start, url: str, service: Service) -> None:
    processes = [start(), start()]
    for process in processes:
        process.ask("run", workflow="paying", times=25)
    outcomes = [outcome for process in processes for outcome in process.answer()]
    assert outcomes.count("done") == service.asked["/paid"] == CALLS_MAX
    assert (await trips(url)).money_spent == CALLS_MAX * PRICE


async def test_what_a_killed_process_may_have_spent_stays_reserved(start: Start, url: str, service: Service) -> None:
    """Ten calls are under way when it is killed. Whoever takes their runs over makes them again, and pays again."""
    service.hold()
    dying = start()
    dying.ask("run", workflow="paying", times=10)
    service.until_asked("/paid", 10)
    dying.kill()
    service.let_go()
    row = await trips(url)
    assert (row.money_spent, row.money_reserved) == (0, 10 * PRICE)
    other = start()
    outcomes = other.do("run", workflow="paying", times=50)
    other.until("ended", wanted=True)
    assert "OverBudget" in outcomes
    assert service.asked["/paid"] == CALLS_MAX
    row = await trips(url)
    assert (row.money_spent, row.money_reserved) == ((CALLS_MAX - 10) * PRICE, 10 * PRICE)
