"""A worker as a process of its own: `python -m tests.integration.temporal.worker ADDRESS QUEUE OUTSIDE`."""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

from temporalio.client import Client

from podium.engine.clock import SystemClock
from podium.engine.platform import Platform
from podium.engine.registry import Registry
from podium.engine.resources import Resources
from podium.temporal.worker import Worker, WorkerSetting
from tests.integration.crash.outside import Outside
from tests.integration.telemetry.kept import FILE, spans_kept_in
from tests.integration.temporal.bare import BareClient
from tests.integration.temporal.flows import ALL


def worker_of(client: Client, queue: str, outside: Outside, **more: Any) -> Worker:
    """Return a worker, not yet open."""
    bare = BareClient(client, queue)
    provider, clock = Resources([outside]), SystemClock()
    setting = WorkerSetting(registry=Registry(ALL.values()), provider=provider, outbox=bare, clock=clock, **more)
    return Worker(client, queue, setting)


async def _serve(address: str, queue: str, outside: Outside) -> None:
    """Serve until SIGTERM."""
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    client = await Client.connect(address)
    is_observed = (outside.folder / FILE).exists()
    observer = spans_kept_in(outside.folder, sends_after_s=0.01) if is_observed else None
    more = {"heartbeat_ms": 1_000, "platform": Platform(telemetry=observer)}
    async with worker_of(client, queue, outside, **more) as worker:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await over.wait()
        await worker.drain(grace_ms=500)


if __name__ == "__main__":
    given = json.loads(sys.argv[3])
    asyncio.run(_serve(sys.argv[1], sys.argv[2], Outside(Path(given.pop("folder")), **given)))
