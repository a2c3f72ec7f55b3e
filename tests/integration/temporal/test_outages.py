"""A server that is killed and started again on its file: what was acknowledged is there, and who waits is told."""

import asyncio

import pytest

from podium import Engine, Status
from tests.integration.temporal.asking import until_waiting
from tests.integration.temporal.desk import Order, World, paid, resources
from tests.integration.temporal.server import Server

pytestmark = [pytest.mark.process, pytest.mark.slow]


async def test_runs_and_waits_outlive_a_server_that_is_killed(mortal: Server, world: World) -> None:
    async with Engine(mortal.url("q"), workflows=[paid], resources=resources) as engine:
        run = await engine.start(paid, Order())
        await until_waiting(run)
        result = asyncio.create_task(run.result())
        await asyncio.sleep(0)
        mortal.kill()
        signalled = asyncio.create_task(run.signal("payment", "cash"))
        await asyncio.to_thread(mortal.start)
        await asyncio.wait_for(signalled, 60)
        assert (await asyncio.wait_for(result, 60)).paid == "cash"
        assert (await run.status()).status is Status.COMPLETED
    assert len(world.lines) == 1
