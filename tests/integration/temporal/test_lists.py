"""What a dashboard asks over a Temporal server: counts, lists with a text, what waits for people, streams."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from podium import Approve, Engine, RunFilter, Status
from podium.engine.list_store import Moved, Tally, Waiting
from podium.server.drain import Drain
from podium.server.live.live import Live
from tests.integration.temporal.asking import listed, until_waiting
from tests.integration.temporal.desk import Order, World, asked, quick, resources
from tests.unit.server.listening import Client

pytestmark = pytest.mark.process


@pytest_asyncio.fixture
async def engine(url: str, world: World) -> AsyncIterator[Engine]:
    """Return an engine that does the work of its runs."""
    async with Engine(url, workflows=[asked, quick], resources=resources) as engine:
        yield engine


async def until_counted(engine: Engine, which: RunFilter, wanted: Tally) -> None:
    """Wait until runs are counted so: each status of each run is listed a little late."""
    async with asyncio.timeout(60):
        with engine.news() as news:
            while await engine.counts(which) != wanted:
                news.clear()
                await news.wait()


async def test_runs_are_counted_and_what_waits_for_people_too(engine: Engine) -> None:
    await (await engine.start(quick, Order(item="a Busan ticket"), id="done")).result()
    for name in ("one", "two"):
        await until_waiting(await engine.start(asked, Order(item="elsewhere"), id=name))
    await listed(engine, RunFilter(statuses=[Status.WAITING]), count=2)
    await until_counted(engine, RunFilter(), Tally(by_status={Status.COMPLETED: 1, Status.WAITING: 2}))
    assert (await engine.counts(RunFilter(workflow="asked"))).by_status == {Status.WAITING: 2}
    assert (await engine.counts(RunFilter(text="BUSAN"))).by_status == {Status.COMPLETED: 1}
    assert [info.id for info in await engine.runs(RunFilter(text="busan"))] == ["done"]
    assert await engine.waiting() == Waiting(tasks=2, parked=0)
    first = await engine.tasks(limit=1)
    assert [task.run_id for task in (*first, *await engine.tasks(after=first[0].place))] == ["one", "two"]


async def test_runs_that_move_are_told_of(engine: Engine) -> None:
    moves = engine.moves()
    assert await moves.look() == Moved(mark=0)
    run = await engine.start(asked, Order(), id="moves")
    seen: list[Status] = []
    is_answered = False
    with engine.news() as news:  # which tells now and then, whatever happened
        while Status.COMPLETED not in seen:
            seen += [info.status for info in (await moves.look()).runs]
            if Status.WAITING in seen and not is_answered:
                await run.answer("clerk", Approve())
                is_answered = True
            news.clear()
            await news.wait()
    assert list(dict.fromkeys(status for status in seen if status is not Status.RUNNING)) == [
        Status.WAITING,
        Status.COMPLETED,
    ]


async def test_run_is_followed_from_the_first_event_to_the_end(engine: Engine) -> None:
    live = Live(engine, Drain())
    run = await engine.start(asked, Order())
    client = Client(await live.run_stream(run.id, 0))
    await until_waiting(run)
    await client.until(bool)
    (task,) = await engine.tasks(run_id=run.id)
    await run.answer(task.path, Approve())
    heard = await client.over()
    rows = [row["seq"] for one in heard[:-1] for row in one.data["journal"]]
    assert rows == list(range(1, (await run.status()).seq + 1))
    assert heard[-1].data["status"] == "completed"
