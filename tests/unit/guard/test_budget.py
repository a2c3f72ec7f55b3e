"""Budgets: the cost is on disk before a call, and what it did cost is told after it."""

import asyncio
from typing import Any

import pytest

from podium.failure import FailureKind
from podium.graph.guards import Breaker, Budget, Bulkhead, Hedge
from podium.graph.policies import Retry
from podium.guard.budget import Cost
from podium.outcomes import NotDone, OverBudget
from tests.unit.guard.dependency import Bench

ONCE = Retry(attempts=1)


class Accounts:
    """Accounts as a store keeps them, and how they stood whenever the dependency was reached."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.reserved: dict[str, Cost] = {}
        self.settled: dict[str, Cost | None] = {}
        self.known_at_calls: list[int] = []

    async def reserve(
        self, name: str, cost: Cost, *, money_max: int | None = None, tokens_max: int | None = None
    ) -> str:
        await self.bench.clock.sleep(5)
        spent = sum((self.settled.get(id_) or held).money for id_, held in self.reserved.items())
        if money_max is not None and spent + cost.money > money_max:
            raise OverBudget(name, f"{name} is spent")
        assert tokens_max in (None, 1_000)
        id_ = f"{name} {len(self.reserved)}"
        self.reserved[id_] = cost
        return id_

    def settle(self, reservation: str, cost: Cost | None) -> None:
        self.settled.setdefault(reservation, cost)

    async def called(self) -> str:
        self.known_at_calls.append(len(self.reserved))
        return await self.bench.behind()


@pytest.fixture
def accounts(bench: Bench) -> Accounts:
    made = bench.guards.spending = Accounts(bench)
    return made


def budget(**said: Any) -> Budget:
    return Budget("team", **{"money": 100, "cost": lambda args: (args["price"], 7), **said})


def price(money: int) -> Any:
    return lambda: {"price": money}


async def test_cost_is_reserved_before_and_settled_after(bench: Bench, accounts: Accounts) -> None:
    ring = bench.ring(retry=ONCE, budget=budget(tokens=1_000, spent=lambda answer: (30, len(answer))))
    assert await bench.made(ring, make=accounts.called, arguments=price(40)) == "answer 1"
    assert accounts.known_at_calls == [1], "it was on disk before the call"
    assert accounts.reserved == {"team 0": Cost(40, 7)}
    assert accounts.settled == {"team 0": Cost(30, 8)}


async def test_what_would_cost_too_much_is_not_sent(bench: Bench, accounts: Accounts) -> None:
    ring = bench.ring(budget=budget(), breaker=Breaker())
    assert await bench.made(ring, arguments=price(60)) == "answer 1"
    ended = await bench.made(ring, arguments=price(41))
    assert isinstance(ended.error, OverBudget)
    assert (ended.meaning.kind, ended.meaning.is_sure) == (FailureKind.PERMANENT, True)
    assert bench.behind.calls == 1
    assert bench.guards.breakers()[0].failures == 0


async def test_all_that_was_reserved_is_spent_where_nobody_says_what_was(bench: Bench, accounts: Accounts) -> None:
    await bench.made(bench.ring("a", budget=budget()), arguments=price(1))
    await bench.made(bench.ring("b", budget=budget(spent=lambda _: 1 // 0)), arguments=price(1))
    assert accounts.settled == {"team 0": None, "team 1": None}


async def test_all_that_was_reserved_is_spent_where_nobody_knows_what_happened(
    bench: Bench, accounts: Accounts
) -> None:
    bench.behind.raises = TimeoutError()
    await bench.made(bench.ring(retry=ONCE, budget=budget()), arguments=price(1))
    bench.behind.raises, bench.behind.takes_ms = None, 1_000
    task = asyncio.create_task(bench.ring(retry=ONCE, budget=budget()).call(bench.call(arguments=price(1))))
    await asyncio.sleep(0)
    await bench.clock.advance(100)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert accounts.settled == {"team 0": None, "team 1": None}


async def test_nothing_is_spent_on_what_certainly_did_not_happen(bench: Bench, accounts: Accounts) -> None:
    ring = bench.ring(retry=ONCE, budget=budget(), bulkhead=Bulkhead(1, queue=0))
    bench.behind.raises = NotDone("sold out")
    await bench.made(ring, arguments=price(1))
    assert accounts.settled == {"team 0": Cost()}
    bench.behind.raises, bench.behind.takes_ms = None, 1_000
    task = asyncio.create_task(ring.call(bench.call(arguments=price(1))))
    await asyncio.sleep(0)
    await bench.clock.advance(100)
    await bench.made(ring, arguments=price(1))
    assert accounts.settled == {"team 0": Cost(), "team 2": Cost()}, "the bulkhead was full"
    await bench.over(task)


async def test_each_attempt_pays_and_so_does_each_hedge(bench: Bench, accounts: Accounts) -> None:
    bench.behind.raises = [ConnectionResetError(), None]
    ring = bench.ring(retry=Retry(attempts=2, base=0, cap=0), budget=budget())
    await bench.made(ring, arguments=price(1))
    assert len(accounts.reserved) == 2
    bench.behind.raises, bench.behind.takes_ms = None, 100
    hedged = bench.ring("hedged", budget=budget(), hedge=Hedge(0.05, share_max=1.0))
    await bench.made(hedged, arguments=price(1))
    assert len(accounts.reserved) == 4


async def test_cost_that_can_not_be_told_fails_the_call_before_it_is_sent(bench: Bench, accounts: Accounts) -> None:
    ended = await bench.made(bench.ring(budget=budget()))
    assert isinstance(ended.error, KeyError)
    assert ended.meaning.is_sure
    assert bench.behind.calls == 0


async def test_budget_without_a_cost_counts_what_was_spent(bench: Bench, accounts: Accounts) -> None:
    ring = bench.ring(budget=Budget("team", money=10, spent=lambda _: (10, 0)))
    assert await bench.made(ring) == "answer 1"
    assert accounts.settled == {"team 0": Cost(10, 0)}


async def test_asking_about_a_write_is_not_refused_for_its_price(bench: Bench, accounts: Accounts) -> None:
    ring = bench.ring(budget=budget(money=0))
    assert await ring.ask(bench.call(arguments=price(1)), None) == "answer 1"
    assert accounts.reserved == {}
