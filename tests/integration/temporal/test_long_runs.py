"""Runs that outlive one history, one server process and the length of a payload."""

import asyncio
import os

import pytest

from podium.core import events as ev
from podium.core.advance import fold
from podium.core.codec import decode
from podium.core.state import RunState
from podium.graph.encode import graph_from_json
from podium.temporal import wire
from tests.integration.crash.outside import Outside
from tests.integration.temporal.bare import BEATS, BareClient
from tests.integration.temporal.flows import ALL
from tests.integration.temporal.server import Server
from tests.integration.temporal.worker import worker_of

pytestmark = pytest.mark.process

SHORT = wire.Limits(history_max=250)
STEPS = int(os.environ.get("PODIUM_LOOP_STEPS", "200"))
"""Of the loop that is long; 2000 take some two minutes."""


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
async def test_loop_goes_on_in_new_executions_and_loses_no_signal_that_arrives_meanwhile(bare: BareClient) -> None:
    run = await bare.start(ALL["counting"], until=STEPS, limits=SHORT)
    words = [f"word-{number}" for number in range(STEPS // 10)]
    for nth, word in enumerate(words):
        while (await run.info()).seq < 30 * nth:
            pass
        twice = bare.signal_run(run.id, "hark", f'"{word}"', signal_id=word)
        verdict, _ = await asyncio.gather(run.signal("hark", word, ask_id=word), twice)
        assert verdict == ""
    data = await run.data()
    assert (data["n"], data["heard"]) == (STEPS, words)
    events = await run.events()
    assert sum(type(event) is ev.StepDone for event in events) == STEPS + 2 * len(words)
    executions = [one async for one in bare.client.list_workflows(f"WorkflowId = '{run.id}'")]
    assert len(executions) > 3
    part = await run.handle.query(wire.LOAD, None, result_type=wire.Part)
    assert part.snapshot_seq > 0
    assert part.snapshot_seq + len(part.rows) == len(events)
    early = await run.handle.query(wire.LOAD, 100, result_type=wire.Part)
    state = fold(RunState(run.id, graph_from_json(early.graph)), [decode(*row) for row in early.rows])
    assert state.seq == 100


@pytest.mark.slow
async def test_runs_go_on_when_the_server_was_killed_and_starts_again_on_its_file(
    mortal: Server, outside: Outside
) -> None:
    client = await mortal.connect()
    bare = BareClient(client, "queue")
    async with worker_of(client, "queue", outside):
        waiting = await bare.start(ALL["asking"], limits=BEATS)
        moving = await bare.start(ALL["counting"], until=50, limits=BEATS)
        for _ in range(5):
            assert await moving.signal("hark", "x") == ""
        await waiting.until("waiting")
        mortal.kill()
        await asyncio.to_thread(mortal.start)
        await waiting.until("waiting")
        assert await waiting.answer("judge", "yes") == ""
        assert (await waiting.data())["notes"] == ["judged yes"]
        assert (await moving.data())["n"] == 50
