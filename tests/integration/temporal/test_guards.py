"""Guards that several workers of one task queue share: no budget is spent twice, and what one is told all obey."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from podium import BreakerSwitch, Engine, RunFilter
from podium.engine.guard_store import BreakerRow, Override, Reservation
from podium.errors import RunFailedError
from podium.guard.breaker import BreakerState
from podium.guard_errors import UnknownBreakerError
from podium.temporal.address import address_of
from podium.temporal.guard_store import TemporalGuardStore
from podium.temporal.guard_wire import id_of
from tests.integration.cli.terminal import Terminal
from tests.integration.temporal.asking import backend, listed, until_begun
from tests.integration.temporal.desk import Order, World, asking_price, costly, napping, resources
from tests.integration.temporal.started import LIMIT_S, start, target, written

pytestmark = pytest.mark.process

LIMIT = 10
"""Of the budget `house`; a call of `ponder` takes one."""


@pytest.fixture
async def engines(url: str, world: World) -> AsyncIterator[list[Engine]]:
    """Return two workers on one queue."""
    async with _two(url) as engines:
        yield engines


@asynccontextmanager
async def _two(url: str) -> AsyncIterator[list[Engine]]:
    async with (
        Engine(url, workflows=[costly, asking_price], resources=resources) as one,
        Engine(url, workflows=[costly, asking_price], resources=resources) as other,
    ):
        yield [one, other]


async def _outcome(engine: Engine, workflow: object = costly) -> str:
    """Run it; return "" or why it failed."""
    try:
        await (await engine.start(workflow, Order())).result()  # type: ignore[arg-type] # any of the desk's
    except RunFailedError as failed:
        return str(failed)
    return ""


async def test_two_workers_never_spend_more_than_a_budget_has(url: str, world: World) -> None:
    async with _two(url) as engines:
        outcomes = await asyncio.gather(*(_outcome(engines[number % 2]) for number in range(LIMIT + 6)))
    refused = [why for why in outcomes if why]
    assert len(refused) == 6
    assert all("OverBudget" in why and "house" in why for why in refused)
    async with Engine(url, workflows=[costly], resources=resources) as later:
        (row,) = await later.budgets()  # what the last worker of the queue settled was kept until another came
        assert (row.name, row.tokens_max, row.tokens_spent, row.tokens_reserved) == ("house", LIMIT, LIMIT, 0)
        assert "OverBudget" in await _outcome(later)


async def test_breaker_that_opened_in_one_worker_refuses_in_all_and_outlives_them(url: str, world: World) -> None:
    world.refuse("book")
    async with _two(url) as engines:
        assert "ConnectionError" in await _outcome(engines[0], asking_price)
        for engine in engines:
            await _until_told(engine, BreakerState.OPEN)
        refused = await asyncio.gather(*(_outcome(engines[number % 2], asking_price) for number in range(6)))
        assert all("BreakerOpen" in why for why in refused)
    async with Engine(url, workflows=[asking_price], resources=resources) as later:
        await _until_obeys(later, BreakerState.OPEN)
        assert "BreakerOpen" in await _outcome(later, asking_price)
    assert world.lines == ["price book"]


async def test_order_about_a_breaker_holds_in_all_workers_and_is_listed(
    url: str, engines: list[Engine], world: World
) -> None:
    async with Engine(url, recovers=False) as office:
        await office.override_breaker("shop", BreakerSwitch.OPEN, by="ann", reason="sale")
        for engine in engines:
            await _until_obeys(engine, BreakerState.FORCED_OPEN)
            (info,) = await engine.breakers()
            assert (info.state, info.override and info.override.by) == (BreakerState.FORCED_OPEN, "ann")
        refused = await asyncio.gather(*(_outcome(engines[number % 2], asking_price) for number in range(6)))
        assert all("BreakerOpen" in why for why in refused)
        await office.override_breaker("shop", BreakerSwitch.AUTO, by="bob")
        for engine in engines:
            await _until_obeys(engine, BreakerState.CLOSED)
        assert await _outcome(office, asking_price) == ""
        told = await office.breaker_orders("shop")
        assert [(order.switch, order.by) for order in told] == [("open", "ann"), ("auto", "bob")]
        with pytest.raises(UnknownBreakerError, match="shop"):
            await office.override_breaker("shoq", BreakerSwitch.OPEN, by="ann")
    assert world.lines == ["price book"]


async def test_worker_that_comes_later_makes_no_call_before_it_was_told_what_holds(
    url: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Engine(url, workflows=[asking_price], resources=resources) as first:
        await first.override_breaker("shop", BreakerSwitch.OPEN, by="ann")
    looking, asked = TemporalGuardStore.breakers, asyncio.Event()

    async def slow_look(store: TemporalGuardStore) -> Sequence[BreakerRow]:
        await asked.wait()
        return await looking(store)

    monkeypatch.setattr(TemporalGuardStore, "breakers", slow_look)
    async with Engine(url, workflows=[asking_price], resources=resources) as later:
        run = await later.start(asking_price, Order())
        await until_begun(later, run.id)
        asked.set()
        with pytest.raises(RunFailedError, match="BreakerOpen"):
            await run.result()
    assert world.lines == []


async def test_nothing_is_told_where_nothing_was_shared_and_runs_alone_are_listed(url: str, world: World) -> None:
    async with Engine(url, workflows=[napping], resources=resources) as engine:
        assert (await engine.breakers(), await engine.budgets()) == ([], [])
        with pytest.raises(UnknownBreakerError):
            await engine.override_breaker("shop", BreakerSwitch.OPEN, by="ann")
        await TemporalGuardStore(backend(engine).client, address_of(url)).add_breakers(["shop"])
        assert [info.name for info in await engine.breakers()] == ["shop"]
        run = await engine.start(napping, Order())
        await run.result()
        assert [info.id for info in await listed(engine, RunFilter(), count=1)] == [run.id]
        assert await engine.tasks() == []


async def test_what_is_shared_goes_on_in_new_executions_and_each_reservation_counts_once(
    url: str, world: World
) -> None:
    async with Engine(url, workflows=[napping], resources=resources) as engine:
        client = backend(engine).client
        store = TemporalGuardStore(client, address_of(url), history_max=20)
        await store.put_breaker(BreakerRow(name="shop", state="open", until=1 << 50, why="down", at=1))
        assert await store.override(Override(name="shop", switch=BreakerSwitch.DISABLED, by="ann", at=2))
        first = (await client.get_workflow_handle(id_of(address_of(url).queue)).describe()).run_id
        refused = await asyncio.gather(*(_reserve(store, number) for number in range(60)))
        again = await asyncio.gather(*(_reserve(store, number) for number in range(60)))
        assert (sum(refused), again) == (30, refused)
        admitted = [number for number in range(60) if not refused[number]]
        for number in admitted[:5]:
            await store.settle(f"r{number}", spent=(0, 3), at=3)
            await store.settle(f"r{number}", spent=(0, 3), at=3)
        (budget,), (breaker,) = await store.budgets(), await store.breakers()
        assert (budget.tokens_spent, budget.tokens_reserved) == (15, 25)
        assert (breaker.state, breaker.why, breaker.override and breaker.override.by) == ("open", "down", "ann")
        assert [order.by for order in await store.overrides("shop")] == ["ann"]
        assert (await client.get_workflow_handle(id_of(address_of(url).queue)).describe()).run_id != first


async def _reserve(store: TemporalGuardStore, number: int) -> bool:
    """Reserve one token of thirty; claim that it is refused."""
    wanted = Reservation(id=f"r{number}", budget="house", money=0, tokens=1, tokens_max=30, at=1)
    return await store.reserve(wanted) is not None


@pytest.mark.slow
async def test_what_a_killed_worker_had_reserved_stays_spent(terminal: Terminal, url: str) -> None:
    url += "&heartbeat=2"
    paying = target(terminal, "paying")
    async with Engine(url, recovers=False) as engine:
        with terminal.started("worker", "app.py", "--engine", url) as first:
            run = await start(engine, paying, "paid-for")
            os.kill(int(await written(engine, terminal.folder / "pid")), signal.SIGKILL)
            await asyncio.to_thread(first.end)
        with terminal.started("worker", "app.py", "--engine", url):
            await asyncio.wait_for(run.result(), LIMIT_S)
            (row,) = await engine.budgets()
            assert row.tokens_spent + row.tokens_reserved == 2
            assert row.tokens_reserved >= 1
            with pytest.raises(RunFailedError, match="OverBudget"):
                await asyncio.wait_for((await start(engine, paying, "too-much")).result(), LIMIT_S)


async def _until_told(engine: Engine, state: BreakerState) -> None:
    """Wait until an engine tells people that the breaker is in a state."""

    async def is_told() -> bool:
        return [info.state for info in await engine.breakers() if info.name == "shop"] == [state]

    await asyncio.wait_for(_until(engine, is_told), LIMIT_S)


async def _until_obeys(engine: Engine, state: BreakerState) -> None:
    """Wait until an engine's worker was told by itself that the breaker is in a state, used or not."""
    guards = backend(engine)._worker.guards  # type: ignore[union-attr] # it works

    async def is_told() -> bool:
        return "shop" in guards._said and guards._said["shop"].state is state

    await asyncio.wait_for(_until(engine, is_told), LIMIT_S)


async def _until(engine: Engine, is_so: Callable[[], Awaitable[bool]]) -> None:
    with engine.news() as news:
        while not await is_so():
            news.clear()
            await news.wait()
