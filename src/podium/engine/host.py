"""What all runs of one engine process share: the store, the clock, the threads, and who waits for what."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Collection, Coroutine
from typing import TYPE_CHECKING, Any

from podium.core import stimuli as st
from podium.effects.ports import Outbox, Surroundings
from podium.engine import late
from podium.engine.backend import Pace
from podium.engine.fair import HELD_MAX
from podium.engine.platform import Platform
from podium.engine.ports import Append, Clock, Projection, Status, Store
from podium.engine.telling import Telling
from podium.engine.watch import Watchers
from podium.errors import BugError, RunLostError, StoreUnavailableError
from podium.guard.guards import Guards
from podium.workflow.binding import Provider

if TYPE_CHECKING:
    from podium.engine.live import LiveRun

LAG_EVENTS_MAX = 1000
LAG_MS_MAX = 1000
"""Deciding runs ahead of the disk by at most this much; beyond it nothing new starts."""

ROOM_SHARE = 7 / 8
"""Filled no more than this there is room again: runs are claimed many at a time."""

FLUSH_TURNS = 4

LAG_MS_STEP = 20
"""The age of what waits for the disk is known to within this."""

GRACE_S = 10
"""How long a closing engine waits for writes that are on their way; what has not settled then is in doubt."""

_LOG = logging.getLogger("podium")


class Host:
    """The middle of an engine. It implements `ports.Commits`.

    Attributes:
        store, clock: The seams.
        outbox: What starts and signals other runs.
        live: The runs held by this process.
        around: What all calls share.
        step_threads: Where sync steps run; sync tools have threads of their own.
        watchers: Who waits for the end of a run, for a verdict, for news.
        alone: The only run that may start anything now; None for all.
        unsent: How many events were decided and not yet given to the store.
        is_closing: Nothing is started any more.
        held_max: So many runs are held at a time.
        on_room: Called when there is room for more again.
        stalled: Why the disk does not take anything now; None while it does.
        on_failure: Is called when the store has failed.
        telling: Tells who observes the engine; None where nobody does.
    """

    def __init__(self, store: Store, clock: Clock, provider: Provider, outbox: Outbox, platform: Platform) -> None:
        self.store, self.clock, self.outbox = store, clock, outbox
        self.loop = asyncio.get_running_loop()
        self.live: dict[str, LiveRun] = {}
        self.step_threads = platform.threads("podium-step")
        self.tool_threads = platform.threads("podium-tool")
        guards = Guards(clock, platform.share, threads=self.tool_threads)
        self.around = Surroundings(
            self.loop, clock, platform.share, provider, self.tool_threads, guards,
            stage=platform.stage, telemetry=platform.telemetry,
        )  # fmt: skip
        self.telling = None if platform.telemetry is None else Telling(platform.telemetry, store)
        self.watchers = Watchers()
        self.held_max = HELD_MAX
        self.on_room: Callable[[], None] = _nothing
        self.stalled: str | None = None
        self.is_closing = False
        self.alone: LiveRun | None = None
        self._failure: Exception | None = None
        self._waiting: deque[tuple[int, str, asyncio.Future[None]]] = deque()
        self._appended: deque[tuple[int, int]] = deque()
        self._backlog: deque[tuple[LiveRun, st.Perform | st.Settle | st.Evaluate]] = deque()
        self.unsent = self._noted_at = 0
        self._unflushed: list[LiveRun] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._answers: deque[tuple[int, str, st.LateEvidence]] = deque()
        self._ended: deque[tuple[int, str, Projection]] = deque()
        self._open_again = asyncio.Event()
        self.on_failure: Callable[[], None] = _nothing

    # ----- runs

    def flush_soon(self, run: "LiveRun") -> None:
        """Let a run give its news to the store a few turns of the event loop from now.

        What a write's result leads to, up to the intent of the next write, takes so many; they are one commit then.
        """
        if not self._unflushed:
            self._noted_at = self.clock.mono_ms()
            self.loop.call_soon(self._flush, FLUSH_TURNS)
        self._unflushed.append(run)

    def _flush(self, turns: int) -> None:
        if turns > 1:
            self.loop.call_soon(self._flush, turns - 1)
            return
        runs, self._unflushed = self._unflushed, []
        for run in runs:
            run.flush()

    def append(self, news: Append) -> int:
        """Queue a run's news for the disk and return its ticket."""
        try:
            ticket = self.store.append(news)
        except StoreUnavailableError as error:  # we are about to be told
            self.store_failed(error)
            return self.store.durable
        appended = self._appended
        if not appended or self._noted_at - appended[-1][1] > LAG_MS_STEP:
            appended.append((ticket, self._noted_at))
        if self.watchers.is_followed and news.projection is not None:
            self.watchers.expect_status(ticket, news.run_id, news.projection.status)
        for inbox_id, reason in news.verdicts:
            self.watchers.expect_verdict(ticket, news.run_id, inbox_id, reason)
        if self.telling is not None:
            self.telling.appended(ticket, news)
        if (news.verdicts or self.telling is not None) and ticket <= self.store.durable:
            self.committed(self.store.durable, ())
        return ticket

    def start(self, run: "LiveRun", order: st.Perform | st.Settle | st.Evaluate) -> None:
        """Do what is ordered, now or, when the disk is too far behind, once it has caught up."""
        if self._backlog or self._is_behind() or (self.alone is not None and self.alone is not run):
            self._backlog.append((run, order))
        else:
            run.fly(order)

    def _is_behind(self) -> bool:
        if (
            self.is_closing
            or self.stalled is not None
            or self._failure is not None
            or self.store.queued + self.unsent >= LAG_EVENTS_MAX
        ):
            return True
        return bool(self._appended) and self.clock.mono_ms() - self._appended[0][1] > LAG_MS_MAX

    def pace(self) -> Pace:
        """Return how this process keeps up."""
        behind_ms = self.clock.mono_ms() - self._appended[0][1] if self._appended else 0
        events = self.store.queued + self.unsent
        return Pace(held=len(self.live), waiting=len(self._backlog), events=events, ms=behind_ms)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run a task of the engine's own; a bug in it is logged, never lost."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _LOG.error("a bug in Podium ended a task of the engine", exc_info=task.exception())

    def over(self, run: "LiveRun", projection: Projection) -> None:
        """A run ended; whoever waits for that is told once it is on disk."""
        self._ended.append((run.ticket, run.run_id, projection))
        if run.ticket <= self.store.durable:
            self.committed(self.store.durable, ())

    def broken(self, run: "LiveRun", bug: BugError) -> None:
        """A law of our own does not hold in this run: it is set aside, alone, with what is on disk."""
        _LOG.error("run %s is set aside: %s", run.run_id, bug)
        row = Projection(status=Status.PARKED, error=str(bug))
        run.drop()
        self.append(Append(run.run_id, run.epoch, run.appended_seq + 1, projection=row, release=True))

    def forget(self, run: "LiveRun") -> None:
        """The run is not held by this process any more."""
        if self.live.get(run.run_id) is run:
            del self.live[run.run_id]
            if self.telling is not None:
                self.telling.forget(run.run_id)
            if len(self.live) <= self.held_max * ROOM_SHARE:
                self.on_room()

    @property
    def room(self) -> int:
        """How many more runs may be held."""
        return max(self.held_max - len(self.live), 0)

    async def until_committed(self, run: "LiveRun", ticket: int) -> None:
        """Wait until `ticket` is on disk.

        Raises:
            RunLostError: The run is another process's now, or its news did not go in.
            StoreUnavailableError: The store failed.
        """
        if ticket > self.store.durable:
            if self._failure is not None:
                message = f"the store failed: {self._failure}"
                raise StoreUnavailableError(message)
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append((ticket, run.run_id, future))
            await future
        if not run.is_held:
            message = f"run {run.run_id} is held by another process now"
            raise RunLostError(message)

    def late(self, run_id: str, news: st.LateEvidence) -> None:
        """Leave an answer that nobody waits for any more for whoever holds the run now, once the store is open."""
        self.spawn(late.put(self, run_id, news))

    def answered(self, ticket: int, run_id: str, news: st.LateEvidence) -> None:
        """Take note of an answer that goes to disk with `ticket`; where it does not, another process is told."""
        self._answers.append((ticket, run_id, news))

    # ----- what the store says

    def committed(self, ticket: int, lost: Collection[str]) -> None:
        """Everything up to `ticket` is on disk, but for the runs `lost`."""
        for run_id in lost:
            run = self.live.get(run_id)
            if run is not None:
                run.drop()
        if self.telling is not None:
            self.telling.committed(ticket, lost)
        self._settled(ticket, lost)
        while self._ended and self._ended[0][0] <= ticket:
            _, run_id, projection = self._ended.popleft()
            if run_id not in lost:
                self.watchers.run_over(run_id, projection)
        self.watchers.committed(ticket, lost)
        self._catch_up()

    def _settled(self, ticket: int, lost: Collection[str]) -> None:
        while self._appended and self._appended[0][0] <= ticket:
            self._appended.popleft()
        while self._answers and self._answers[0][0] <= ticket:
            _, run_id, news = self._answers.popleft()
            if run_id in lost:
                self.late(run_id, news)
        while self._waiting and self._waiting[0][0] <= ticket:
            future = self._waiting.popleft()[2]
            if not future.done():
                future.set_result(None)

    def _catch_up(self) -> None:
        while self._backlog and not self._is_behind() and self.alone is None:
            run, order = self._backlog.popleft()
            run.fly(order)

    def leave_alone(self, run: "LiveRun | None") -> None:
        """Let only `run` start anything until this is called with None: it may be what kills its process."""
        self.alone = run
        self._catch_up()

    @property
    def failure(self) -> Exception | None:
        """Why nothing goes to disk, and the store is to be opened anew; None while it works."""
        return self._failure

    def store_failed(self, error: Exception) -> None:
        """Nobody knows what of the last commit is on disk: all that is in memory and was not told is forgotten.

        Whoever waits for the end of a run or for a verdict waits on: that is read from disk once the store is open.
        """
        if self._failure is None:
            _LOG.error("the store failed, and is opened anew: %s", error)
        self._failure, self.alone = error, None
        for run in list(self.live.values()):
            run.drop()
        while self._answers:
            _, run_id, news = self._answers.popleft()
            self.late(run_id, news)
        failed = StoreUnavailableError(f"the store failed: {error}")
        while self._waiting:
            future = self._waiting.popleft()[2]
            if not future.done():
                future.set_exception(failed)
        for queue in (self._appended, self._backlog, self._ended):
            queue.clear()
        if self.telling is not None:
            self.telling.clear()
        self.watchers.forget_unwritten()
        self.on_failure()

    def reopened(self) -> None:
        """The store is open again, as another worker, which holds no run yet."""
        _LOG.warning("the store is open again: every run goes on from what is on disk")
        self._failure = self.stalled = None
        self._open_again.set()
        self._open_again = asyncio.Event()
        self.watchers.tell()

    async def until_open(self) -> bool:
        """Wait until a store that failed is open again; False where it did not fail, or the engine closes first."""
        if self._failure is None:
            return False
        await self._open_again.wait()
        return self._failure is None

    def store_stalled(self, reason: str | None) -> None:
        """The disk takes nothing for now, or takes again."""
        if reason is not None and reason != self.stalled:
            _LOG.warning("the store is stalled (%s): nothing new starts until it goes on", reason)
        elif reason is None and self.stalled is not None:
            _LOG.warning("the store goes on")
        self.stalled = reason
        if reason is None:
            self._catch_up()

    async def drain(self, grace_ms: int) -> None:
        """Start nothing any more; wait until what is under way has ended and is on disk, for at most `grace_ms`."""
        self.is_closing = True
        news = self.watchers.news()
        is_up = False

        def time_is_up() -> None:
            nonlocal is_up
            is_up = True
            news.set()

        timer = self.clock.call_at(self.clock.now_ms() + grace_ms, time_is_up)
        while not is_up and (self._unflushed or self.store.queued or any(run.flights for run in self.live.values())):
            news.clear()
            await news.wait()
        timer.cancel()
        self.watchers.unwatch(news)

    async def close(self) -> None:
        """Start nothing more, let writes that are on their way settle for a while, and let go of every run."""
        self.is_closing = True
        runs = list(self.live.values())
        if runs:
            await asyncio.wait([self.spawn(run.wind_down()) for run in runs], timeout=GRACE_S)
        for run in runs:
            run.flush()
            run.drop()
        if self._failure is not None:
            self._open_again.set()
            self.watchers.fail(StoreUnavailableError(f"the store failed, and the engine was closed: {self._failure}"))
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        if tasks:
            await asyncio.wait(tasks, timeout=GRACE_S)
        for pool in (self.step_threads, self.tool_threads):
            pool.shutdown(wait=False, cancel_futures=True)


def _nothing() -> None:
    """Nobody wants to know."""
