"""Engines for tests, over memory or a file: with a valve before the disk, and left as a killed process leaves them."""

import asyncio
import inspect
import shutil
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from podium import Engine, Handle
from podium.core.events import Event
from podium.effects.context import CallContext
from podium.engine.clock import SystemClock
from podium.engine.ports import Append, Clock, Commits, Store
from podium.engine.recovery import POLL_MS
from podium.engine.url import store_of
from podium.graph.policies import Duration
from podium.memory.shelf import Shelf
from podium.memory.store import MemoryStore
from podium.sqlite.store import SqliteStore
from podium.testing.clock import FakeClock
from podium.workflow.binding import Compiled
from tests.inside import inner
from tests.unit.engine.world import World

E = TypeVar("E", bound=Event)
T = TypeVar("T")
_STORES: WeakKeyDictionary[Clock, list["Valve"]] = WeakKeyDictionary()
_DISK_LOOKS_MAX = 10_000


NO_BOUNDS: Mapping[str, int] = MappingProxyType({})


class Valve:
    """A store that holds back what is appended when it is told to: as a slow disk for a while, as a crash for ever.

    Attributes:
        inner: The store that holds nothing back.
        is_cut: Set once the event that `cut` waits for was appended.
    """

    def __init__(self, inner: Store) -> None:
        self.inner = inner
        self.is_cut = asyncio.Event()
        self._commits: Commits
        self._held: list[Append] = []
        self._is_shut = self._is_mute = False
        self._asked = 0
        self._cut: Callable[[Event], bool] = lambda _: False
        self._cuts_before = False
        self._ticket = self._told = self._ahead = 0

    def __getattr__(self, name: str) -> Any:
        """Everything else is the store's own."""
        found = getattr(self.inner, name)
        return self._counted(found) if inspect.iscoroutinefunction(found) else found

    def _counted(self, verb: Callable[..., Coroutine[Any, Any, T]]) -> Callable[..., Coroutine[Any, Any, T]]:
        async def counted(*args: Any, **kwargs: Any) -> T:
            self._asked += 1
            try:
                return await verb(*args, **kwargs)
            finally:
                self._asked -= 1

        return counted

    @property
    def is_busy(self) -> bool:
        """Claims that the disk has something to do or to answer."""
        return self._asked > 0 or self.inner.queued > 0

    async def open(self, commits: Commits) -> None:
        self._commits = commits
        await self.inner.open(self)

    async def reopen(self) -> None:
        """Forget what was held, as a store does that failed."""
        self._held.clear()
        self._is_shut = self._is_mute = False
        await self.inner.reopen()
        self._told, self._ahead = self._ticket, self._ticket - self.inner.durable

    def append(self, news: Append) -> int:
        self._ticket += len(news.events) or 1
        if not self.is_cut.is_set() and any(map(self._cut, news.events)):
            self._append_to_the_cut(news)
        elif self._is_shut:
            self._held.append(news)
        else:
            self.inner.append(news)
        return self._ticket

    def _append_to_the_cut(self, news: Append) -> None:
        """Append what comes before the cut, as if the rest had been decided later."""
        at = [self._cut(event) for event in news.events].index(True)
        kept = news.events[: at if self._cuts_before else at + 1]
        self.mute()
        if kept:
            self.inner.append(Append(news.run_id, news.epoch, news.first_seq, kept))
        self.is_cut.set()

    @property
    def durable(self) -> int:
        return self._told

    @property
    def queued(self) -> int:
        return self._ticket - self._told

    @property
    def holds(self) -> bool:
        return bool(self._held)

    def committed(self, ticket: int, lost: Collection[str]) -> None:
        if not self._is_mute:
            self._told = ticket + self._ahead
            self._commits.committed(self._told, lost)

    def store_failed(self, error: Exception) -> None:
        self._commits.store_failed(error)

    def store_stalled(self, reason: str | None) -> None:
        self._commits.store_stalled(reason)

    def shut(self) -> None:
        """Let nothing that is appended from now on reach the store."""
        self._is_shut = True

    def let_go(self) -> None:
        """Append what was held, and hold nothing any more."""
        self._is_shut = self._is_mute = False
        held, self._held = self._held, []
        for news in held:
            self.inner.append(news)

    def tell_again(self) -> None:
        """Tell of the last commit once more, as of one that holds nothing of what was appended since."""
        self._commits.committed(self._told, ())

    def mute(self) -> None:
        """Tell nobody of commits any more."""
        self._is_shut = self._is_mute = True

    def cut(self, kind: type[Event], *, before: bool = False, path: str | None = None) -> None:
        """Take nothing more, and tell of nothing more, right after (or before) the first event of that kind."""
        self._cut = lambda event: isinstance(event, kind) and path in (None, getattr(event, "path", None))
        self._cuts_before = before


class Rig:
    """Engines over one place: a copy of `file`, or the shelf that they share."""

    def __init__(self, folder: Path, *, file: Path | None) -> None:
        self.world = World()
        self.shelf = Shelf()
        self.url = "memory:"
        if file is not None:
            shutil.copy(file, folder / file.name)
            self.url = f"sqlite:///{folder / file.name}?synchronous=NORMAL"
        self._stack = AsyncExitStack()
        self._dead: list[Engine] = []

    def store_of(self, url: str, clock: Clock) -> Valve:
        """Stand in for the engine's own door to its stores."""
        inner = MemoryStore(self.shelf, now_ms=clock.now_ms) if url == "memory:" else store_of(url, clock)
        valve = Valve(inner)
        _STORES.setdefault(clock, []).append(valve)
        return valve

    async def open(
        self,
        *workflows: Compiled,
        clock: Clock | None = None,
        recovers: bool = True,
        retains: Duration | None = None,
        bounds: Mapping[str, int] = NO_BOUNDS,
    ) -> Engine:
        """Open one more engine, as another process would, that gives its tools the world."""
        clock = clock or SystemClock()
        engine = Engine(self.url, workflows=workflows, resources=self._resources, clock=clock, recovers=recovers)
        if retains is not None:
            engine.retain(retains)
        engine.bound(**bounds)
        await engine.__aenter__()
        self._stack.push_async_callback(self._close, engine)
        return engine

    async def crash(self, engine: Engine) -> None:
        """Leave an engine as SIGKILL would: nothing more is stored or told, its threads are alone, its lock is free."""
        self._dead.append(engine)
        valve(engine).mute()
        tasks = _tasks(engine)
        for run in list(inner(engine).host.live.values()):
            run.drop()
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        disk = valve(engine).inner
        if isinstance(disk, MemoryStore):
            self.shelf.workers[disk.worker_id].is_dead = True
        if isinstance(disk, SqliteStore):
            assert disk._writer is not None
            disk._lease.drop_lock()
            await disk._writer.stop()
            await disk._close_readers()
        for pool in (inner(engine).host.step_threads, inner(engine).host.tool_threads):
            pool.shutdown(wait=False)

    async def close(self) -> None:
        """Close every engine that did not crash."""
        self.world.open_gates()
        await self._stack.aclose()

    async def _close(self, engine: Engine) -> None:
        if engine not in self._dead:
            valve(engine).let_go()
            await engine.__aexit__(None, None, None)

    @asynccontextmanager
    async def _resources(self) -> AsyncIterator[World]:
        yield self.world


def make_file(path: Path) -> Path:
    """Make a database in which nothing has happened."""

    async def make() -> None:
        async with Engine(f"sqlite:///{path}"):
            pass

    asyncio.run(make())
    return path


def _tasks(engine: Engine) -> set[asyncio.Task[Any]]:
    """Return everything that runs for an engine."""
    tasks: set[asyncio.Task[Any]] = {*inner(engine).host._tasks}
    for run in inner(engine).host.live.values():
        for flight in run.flights.values():
            tasks.update(filter(None, [flight.task]))
            if isinstance(flight, CallContext):
                tasks.update(flight._calls, filter(None, [flight._sending]))
    return tasks


def draw(engine: Engine, share: float) -> None:
    """Let an engine draw that share of every longest wait from now on."""
    inner(engine).host.around = replace(inner(engine).host.around, share=lambda: share)


def valve(engine: Engine) -> Valve:
    """Return the valve before an engine's disk."""
    store = inner(engine).store
    assert isinstance(store, Valve)
    return store


async def until(handle: Handle[Any], kind: type[E], *, count: int = 1) -> E:
    """Wait until so many events of a kind are on disk, and return the last."""
    async with aclosing(handle.events()) as events:
        async for _, event in events:
            count -= isinstance(event, kind)
            if not count and isinstance(event, kind):
                return event
    message = f"the run ended before {kind.__name__} came"
    raise AssertionError(message)


async def story(engine: Engine, run_id: str) -> list[str]:
    """Return the kinds of a run's committed events, in order."""
    return [type(event).__name__ for _, event in await engine.events(run_id)]


async def turns(count: int = 50) -> None:
    """Give the event loop turns enough for whatever was going to happen without the disk or the clock."""
    for _ in range(count):
        await asyncio.sleep(0)


async def in_time(clock: FakeClock, work: Coroutine[Any, Any, T], *, leap_ms: int = 1_000) -> T:
    """Let time pass, in leaps, until something is done, and return what it gives."""
    task = asyncio.create_task(work)
    while not task.done():
        clock.jump(leap_ms - POLL_MS)
        await clock.advance(POLL_MS)
        for _ in range(_DISK_LOOKS_MAX):  # a busy machine's commit must not take hours of a test's time
            await asyncio.wait([task], timeout=0.001)  # what waits for a disk or a thread needs real time
            if task.done() or not _disk_is_busy(clock):
                break
    return await task


def _disk_is_busy(clock: FakeClock) -> bool:
    return any(valve.is_busy for valve in _STORES.get(clock, ()))
