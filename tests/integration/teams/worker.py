"""What a process of these tests does: it holds one run of a team until that is over, or dies where it is told to.

    python -m tests.integration.teams.worker FOLDER TEAM [EVENT]

It takes the run over where there is one. `EVENT` is a kind and a path: once that is on disk, the process is killed.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from examples import developer_tester
from podium import Engine, Handle
from podium.agents import Coordinator
from tests.integration.teams import flows

TEAMS: dict[str, Coordinator[Any]] = {"team": flows.team, "mending": developer_tester.mending}
GOALS: dict[str, Any] = {
    "team": lambda folder: flows.Folder(folder=folder, words=["a", "b", "c", "d", "e"]),
    "mending": lambda folder: developer_tester.Repository(folder=folder),
}


async def main(folder: str, name: str, deadly: str = "") -> None:
    """Hold the run; print its result and what is on its boards."""
    team = TEAMS[name]
    async with Engine(f"sqlite:///{Path(folder).parent / 'podium.db'}", workflows=[team]) as engine:
        run = await engine.start(team, GOALS[name](folder), id="run")
        dying = asyncio.create_task(_die_at(run, deadly)) if deadly else None
        result = await run.result()
        board = {board.name: await run.board(board) for board in team.boards.values()}
        sys.stdout.write(f"{result.model_dump_json()} {board}\n")
        assert dying is None, f"{deadly} did not come"


async def _die_at(run: Handle[Any], deadly: str) -> None:
    async for _, event in run.events():
        if f"{type(event).__name__} {getattr(event, 'path', '')}" == deadly:
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
