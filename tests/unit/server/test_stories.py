"""What is told of a run fits together, however fast the run goes on while it is read."""

import asyncio
from typing import Any

from podium import Approve, Engine
from podium.core import events as ev
from podium.server.stories import Stories
from tests.unit.engine.rig import Rig, until
from tests.unit.server.test_run_feeds import Paper, desk


class Hurried:
    """An engine whose run goes on to its end between two looks at it: after its events were read."""

    def __init__(self, engine: Engine, run_id: str) -> None:
        self._engine, self._run_id, self._looks = engine, run_id, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    async def info(self, run_id: str) -> Any:
        self._looks += 1
        if self._looks == 2:
            run = await self._engine.get(self._run_id)
            await run.answer("editor", Approve())
            await run.result()
        return await self._engine.info(run_id)


async def test_row_of_a_run_is_never_ahead_of_its_story(rig: Rig) -> None:
    engine = await rig.open()
    run = await engine.start(desk, Paper())
    await until(run, ev.TaskOpened)
    hurried: Any = Hurried(engine, run.id)
    async with asyncio.timeout(10), Stories(hurried).told(run.id) as (info, story):
        assert info.status.is_terminal
        assert (info.seq, story.state.status.value) == (story.seq, "completed")
