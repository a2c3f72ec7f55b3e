"""The workflows of `app.py.txt` on an engine, where workers are processes that have the file alone."""

import asyncio
from pathlib import Path

from podium import Engine, Handle
from podium.cli.target import Target, load
from tests.integration.cli.terminal import Terminal

LIMIT_S = 60


def target(terminal: Terminal, name: str) -> Target:
    """Return a workflow of the file."""
    return load(f"{terminal.folder / 'app.py'}:{name}")


async def start(engine: Engine, target: Target, run_id: str) -> Handle[object]:
    """Start it as `podium run` does."""
    data = target.workflow.parse_input("{}")
    return await engine.start_fields(target.workflow, data, id=run_id, target=target.text)


async def written(engine: Engine, path: Path) -> str:
    """Wait until something is written to a file, and return it."""
    async with asyncio.timeout(LIMIT_S):
        with engine.news() as news:
            while not path.exists() or not path.read_text():
                news.clear()
                await news.wait()
    return path.read_text()


async def until_served(engine: Engine) -> None:
    """Wait until a worker serves the queue."""
    async with asyncio.timeout(LIMIT_S):
        with engine.news() as news:
            while not await engine.is_served():
                news.clear()
                await news.wait()
