"""Who follows a run is sent what happens: soon, not too often, folded once for all, and from where he left off."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from pydantic import BaseModel

from podium import END, START, Approve, Engine, Handle, Reject, StateMachine, human, step
from podium.core import events as ev
from podium.engine.recovery import POLL_MS
from podium.errors import RunNotFoundError
from podium.server.drain import Drain
from podium.server.live.live import Live
from podium.server.live.run_feed import PAUSE_MS
from podium.server.live.sse import BEAT_MS, EventStream
from podium.server_errors import DrainingError
from podium.testing.clock import FakeClock
from tests.unit.engine.rig import Rig, in_time, turns, until
from tests.unit.server.listening import Client, Heard


class Paper(BaseModel):
    text: str = ""
    verdict: str = ""


@step
async def draft(paper: Paper) -> None:
    paper.text = "<b>once</b>"


@human()
async def editor(paper: Paper, answer: Approve | Reject) -> None:
    paper.verdict = answer.choice


@step
async def print_(paper: Paper) -> None:
    paper.text += "!"


desk = StateMachine("desk", Paper, START >> draft >> editor >> print_ >> END)


class Room:
    """An engine, what is followed of it, and those who do."""

    def __init__(self, engine: Engine, clock: FakeClock | None = None) -> None:
        self.engine, self.drain = engine, Drain()
        self.live = Live(engine, self.drain, clock)
        self.clients: list[Client] = []

    async def listen(self, run_id: str, after: int = 0) -> Client:
        client = Client(await self.live.run_stream(run_id, after))
        self.clients.append(client)
        return client

    async def asked(self) -> Handle[Paper]:
        """Begin a run, and return it when it waits for its editor."""
        run = await self.engine.start(desk, Paper())
        await until(run, ev.TaskOpened)
        return run


@pytest_asyncio.fixture
async def room(rig: Rig) -> AsyncIterator[Room]:
    room = Room(await rig.open())
    yield room
    for client in room.clients:
        await client.go()


def kinds(heard: list[Heard]) -> list[str]:
    """Return the kinds of the journal's rows that came along."""
    return [row["kind"] for one in heard if one.event == "news" for row in one.data["journal"]]


async def test_whoever_follows_a_run_is_sent_all_of_it_and_its_end(room: Room) -> None:
    run = await room.asked()
    client = await room.listen(run.id)
    await client.until(bool)
    await run.answer("editor", Approve())
    heard = await client.over()
    rows = [row["seq"] for one in heard if one.event == "news" for row in one.data["journal"]]
    last = (await run.status()).seq
    assert rows == list(range(1, last + 1))
    assert [one.id for one in heard][-2:] == [last, None]
    assert heard[-2].data["run"]["status"] == "completed"
    assert {"draft", "editor", "print_"} <= {line["place"] for one in heard[:-1] for line in one.data["steps"]}
    assert (heard[-1].event, heard[-1].data["status"]) == ("end", "completed")


async def test_whoever_comes_back_is_sent_what_he_has_not_seen(room: Room) -> None:
    run = await room.asked()
    seen = (await run.status()).seq
    await run.answer("editor", Approve())
    await run.result()
    heard = await (await room.listen(run.id, after=seen)).over()
    assert kinds(heard)[0] == "step_answered"
    assert "draft" not in heard[0].data["patch"]["nodes"]
    assert not heard[0].data["patch"]["resets"]


async def test_whoever_says_to_have_seen_what_never_was_begins_anew(room: Room) -> None:
    run = await room.asked()
    (first,) = await (await room.listen(run.id, after=999)).until(bool)
    assert first.data["patch"]["resets"]
    assert first.data["journal"] is None
    assert first.data["patch"]["nodes"].keys() >= {"draft", "editor"}


async def test_a_run_is_folded_once_for_all_and_forgotten_when_nobody_follows(room: Room) -> None:
    run = await room.asked()
    clients = [await room.listen(run.id) for _ in range(5)]
    for client in clients:
        await client.until(bool)
    assert room.live.runs.count == 1
    assert len({client.texts[1] for client in clients}) == 1
    for client in clients:
        await client.go()
    assert room.live.runs.count == 0


async def test_there_are_at_most_ten_batches_a_second(rig: Rig) -> None:
    clock = FakeClock()
    room = Room(await rig.open(), clock)
    run = await room.asked()
    client = await room.listen(run.id)
    await client.until(bool)
    await run.answer("editor", Approve())
    await run.result()
    await turns()
    assert len(client.heard) == 1
    heard = await in_time(clock, client.over(), leap_ms=max(PAUSE_MS, POLL_MS))
    assert [one.event for one in heard] == ["news", "news", "end"]
    assert kinds(heard)[-1] == "run_completed"


async def test_a_silent_stream_beats(rig: Rig) -> None:
    clock = FakeClock()
    room = Room(await rig.open(), clock)
    run = await room.asked()
    client = await room.listen(run.id)
    await client.until(bool)
    await clock.advance(BEAT_MS - 1)
    assert len(client.texts) == 2
    await clock.advance(1)
    assert client.texts[2:] == [": beat\n\n"]
    await clock.advance(2 * BEAT_MS)
    assert client.texts[2:] == [": beat\n\n"] * 3
    await client.go()


async def test_slow_client_keeps_nobody_waiting_and_gets_more_at_a_time(room: Room) -> None:
    run = await room.asked()
    slow, quick = await room.listen(run.id), await room.listen(run.id)
    for client in (slow, quick):
        await client.until(bool)
    slow.takes.clear()
    await run.answer("editor", Approve())
    assert (await quick.over())[-1].event == "end"
    assert not slow.task.done()
    slow.takes.set()
    assert kinds(await slow.over()) == kinds(quick.heard)


async def test_client_that_takes_nothing_is_let_go(room: Room) -> None:
    run = await room.asked()
    follower = await room.live.runs.join(run.id, 0)
    client = Client(EventStream(follower, FakeClock(), send_ms_max=1))
    client.takes.clear()
    await client.over()
    assert room.live.runs.count == 0


async def test_client_that_has_gone_is_noticed(room: Room) -> None:
    run = await room.asked()
    client = await room.listen(run.id)
    await client.go()
    assert room.live.runs.count == 0


async def test_stream_of_no_run_is_refused(room: Room) -> None:
    with pytest.raises(RunNotFoundError):
        await room.live.run_stream("nobody's", 0)
    assert room.live.runs.count == 0


async def test_run_of_another_process_is_followed(rig: Rig) -> None:
    worker, server = await rig.open(), Room(await rig.open(recovers=False))
    run = await worker.start(desk, Paper())
    client = await server.listen(run.id)
    await until(run, ev.TaskOpened)
    await client.until(lambda heard: "task_opened" in kinds(heard))
    await run.answer("editor", Reject())
    assert (await client.over())[-1].data["status"] == "completed"


async def test_streams_end_when_the_server_drains_and_are_not_told_that_the_run_is_over(room: Room) -> None:
    run = await room.asked()
    client = await room.listen(run.id)
    await client.until(bool)
    room.drain.begin()
    assert {one.event for one in await client.over()} == {"news"}
    assert client.texts[0] == "retry: 2000\n\n"
    with pytest.raises(DrainingError):
        await room.live.run_stream(run.id, 0)


async def test_news_come_as_views(room: Room) -> None:
    run = await room.asked()
    seen: list[int] = []
    async for news in room.live.runs.follow(run.id, 1):
        if not seen:
            await run.answer("editor", Approve())
        assert news.journal is not None
        seen += [row.seq for row in news.journal]
    assert seen == list(range(2, (await run.status()).seq + 1))
    assert room.live.runs.count == 0


async def test_whoever_gives_up_before_the_run_is_read_leaves_nothing(room: Room) -> None:
    run = await room.asked()
    joining = asyncio.ensure_future(room.live.runs.join(run.id, 0))
    await asyncio.sleep(0)
    joining.cancel()
    await asyncio.wait({joining})
    assert room.live.runs.count == 0
