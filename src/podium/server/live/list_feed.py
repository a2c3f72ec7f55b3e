"""What moves in lists of runs: one look at the store for all lists, one count for all lists with the same filter."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from podium.engine.engine import Engine
from podium.engine.list_store import MOVED_MAX, Moved, Moves, RunFilter, Tally, Waiting
from podium.engine.ports import Clock
from podium.errors import StoreUnavailableError
from podium.server.live.follower import Follower
from podium.server.live.sse import frame
from podium.views.live import RunsNews
from podium.views.rows import run_counts, run_row
from podium.views.runs import RunRow

PAUSE_MS = 500
"""Between two batches of news, so that there are at most two a second."""

RECOUNT_MS = 5_000
"""Some changes are no events (a run that no worker knows is shelved); they are seen in a count made so often."""

COUNT_SHARE = 10
"""A count that took long is made again only after so many times as long."""

Key = tuple[str | None, ...]
"""What two lists have in common that are told the same."""


class ListFeed:
    """The lists with one filter. It implements `follower.Feed`.

    Args:
        which: The filter; its statuses and its page do not matter.
        leave: Is told when nobody follows any more.

    Attributes:
        is_over: Nothing more is told.
        tally: How many runs stand how, as counted last.
        counted_at, counted_ms: When that was, None before the first time; and how long it took.
        is_stale: It was not counted when it should have been.
    """

    def __init__(self, which: RunFilter, *, leave: Callable[["ListFeed"], None]) -> None:
        self.which, self._leave = which, leave
        self.is_over = False
        self.tally = Tally(by_status={})
        self.counted_at: int | None = None
        self.counted_ms = 0
        self.is_stale = False
        self._followers: set[Follower] = set()
        self._told = self.tally
        self._waiting = Waiting(tasks=0, parked=0)
        self._turn = self._floor = 0
        self._rows: OrderedDict[str, tuple[int, RunRow]] = OrderedDict()
        self._frames: dict[int, bytes] = {}

    def join(self) -> Follower:
        """Follow these lists."""
        follower = Follower(self)
        self._followers.add(follower)
        return follower

    def leave(self, follower: Follower) -> None:
        """See `Feed.leave`."""
        self._followers.discard(follower)
        if not self._followers:
            self._leave(self)

    def close(self) -> None:
        """Tell nothing more."""
        self.is_over = True
        self._wake()

    def take(self, follower: Follower) -> bytes | None:
        """See `Feed.take`."""
        if follower.turn == self._turn or not self._turn:
            return None
        since, follower.turn = follower.turn, self._turn
        if since not in self._frames:
            self._frames[since] = frame("runs", self._news(since))
        return self._frames[since]

    def _news(self, since: int) -> RunsNews:
        is_first = since < 0
        rows = [] if is_first else [row for turn, row in reversed(self._rows.values()) if turn > since]
        return RunsNews(
            changed=tuple(rows),
            counts=run_counts(self.tally),
            tasks=self._waiting.tasks,
            parked=self._waiting.parked,
            is_whole=is_first or since >= self._floor,
        )

    def wants_count(self, moved: Moved, now_ms: int) -> bool:
        """Claim that the last count may be wrong."""
        if self.counted_at is None or now_ms - self.counted_at >= RECOUNT_MS:
            return True
        return self.is_stale or not moved.is_whole or any(map(self.which.passes, moved.runs))

    def may_count(self, now_ms: int) -> bool:
        """Claim that counting is not too dear to be done again now."""
        return self.counted_at is None or now_ms - self.counted_at >= COUNT_SHARE * self.counted_ms

    def tell(self, moved: Moved, waiting: Waiting) -> None:
        """Take in what moved; wake the followers where that is anything to them."""
        rows = [info for info in moved.runs if self.which.passes(info)]
        is_same = (self.tally, waiting) == (self._told, self._waiting) and self._turn
        if is_same and not rows and moved.is_whole:
            return
        self._turn += 1
        self._told, self._waiting = self.tally, waiting
        self._frames.clear()
        for info in reversed(rows):
            self._rows.pop(info.id, None)
            self._rows[info.id] = (self._turn, run_row(info))
        while len(self._rows) > MOVED_MAX:
            _, (self._floor, _) = self._rows.popitem(last=False)
        if not moved.is_whole:
            self._floor = self._turn
        self._wake()

    def _wake(self) -> None:
        for follower in self._followers:
            follower.woken.set()


class ListFeeds:
    """The feeds of all lists, over one look at the engine."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock
        self._feeds: dict[Key, ListFeed] = {}
        self._task: asyncio.Task[None] | None = None
        self._news: asyncio.Event | None = None
        self._has_missed = False
        self._begun = asyncio.Event()

    @property
    def count(self) -> int:
        """How many filters are followed."""
        return len(self._feeds)

    async def join(self, which: RunFilter) -> Follower:
        """Follow the lists with a filter; whoever reads a list from now on is told of all that moves after that."""
        follower = self._join(which)
        try:
            await self._begun.wait()
        except BaseException:
            follower.leave()
            raise
        return follower

    def _join(self, which: RunFilter) -> Follower:
        feed = self._feeds.setdefault(_key(which), ListFeed(which, leave=self._leave))
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._live())
        if self._news is not None:
            self._news.set()
        return feed.join()

    def close(self) -> None:
        """Tell nothing more."""
        for feed in tuple(self._feeds.values()):
            feed.close()
        self._feeds.clear()
        self._begun.set()
        self._rest()

    def _leave(self, feed: ListFeed) -> None:
        if self._feeds.get(_key(feed.which)) is feed:
            del self._feeds[_key(feed.which)]
        if not self._feeds:
            self._rest()

    def _rest(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = self._news = None
            self._begun = asyncio.Event()

    async def _live(self) -> None:
        """Look after each commit of anybody, and when somebody joins, for as long as anybody follows."""
        try:
            with self._engine.news() as news:
                self._news = news
                await self._look_on(news)
        finally:
            if self._task is asyncio.current_task():  # it failed: who followed comes again
                self._task = None
                self._begun.set()
                self.close()

    async def _look_on(self, news: asyncio.Event) -> None:
        moves = self._engine.moves()
        while True:
            news.clear()
            if not await self._look(moves):
                news.set()
            self._begun.set()
            await self._clock.sleep(PAUSE_MS)
            await news.wait()

    async def _look(self, moves: Moves) -> bool:
        """Tell each feed what moved; claim that all was told that should be, and nothing has to be asked again."""
        try:
            is_told = await self._tell(moves)
        except StoreUnavailableError:
            self._has_missed = True
            return False
        self._has_missed = False
        return is_told

    async def _tell(self, moves: Moves) -> bool:
        moved, waiting = await moves.look(), await self._engine.waiting()
        if self._has_missed:
            moved = replace(moved, is_whole=False)
        is_counted = True
        for feed in tuple(self._feeds.values()):
            if feed.wants_count(moved, self._clock.mono_ms()):
                is_counted = await self._count(feed) and is_counted
            feed.tell(moved, waiting)
        return is_counted

    async def _count(self, feed: ListFeed) -> bool:
        """Count anew what a feed's filter lets through, unless that is too dear to do so often."""
        began_ms = self._clock.mono_ms()
        feed.is_stale = not feed.may_count(began_ms)
        if feed.is_stale:
            return False
        feed.tally = await self._engine.counts(feed.which)
        feed.counted_at = self._clock.mono_ms()
        feed.counted_ms = feed.counted_at - began_ms
        return True


def _key(which: RunFilter) -> Key:
    return which.workflow, which.tenant, which.text, which.parent
