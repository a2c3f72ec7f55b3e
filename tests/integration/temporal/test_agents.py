"""An agent runs over a Temporal server as anywhere: the same answers, the same steps, each request paid once."""

import secrets
from pathlib import Path

import pytest

from podium import Engine
from podium.core.events import ReadDone, WriteDone
from tests.integration.agents.dying import TURNS, Job, Trip, World, desk, given

pytestmark = pytest.mark.process


async def test_an_agent_runs_over_a_server_and_pays_each_request_once(url: str, tmp_path: Path) -> None:
    world = World(Job(tmp_path))
    async with Engine(url, workflows=[desk(world)], resources=lambda: given(world)) as engine:
        run = await engine.start(desk(world), "go", id=secrets.token_hex(4))
        assert await run.result() == Trip(summary="done")
        events = [event for _, event in await engine.events(run.id)]
    asked = [line for line in (tmp_path / "lines").read_text().splitlines() if line.startswith("ask")]
    assert asked == [f"ask {nth}" for nth in range(len(TURNS))]
    assert sum(isinstance(event, ReadDone) and "@" in event.call for event in events) == len(TURNS)
    assert [event.path for event in events if isinstance(event, WriteDone)] == ["act", "act#2", "act#3"]
