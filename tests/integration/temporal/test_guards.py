"""Guards that several workers of one task queue share: no budget is spent twice, and what one is told all obey."""

import asyncio
import os
import secrets
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from podium import Approve, BreakerSwitch, Engine, RunFilter, RunInfo
from podium.engine.guard_store import BreakerRow, Override, Reservation
from podium.errors import RunFailedError
from podium.guard.breaker import BreakerState
from podium.guard_errors import UnknownBreakerError
from podium.temporal.address import address_of
from podium.temporal.guard_store import TemporalGuardStore
from podium.temporal.guard_wire import id_of
from tests.integration.cli.terminal import Terminal
from tests.integration.temporal.asking import backend
from tests.integration.temporal.desk import WORLD, Order, World, asking_price, costly, quick, resources
from tests.integration.temporal.test_processes import LIMIT_S, _start, _target, _there, terminal

__all__ = ["terminal"]

pytestmark = pytest.mark.process

LIMIT = 10
"""Of the budget `house`; a call of `ponder` takes one."""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Return what the tools act on."""
    monkeypatch.setenv(WORLD, str(tmp_path / "world"))
    return World(tmp_path / "world")


@pytest.fixture
async def engines(url: str, world: World) -> AsyncIterator[list[Engine]]:
    """Return two workers on one queue."""
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


async def test_two_workers_never_spend_more_than_a_budget_has(engines: list[Engine]) -> None:
    outcomes = await asyncio.gather(*(_outcome(engines[number % 2]) for number in range(LIMIT + 6)))
    refused = [why for why in outcomes if why]
    assert len(refused) == 6
    assert all("OverBudget" in why and "house" in why for why in refused)
    (row,) = await engines[1].budgets()
    assert (row.name, row.tokens_max, row.tokens_spent + row.tokens_reserved) == ("house", LIMIT, LIMIT)
