"""Runs that outlive one history, one server process and the length of a payload."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import Client
from temporalio.converter import PayloadCodec

from podium.core import events as ev
from podium.core.advance import fold
from podium.core.codec import decode
from podium.core.state import RunState
from podium.graph.encode import graph_from_json
from podium.temporal import wire
from podium.temporal.address import Address
from podium.temporal.connect import converter
from tests.integration.crash.outside import Outside
from tests.integration.temporal_runs.desk import BEATS, Desk
from tests.integration.temporal_runs.flows import ALL
from tests.integration.temporal_runs.server import Server
from tests.integration.temporal_runs.worker import worker_of

pytestmark = pytest.mark.process

SHORT = wire.Limits(history_max=250)
STEPS = int(os.environ.get("PODIUM_LOOP_STEPS", "200"))
"""Of the loop that is long; 2000 take some two minutes."""


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
async def test_loop_goes_on_in_new_executions_and_loses_no_signal_that_arrives_meanwhile(desk: Desk) -> None:
    run = await desk.start(ALL["counting"], until=STEPS, limits=SHORT)
    words = [f"word-{number}" for number in range(STEPS // 10)]
    for nth, word in enumerate(words):
        while (await run.info()).seq < 30 * nth:
            pass
        twice = desk.signal_run(run.id, "hark", f'"{word}"', signal_id=word)
        verdict, _ = await asyncio.gather(run.signal("hark", word, ask_id=word), twice)
        assert verdict == ""
    data = await run.data()
    assert (data["n"], data["heard"]) == (STEPS, words)
    events = await run.events()
    assert sum(type(event) is ev.StepDone for event in events) == STEPS + 2 * len(words)
    executions = [one async for one in desk.client.list_workflows(f"WorkflowId = '{run.id}'")]
    assert len(executions) > 3
    part = await run.handle.query(wire.LOAD, None, result_type=wire.Part)
    assert part.snapshot_seq > 0
    assert part.snapshot_seq + len(part.rows) == len(events)
    early = await run.handle.query(wire.LOAD, 100, result_type=wire.Part)
    state = fold(RunState(run.id, graph_from_json(early.graph)), [decode(*row) for row in early.rows])
    assert state.seq == 100


@asynccontextmanager
async def served(server: Server, at: Address, outside: Outside) -> AsyncIterator[Desk]:
    """Serve a queue through a data converter."""
    client: Client = await server.connect(converter(at))
    async with worker_of(client, at.queue, outside):
        yield Desk(client, at.queue)


async def test_long_value_leaves_its_name_alone_in_the_history(
    server: Server, tmp_path: Path, outside: Outside
) -> None:
    at = Address(server=server.address, queue="blobs", blobs=tmp_path / "blobs")
    async with served(server, at, outside) as desk:
        run = await desk.start(ALL["bulky"])
        assert (await run.data())["length"] == 300_000
        plain = Desk(await server.connect(), at.queue)
        history = await plain.client.get_workflow_handle(run.id).fetch_history()
        assert max(event.ByteSize() for event in history.events) < 128 * 1024
    assert any(path.stat().st_size > 300_000 for path in (tmp_path / "blobs").rglob("*") if path.is_file())


class Backwards(PayloadCodec):
    """No secret, but not to be read by chance either."""

    async def encode(self, payloads: "list[Payload]") -> "list[Payload]":  # type: ignore[override]  # any sequence
        return [Payload(metadata={"encoding": b"backwards"}, data=one.SerializeToString()[::-1]) for one in payloads]

    async def decode(self, payloads: "list[Payload]") -> "list[Payload]":  # type: ignore[override]  # any sequence
        return [
            Payload.FromString(one.data[::-1]) if one.metadata.get("encoding") == b"backwards" else one
            for one in payloads
        ]


BACKWARDS = Backwards()


async def test_payloads_and_blobs_are_written_as_the_codec_says(
    server: Server, tmp_path: Path, outside: Outside
) -> None:
    at = Address(server=server.address, queue="codec", blobs=tmp_path / "blobs", codec=f"{__name__}:BACKWARDS")
    async with served(server, at, outside) as desk:
        run = await desk.start(ALL["bulky"])
        assert (await run.data())["length"] == 300_000
        history = await run.handle.fetch_history()
        assert b"RunAsked" not in b"".join(event.SerializeToString() for event in history.events)
    blobs = [path.read_bytes() for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    assert blobs
    assert not any(b"heartbeat_ms" in blob for blob in blobs)


@pytest.mark.slow
async def test_runs_go_on_when_the_server_was_killed_and_starts_again_on_its_file(
    tmp_path: Path, outside: Outside
) -> None:
    server = Server(file=tmp_path / "temporal.db").start()
    client = await server.connect()
    desk = Desk(client, "queue")
    async with worker_of(client, "queue", outside):
        waiting = await desk.start(ALL["asking"], limits=BEATS)
        moving = await desk.start(ALL["counting"], until=50, limits=BEATS)
        for _ in range(5):
            assert await moving.signal("hark", "x") == ""
        await waiting.until("waiting")
        server.kill()
        server.start()
        await server.connect()
        await waiting.until("waiting")
        assert await waiting.answer("judge", "yes") == ""
        assert (await waiting.data())["notes"] == ["judged yes"]
        assert (await moving.data())["n"] == 50
    server.kill()
