"""A worker: it holds runs of its task queue and does what their steps say."""

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import metadata
from types import TracebackType
from typing import Self

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner
from temporalio.worker import Worker as SdkWorker

from podium.effects.ports import Outbox, Surroundings
from podium.engine.platform import Platform
from podium.engine.ports import Clock
from podium.engine.registry import Registry
from podium.guard.classify import Says
from podium.guard.guards import Guards
from podium.temporal.activities import Activities
from podium.temporal.guard_run import GuardWorkflow
from podium.temporal.late import LateAnswers
from podium.temporal.leaving import give_way
from podium.temporal.port import Shop
from podium.temporal.run import RunWorkflow
from podium.temporal.telling import ObservedBy
from podium.workflow.binding import Provider

HEARTBEAT_MS_MAX = 5_000
"""The SDK passes heartbeats on at least so often, so that a cancel is heard of soon."""

STEPS_MAX = 100
"""So many steps are performed at a time by one worker."""

GRACE_MS = 10_000
"""How long steps may go on once a worker closes; then they are called off, and entered again elsewhere."""

_LONG = timedelta(days=1)
"""The SDK calls steps off that late: it is done here, when the time is up that a drain was given."""

_LOG = logging.getLogger("podium")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSetting:
    """What a worker is given.

    Attributes:
        registry: The workflows whose code is here.
        provider: Resources by type.
        outbox: What steps reach other runs through.
        clock, platform: Time, chance and threads.
        told: Set once it is known what other workers told of their guards: steps wait for it. The worker serves before
            that, because it may be the one that has to say it. None: there is nothing to be told.
        says: What is said of exceptions of all tools, first asked first.
        heartbeat_ms: Half as long a worker is waited for that had a run in memory, before another one replays it. With
            the time after which its steps count as lost, that is three heartbeats.
        steps_max: How many steps are performed at a time.
    """

    registry: Registry
    provider: Provider
    outbox: Outbox
    clock: Clock
    platform: Platform = field(default_factory=Platform)
    told: asyncio.Event | None = None
    says: Sequence[Says] = ()
    heartbeat_ms: int = HEARTBEAT_MS_MAX
    steps_max: int = STEPS_MAX


class Worker:
    """Serves a task queue for as long as it is open.

    To be made on the event loop that it is to run on.

    Attributes:
        guards: What stands around each call in this process.
    """

    def __init__(self, client: Client, queue: str, setting: WorkerSetting) -> None:
        platform, clock = setting.platform, setting.clock
        self._pools: tuple[Executor, Executor] = (platform.threads("podium-step"), platform.threads("podium-tool"))
        step_threads, tool_threads = self._pools
        self.guards = Guards(clock, platform.share, threads=tool_threads)
        self.guards.says.extend(setting.says)
        self._late = LateAnswers(client, clock)
        around = Surroundings(
            asyncio.get_running_loop(),
            clock,
            platform.share,
            setting.provider,
            tool_threads,
            self.guards,
            stage=platform.stage,
            telemetry=platform.telemetry,
        )
        shop = Shop(around, step_threads, setting.outbox, self._late, setting.told)
        self._activities = Activities(client, setting.registry, shop)
        self._running: asyncio.Task[None] | None = None
        self._worker = SdkWorker(
            client,
            task_queue=queue,
            workflows=[RunWorkflow, GuardWorkflow],
            activities=self._activities.all(),
            workflow_runner=UnsandboxedWorkflowRunner(),
            interceptors=[] if platform.telemetry is None else [ObservedBy(platform.telemetry)],
            build_id=f"podium {metadata.version('podium')}",  # or the SDK hashes every module, which takes a second
            max_concurrent_activities=setting.steps_max,
            max_heartbeat_throttle_interval=timedelta(milliseconds=HEARTBEAT_MS_MAX),
            graceful_shutdown_timeout=_LONG,
            sticky_queue_schedule_to_start_timeout=timedelta(milliseconds=setting.heartbeat_ms / 2),
        )

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def start(self) -> None:
        """Begin to serve; a server that goes down is waited for."""
        self._running = asyncio.get_running_loop().create_task(self._worker.run())
        self._running.add_done_callback(_ended)

    async def drain(self, *, grace_ms: int) -> None:
        """Take no more work, and let steps that are under way end, for at most `grace_ms`; then call them off."""
        if self._running is None:
            return
        ending = asyncio.ensure_future(self._worker.shutdown())
        await asyncio.wait({self._running}, timeout=grace_ms / 1000)
        self._activities.leave_all()
        await asyncio.wait({self._running})
        ending.cancel()
        self._running = None

    async def close(self) -> None:
        """Serve no more; what is under way may end for a short while."""
        await self.drain(grace_ms=GRACE_MS)
        await self._late.close()
        for pool in self._pools:
            pool.shutdown(wait=False, cancel_futures=True)
        await give_way()


def _ended(running: "asyncio.Task[None]") -> None:
    if not running.cancelled() and running.exception() is not None:
        _LOG.error("this process serves no task queue any more: %s", running.exception())
