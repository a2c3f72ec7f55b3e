"""What tests ask of an engine on a Temporal server, which tells some things a little late."""

import asyncio
from typing import Any

from temporalio.api.enums.v1 import WorkflowExecutionStatus

from podium import Engine, Handle, RunFilter, RunInfo, Status
from podium.temporal.backend import TemporalBackend


def backend(engine: Engine) -> TemporalBackend:
    """Return what keeps the runs of an engine going."""
    assert isinstance(engine.backend, TemporalBackend)
    return engine.backend


async def until_waiting(handle: Handle[Any]) -> None:
    """Wait until a run has nothing to do before somebody says something."""
    with handle._engine.news(handle.id) as news:
        while (await handle.status()).status is not Status.WAITING:
            news.clear()
            await asyncio.wait_for(news.wait(), 60)


async def until_begun(engine: Engine, run_id: str) -> None:
    """Wait until a worker has a step of a run in hand, or had: then nothing of the run is left to do."""
    handle = backend(engine).client.get_workflow_handle(run_id)
    async with asyncio.timeout(60):
        while True:
            seen = (await handle.describe()).raw_description
            is_over = seen.workflow_execution_info.status != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING
            if is_over or any(one.HasField("last_started_time") for one in seen.pending_activities):
                return


async def listed(engine: Engine, which: RunFilter, *, count: int) -> list[RunInfo]:
    """Wait until so many runs are listed, and return them."""
    with engine.news() as news:
        while len(found := await engine.runs(which)) < count:
            news.clear()
            await asyncio.wait_for(news.wait(), 60)
    return found
