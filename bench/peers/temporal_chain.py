"""Ten activities in a row, in a workflow written by hand for Temporal."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bench.meter import scratch
from bench.temporal_server import STEPS, client_of, measured, server

QUEUE = "peer"


@activity.defn
async def add(count: int) -> int:
    """Add one."""
    return count + 1


@workflow.defn
class Chain:
    """The workflow."""

    @workflow.run
    async def run(self, count: int) -> int:
        """Add ten times."""
        for _ in range(STEPS):
            count = await workflow.execute_activity(add, count, start_to_close_timeout=timedelta(minutes=1))
        return count


def chain(*, runs: int, concurrency: int) -> dict[str, float]:
    """Measure `runs` runs, `concurrency` at a time."""
    with scratch() as folder, server(folder) as address:
        return asyncio.run(_measure(address, runs=runs, concurrency=concurrency))


async def _measure(address: str, *, runs: int, concurrency: int) -> dict[str, float]:
    client = await client_of(address)
    runner = UnsandboxedWorkflowRunner()
    async with Worker(client, task_queue=QUEUE, workflows=[Chain], activities=[add], workflow_runner=runner):

        async def one(name: str) -> None:
            result = await client.execute_workflow(Chain.run, 0, id=name, task_queue=QUEUE)
            assert result == STEPS, result

        return await measured(client, one, runs=runs, concurrency=concurrency)
