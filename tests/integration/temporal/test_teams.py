"""A team is an ordinary graph: over a Temporal server it plans, works, hands on and reads its board as anywhere."""

import asyncio
from pathlib import Path

import pytest

from examples import developer_tester
from podium import Engine
from podium.agents import Ended
from tests.integration.teams import flows

pytestmark = pytest.mark.process

WAIT_S = 60


async def test_team_works_in_rounds_and_reads_what_its_workers_posted(url: str, tmp_path: Path) -> None:
    goal = flows.Folder(folder=str(tmp_path), words=["a", "b", "c", "d", "e"])
    async with Engine(url, workflows=[flows.team]) as engine:
        run = await engine.start(flows.team, goal)
        team = await asyncio.wait_for(run.result(), WAIT_S)
        posted = await run.board(flows.told_of)
    assert (team.ended, team.round) == (Ended.DONE, 2)
    assert flows.spreading.results(team) == ["A", "B", "C", "D", "E"]
    assert sorted(posted) == goal.words
    assert sorted(line.split()[0] for line in (tmp_path / "told").read_text().splitlines()) == goal.words


async def test_agents_hand_work_to_one_another(url: str, tmp_path: Path) -> None:
    developer_tester.make_repository(tmp_path)
    async with Engine(url, workflows=[developer_tester.mending]) as engine:
        run = await engine.start(developer_tester.mending, developer_tester.Repository(folder=str(tmp_path)))
        team = await asyncio.wait_for(run.result(), WAIT_S)
        said = await run.board(developer_tester.log)
    assert (team.ended, team.round) == (Ended.DONE, 1)
    assert [line for line in said if line.startswith("tester")] == [
        "tester: 2 failing",
        "tester: 1 failing",
        "tester: 0 failing",
    ]
    assert len((tmp_path / developer_tester.EDITS).read_text().splitlines()) == 2
