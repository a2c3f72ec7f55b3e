"""A followed run, folded once for all who follow it."""

import asyncio
from collections import deque
from collections.abc import Callable
from itertools import islice

from podium.core.events import Event
from podium.engine.engine import Engine
from podium.engine.ports import Clock, RunInfo
from podium.errors import PodiumError, StoreUnavailableError
from podium.graph.encode import graph_from_json
from podium.server.live.follower import Follower
from podium.server.live.sse import frame
from podium.server_errors import DrainingError
from podium.views.journal import JournalRow
from podium.views.journal_rows import journal_row
from podium.views.live import LiveEnd, LiveNews
from podium.views.rows import run_row
from podium.views.story import RunStory

PAUSE_MS = 100
"""Between two batches of news, so that there are at most ten a second."""

AGAIN_MS = 1_000
"""A store that does not answer is asked again after so long."""

ROWS_MAX = 500
ROWS_CHARS_MAX = 500_000
"""So much of the journal is sent along; who needs more reads it."""

_PAGE = 1000


class RunFeed:
    """One run's feed. It implements `follower.Feed`.

    Args:
        engine: Tells of the run.
        clock: Time.
        run_id: The run.
        leave: Is told when nobody follows any more.

    Attributes:
        opened: Done once the run was read, or can not be.
        is_over: The run is, or it can not be read any more.
        task: Reads it.
    """

    def __init__(self, engine: Engine, clock: Clock, run_id: str, *, leave: Callable[["RunFeed"], None]) -> None:
        self._engine, self._clock, self.run_id, self._leave = engine, clock, run_id, leave
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.is_over = False
        self._followers: set[Follower] = set()
        self._turn = 0
        self._why = ""
        self._rows: deque[JournalRow] = deque()
        self._chars = 0
        self._frames: dict[int, bytes] = {}
        self._info: RunInfo
        self._story: RunStory
        self.task = asyncio.get_running_loop().create_task(self._live())

    # ----- who follows

    def join(self, after: int) -> Follower:
        """Follow the run from its event number `after` on."""
        follower = Follower(self, since=after)
        self._followers.add(follower)
        return follower

    async def until_open(self) -> None:
        """Wait until the run was read; raise what it can not be read for, or DrainingError where this was closed."""
        await asyncio.wait({self.opened})
        if self.opened.cancelled():
            raise DrainingError
        self.opened.result()

    def leave(self, follower: Follower) -> None:
        """See `Feed.leave`; a feed that nobody follows ends."""
        self._followers.discard(follower)
        if not self._followers:
            self.close()

    def close(self) -> None:
        """Tell nothing more; who follows is not told that the run is over, for it is not."""
        self._leave(self)
        self.task.cancel()

    def take(self, follower: Follower) -> bytes | None:
        """See `Feed.take`."""
        if (since := self._due(follower)) is not None:
            return self._frame(since)
        if self._is_ended and not follower.is_ended:
            follower.is_ended = True
            status = self._info.status if not self._why else None
            return frame("end", LiveEnd(status=status, why=self._why))
        return None

    def take_news(self, follower: Follower) -> LiveNews | None:
        """As `take`, as a view; without the end."""
        since = self._due(follower)
        return None if since is None else self._news(since)

    def _due(self, follower: Follower) -> int | None:
        """Return since when there are news for a follower, who has them now; None: there are none."""
        if follower.turn == self._turn or not self._turn:
            return None
        since, follower.since, follower.turn = follower.since, self._story.seq, self._turn
        return since

    def _news(self, since: int) -> LiveNews:
        """Return what is new after event number `since`; the whole run where that is not known."""
        story = self._story
        is_known = 0 <= since <= story.seq
        patch = story.patch(since if is_known else 0)
        if not is_known:
            patch = patch.model_copy(update={"resets": True})
        steps = story.steps_since(since) if is_known and not patch.resets else story.steps()
        return LiveNews(run=run_row(self._info), patch=patch, steps=steps, journal=self._journal(since))

    def _frame(self, since: int) -> bytes:
        """Return the news since as a piece, made once for all who are there."""
        if since not in self._frames:
            self._frames[since] = frame("news", self._news(since), id=self._story.seq)
        return self._frames[since]

    def _journal(self, since: int) -> tuple[JournalRow, ...] | None:
        """Return the rows since, where all of them are at hand."""
        missing = self._story.seq - since
        if not 0 <= missing <= len(self._rows):
            return None
        return tuple(islice(self._rows, len(self._rows) - missing, None))

    # ----- what happens

    @property
    def _is_ended(self) -> bool:
        return self.is_over and (bool(self._why) or self._info.status.is_terminal)

    async def _live(self) -> None:
        """Read the run, and then whatever comes, until it is over."""
        try:
            with self._engine.news(self.run_id) as news:
                loaded = await self._engine.load(self.run_id, upto=0)
                self._story = RunStory(self.run_id, graph_from_json(loaded.graph))
                self._info = loaded.info
                await self._read()
                self.opened.set_result(None)
                while not self._info.status.is_terminal:
                    told_at = self._clock.mono_ms()
                    await news.wait()
                    await self._clock.sleep(max(0, told_at + PAUSE_MS - self._clock.mono_ms()))
                    news.clear()
                    await self._look()
        except PodiumError as error:
            if not self.opened.done():
                self.opened.set_exception(error)
                self.opened.exception()  # whoever asked may have gone
            self._why = str(error)
        finally:
            self.is_over = True
            self._leave(self)
            if not self.opened.done():
                self.opened.cancel()
            self._wake()

    async def _look(self) -> None:
        """Read what has come, as soon as the store gives it."""
        while True:
            try:
                if await self._read():
                    self._wake()
            except StoreUnavailableError:
                await self._clock.sleep(AGAIN_MS)
            else:
                return

    async def _read(self) -> bool:
        """Take in what is new; claim that there was anything. The row is read first: it is never ahead of the story."""
        before, self._info = self._info, await self._engine.info(self.run_id)
        seq = self._story.seq
        while batch := await self._engine.events(self.run_id, after=self._story.seq, limit=_PAGE):
            for number, event in batch:
                self._take_in(number, event)
        if seq == self._story.seq and before == self._info:
            return False
        self._turn += 1
        self._frames.clear()
        return True

    def _take_in(self, number: int, event: Event) -> None:
        self._story.take(number, event)
        if number <= self._info.seq - ROWS_MAX:
            return
        row = journal_row(number, event)
        self._rows.append(row)
        self._chars += len(row.body)
        while len(self._rows) > ROWS_MAX or self._chars > ROWS_CHARS_MAX:
            self._chars -= len(self._rows.popleft().body)

    def _wake(self) -> None:
        for follower in self._followers:
            follower.woken.set()
