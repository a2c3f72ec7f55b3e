"""Spans of runs that Temporal keeps: one tree each, whichever workers perform it and however often it is replayed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from temporalio.client import Client

from podium import Engine
from podium.engine.platform import Platform
from podium.temporal.wire import Limits
from tests.integration.crash.outside import Outside
from tests.integration.telemetry.kept import FILE, Kept, kept_in, shape, union
from tests.integration.temporal.bare import BareClient
from tests.integration.temporal.desk import Order, World, quick, resources
from tests.integration.temporal.flows import ALL
from tests.integration.temporal.processes import Processes
from tests.integration.temporal.worker import worker_of
from tests.unit.telemetry.seen import Seen, ids, tree

pytestmark = [pytest.mark.process, pytest.mark.slow]

KILLED = -9


@asynccontextmanager
async def observed(bare: BareClient, outside: Outside, seen: Seen) -> AsyncIterator[None]:
    """Serve a queue from here, observed."""
    async with worker_of(bare.client, bare.queue, outside, platform=Platform(telemetry=seen.observer)):
        yield
    await seen.sent()


async def test_run_is_one_tree_and_loops_over_executions_are_told_once(bare: BareClient, outside: Outside) -> None:
    seen = Seen()
    async with observed(bare, outside, seen):
        run = await bare.start(ALL["counting"], until=40, limits=Limits(history_max=150))
        for word in range(4):
            assert await run.signal("hark", f"word-{word}") == ""
        await run.over()
    executions = [one async for one in bare.client.list_workflows(f"WorkflowId = '{run.id}'")]
    assert len(executions) > 1
    lines = tree(seen.spans)
    assert len(lines) == len(seen.spans) == len({ids(span) for span in seen.spans}), "each was told once"
    assert lines[0] == "invoke_workflow counting"
    assert lines.count("  step turn") == 40


async def test_worker_that_replays_what_this_process_has_told_tells_nothing_twice(
    bare: BareClient, outside: Outside
) -> None:
    seen = Seen()
    async with observed(bare, outside, seen):
        run = await bare.start(ALL["asking"])
        await run.until("waiting")
    async with observed(bare, outside, seen):
        assert await run.answer("judge", "yes") == ""
        await run.over()
    assert tree(seen.spans) == ["invoke_workflow asking", "  step judge"]
    assert len(seen.spans) == 2


async def test_spans_of_a_worker_that_was_killed_and_of_the_next_are_one_right_tree(
    client: Client, bare: BareClient, workers: Processes, tmp_path: Path
) -> None:
    calm, rough = Outside(tmp_path / "calm"), Outside(tmp_path / "rough")
    wanted = await _sent(bare, workers, calm, [calm])
    found = await _sent(bare, workers, rough, [rough.deadly("after", "hotel"), rough])
    assert shape(union(found)) == shape(union(wanted))


async def _sent(bare: BareClient, workers: Processes, outside: Outside, lives: Sequence[Outside]) -> list[Kept]:
    """Let one worker after the other, each but the last to its death, perform a run; return what they sent."""
    outside.folder.mkdir()
    (outside.folder / FILE).touch()
    *deadly, last = lives
    run = None
    for life in deadly:
        mortal = workers.start(life)
        run = run or await bare.start(ALL["ten"])
        assert mortal.until_dead() == KILLED
    worker = workers.start(last)
    run = run or await bare.start(ALL["ten"])
    assert (await run.over()).status == "completed"
    async with asyncio.timeout(120):
        while not any(not span.parent for span in kept_in(outside.folder)):
            await asyncio.sleep(0)
    worker.terminate()
    return kept_in(outside.folder)


async def test_engine_over_temporal_is_observed_like_any_other(url: str, world: World) -> None:
    seen = Seen()
    async with seen.engine(url, workflows=[quick], resources=resources) as engine:
        assert isinstance(engine, Engine)
        await (await engine.start(quick, Order())).result()
    assert world.lines
    assert tree(seen.spans)[0] == "invoke_workflow quick"
    assert len({ids(span) for span in seen.spans}) == len(seen.spans)
