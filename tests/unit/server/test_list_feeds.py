"""Who follows a list is sent what moves in it, with one look for all lists, at most twice a second."""

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from pydantic import BaseModel

from podium import END, START, Approve, Engine, Reject, StateMachine, human, step
from podium.core import events as ev
from podium.engine.list_store import MOVED_MAX, Moved, RunFilter, Tally, Waiting
from podium.engine.ports import RunInfo, Status
from podium.server.drain import Drain
from podium.server.live.list_feed import PAUSE_MS, ListFeed
from podium.server.live.live import Live
from podium.testing.clock import FakeClock
from tests.unit.engine.rig import Rig, turns, until
from tests.unit.server.listening import Client, Heard


class Paper(BaseModel):
    text: str = ""


@step
async def draft(paper: Paper) -> None:
    paper.text += "!"


@human()
async def editor(paper: Paper, answer: Approve | Reject) -> None:
    paper.text += answer.choice


quick = StateMachine("quick", Paper, START >> draft >> END)
desk = StateMachine("desk", Paper, START >> draft >> editor >> END)


class Wall:
    """The lists of one server, and who looks at them."""

    def __init__(self, engine: Engine, clock: FakeClock | None = None) -> None:
        self.engine, self.drain = engine, Drain()
        self.live = Live(engine, self.drain, clock)
        self.clients: list[Client] = []

    async def listen(self, **which: Any) -> Client:
        client = Client(await self.live.list_stream(RunFilter(**which)))
        self.clients.append(client)
        await client.until(bool)
        return client


@pytest_asyncio.fixture
async def wall(rig: Rig) -> AsyncIterator[Wall]:
    wall = Wall(await rig.open())
    yield wall
    for client in wall.clients:
        await client.go()


def rows(heard: list[Heard]) -> dict[str, str]:
    """Return how each run that was told of stood last."""
    return {row["id"]: row["status"] for one in heard for row in one.data["changed"]}


async def test_whoever_follows_a_list_is_sent_its_counts_and_what_moves(wall: Wall) -> None:
    await (await wall.engine.start(quick, Paper(), id="before")).result()
    client = await wall.listen()
    first = client.heard[0]
    assert (first.data["changed"], first.counts) == ([], {"completed": 1})
    run = await wall.engine.start(desk, Paper(), id="asks")
    await until(run, ev.TaskOpened)
    heard = await client.until(lambda heard: heard[-1].counts == {"completed": 1, "waiting": 1})
    assert (heard[-1].data["tasks"], rows(heard)) == (1, {"asks": "waiting"})
    await run.answer("editor", Approve())
    heard = await client.until(lambda heard: heard[-1].counts == {"completed": 2})
    assert (heard[-1].data["tasks"], rows(heard)) == (0, {"asks": "completed"})


async def test_list_with_a_filter_is_sent_what_passes_it_and_counts_that(wall: Wall) -> None:
    by_workflow, by_text = await wall.listen(workflow="desk"), await wall.listen(text="BUSAN")
    await (await wall.engine.start(quick, Paper(text="to Busan"), id="one")).result()
    await until(await wall.engine.start(desk, Paper(text="to Bonn"), id="two"), ev.TaskOpened)
    heard = await by_workflow.until(lambda heard: heard[-1].counts == {"waiting": 1})
    assert rows(heard) == {"two": "waiting"}
    heard = await by_text.until(lambda heard: heard[-1].counts == {"completed": 1})
    assert rows(heard) == {"one": "completed"}


async def test_runs_of_another_process_move_too(rig: Rig) -> None:
    worker, wall = await rig.open(), Wall(await rig.open(recovers=False))
    client = await wall.listen()
    await (await worker.start(quick, Paper(), id="theirs")).result()
    await client.until(lambda heard: rows(heard).get("theirs") == "completed")
    await client.go()


async def test_lists_are_told_at_most_twice_a_second_and_together(rig: Rig) -> None:
    clock = FakeClock()
    wall = Wall(await rig.open(), clock)
    one, other = await wall.listen(), await wall.listen()
    for name in "abc":
        await (await wall.engine.start(quick, Paper(), id=name)).result()
    await turns()
    assert (len(one.heard), len(other.heard)) == (1, 1)
    await clock.advance(PAUSE_MS)
    for client in (one, other):
        heard = await client.until(lambda heard: len(heard) == 2)
        assert rows(heard).keys() == {"a", "b", "c"}
    assert one.texts[-1] == other.texts[-1]
    for client in (one, other):
        await client.go()
    assert wall.live.lists.count == 0


async def test_lists_end_when_the_server_drains(wall: Wall) -> None:
    client = await wall.listen()
    wall.drain.begin()
    assert [one.event for one in await client.over()] == ["runs"]
    assert wall.live.lists.count == 0


def test_slow_list_gets_each_run_once_as_it_stands_now() -> None:
    feed = _feed()
    slow = feed.join()
    feed.tell(Moved(mark=0), Waiting(tasks=0, parked=0))
    slow.take()
    for status in (Status.RUNNING, Status.COMPLETED):
        feed.tell(Moved(mark=1, runs=[_info("a", status)]), Waiting(tasks=0, parked=0))
    piece = slow.take()
    assert piece is not None
    assert piece.count(b'"id":"a"') == 1
    assert b'"status":"completed"' in piece
    assert b'"is_whole":true' in piece
    assert slow.take() is None


def test_list_that_missed_more_than_is_kept_is_told_so() -> None:
    feed = _feed()
    slow, slower = feed.join(), feed.join()
    feed.tell(Moved(mark=0), Waiting(tasks=0, parked=0))
    for follower in (slow, slower):
        follower.take()
    feed.tell(Moved(mark=1, runs=[_info("first", Status.FAILED)]), Waiting(tasks=0, parked=0))
    slow.take()
    many = [_info(f"r{index}", Status.RUNNING) for index in range(MOVED_MAX)]
    feed.tell(Moved(mark=2, runs=many), Waiting(tasks=0, parked=0))
    pieces = slow.take(), slower.take()
    assert [piece is not None and b'"is_whole":true' in piece for piece in pieces] == [True, False]
    feed.tell(Moved(mark=3, is_whole=False), Waiting(tasks=0, parked=0))
    cut = slow.take()
    assert cut is not None
    assert b'"is_whole":false' in cut


def test_count_that_is_dear_is_made_less_often() -> None:
    feed = _feed()
    feed.counted_at, feed.counted_ms = 1_000, 80
    moved = Moved(mark=1, runs=[_info("a", Status.RUNNING)])
    assert feed.wants_count(moved, 1_500)
    assert not feed.may_count(1_500)
    assert feed.may_count(1_800)


def _feed() -> ListFeed:
    feed = ListFeed(RunFilter(), leave=lambda _: None)
    feed.tally = Tally(by_status={Status.RUNNING: 1})
    return feed


def _info(run_id: str, status: Status) -> RunInfo:
    return RunInfo(id=run_id, workflow="w", graph_hash="h", status=status)
