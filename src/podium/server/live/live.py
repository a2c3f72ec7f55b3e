"""All feeds of a server."""

import asyncio
from collections.abc import AsyncIterator

from podium.engine.clock import SystemClock
from podium.engine.engine import Engine
from podium.engine.list_store import RunFilter
from podium.engine.ports import Clock
from podium.server.drain import Drain
from podium.server.live.follower import Follower
from podium.server.live.list_feed import ListFeeds
from podium.server.live.run_feed import RunFeed
from podium.server.live.sse import EventStream
from podium.server.live.token_feed import TokenFeed
from podium.server_errors import DrainingError
from podium.views.live import LiveNews


class RunFeeds:
    """The feeds of the runs that are followed; one that nobody follows any more goes away."""

    def __init__(self, engine: Engine, clock: Clock | None = None) -> None:
        self._engine, self._clock = engine, clock or SystemClock()
        self._feeds: dict[str, RunFeed] = {}

    @property
    def count(self) -> int:
        """How many runs are followed."""
        return len(self._feeds)

    async def join(self, run_id: str, after: int) -> Follower:
        """Follow a run from its event number `after` on.

        Raises:
            RunNotFoundError: There is none. DamagedError and the like: It can not be read.
            DrainingError: The server is about to stop.
        """
        return (await self._join(run_id, after))[1]

    async def _join(self, run_id: str, after: int) -> tuple[RunFeed, Follower]:
        feed = self._feeds.get(run_id)
        if feed is None:
            feed = self._feeds[run_id] = RunFeed(self._engine, self._clock, run_id, leave=self._leave)
        follower = feed.join(after)
        try:
            await feed.until_open()
        except BaseException:
            follower.leave()
            raise
        return feed, follower

    async def follow(self, run_id: str, after: int = 0) -> AsyncIterator[LiveNews]:
        """Yield what is new of a run after its event number `after`, as it comes, until it is over.

        Raises:
            RunNotFoundError: There is none.
        """
        feed, follower = await self._join(run_id, after)
        try:
            while True:
                follower.woken.clear()
                if (news := feed.take_news(follower)) is not None:
                    yield news
                elif feed.is_over:
                    return
                else:
                    await follower.woken.wait()
        finally:
            follower.leave()

    def close(self) -> None:
        """Tell nothing more."""
        for feed in tuple(self._feeds.values()):
            feed.close()

    def _leave(self, feed: RunFeed) -> None:
        if self._feeds.get(feed.run_id) is feed:
            del self._feeds[feed.run_id]


class Live:
    """What a server's streams are made from.

    Args:
        engine: Open for as long as there are streams.
        drain: When it begins, all streams end, and who followed goes elsewhere.
        clock: Time.

    Attributes:
        runs, lists: The feeds of runs, and of lists of them.
    """

    def __init__(self, engine: Engine, drain: Drain, clock: Clock | None = None) -> None:
        self._engine, self._drain, self._clock = engine, drain, clock or SystemClock()
        self.runs = RunFeeds(engine, self._clock)
        self.lists = ListFeeds(engine, self._clock)
        self._tokens: dict[str, TokenFeed] = {}
        self._draining: asyncio.Task[None] | None = None

    @property
    def token_feeds(self) -> int:
        """Of how many runs tokens are passed on."""
        return len(self._tokens)

    async def run_stream(self, run_id: str, after: int) -> EventStream:
        """Return the stream of a run from its event number `after` on; raise RunNotFoundError."""
        self._watch()
        return EventStream(await self.runs.join(run_id, after), self._clock)

    async def list_stream(self, which: RunFilter) -> EventStream:
        """Return the stream of a list."""
        self._watch()
        return EventStream(await self.lists.join(which), self._clock)

    async def token_stream(self, run_id: str) -> EventStream:
        """Return the stream of a run's tokens; raise RunNotFoundError."""
        self._watch()
        await self._engine.info(run_id)
        feed = self._tokens.get(run_id)
        if feed is None:
            feed = self._tokens[run_id] = TokenFeed(self._engine, run_id, leave=self._leave)
        return EventStream(feed.join(), self._clock)

    def _leave(self, feed: TokenFeed) -> None:
        if self._tokens.get(feed.run_id) is feed:
            del self._tokens[feed.run_id]

    def _watch(self) -> None:
        """See to it that streams end when the server drains; raise DrainingError where it does."""
        if self._drain.is_on:
            raise DrainingError
        if self._draining is None:
            self._draining = asyncio.get_running_loop().create_task(self._end_streams())

    async def _end_streams(self) -> None:
        await self._drain.begun()
        self.runs.close()
        self.lists.close()
        for feed in tuple(self._tokens.values()):
            feed.close()
