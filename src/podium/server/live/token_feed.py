"""Answers of models on their way to the steps of a run, passed on as they come, and kept nowhere."""

import asyncio
from collections import deque
from collections.abc import Callable

from podium.engine.engine import Engine
from podium.errors import PodiumError
from podium.server.live.follower import Follower
from podium.server.live.sse import frame
from podium.views.live import LiveEnd, TokenNews

KEPT_MAX = 10_000
"""So many tokens are kept for a follower that is slow; one that is slower does not get those before."""


class TokenFeed:
    """The tokens of one run. It implements `follower.Feed`.

    Args:
        engine: Tells of them, where it runs the steps.
        run_id: The run.
        leave: Is told when nobody follows any more.
    """

    def __init__(self, engine: Engine, run_id: str, *, leave: Callable[["TokenFeed"], None]) -> None:
        self._engine, self.run_id, self._leave = engine, run_id, leave
        self.is_over = False
        self._is_ended = False
        self._followers: set[Follower] = set()
        self._kept: deque[TokenNews] = deque(maxlen=KEPT_MAX)
        self._count = 0
        self._task = asyncio.get_running_loop().create_task(self._live())

    def join(self) -> Follower:
        """Follow the run's tokens from now on."""
        follower = Follower(self, since=self._count)
        self._followers.add(follower)
        return follower

    def leave(self, follower: Follower) -> None:
        """See `Feed.leave`; a feed that nobody follows ends."""
        self._followers.discard(follower)
        if not self._followers:
            self.close()

    def close(self) -> None:
        """Tell nothing more."""
        self._leave(self)
        self._task.cancel()

    def take(self, follower: Follower) -> bytes | None:
        """See `Feed.take`: one event for each token."""
        fresh = min(self._count - follower.since, len(self._kept))
        follower.since = self._count
        if fresh:
            kept = len(self._kept)
            return b"".join(frame("token", self._kept[at]) for at in range(kept - fresh, kept))
        if self._is_ended and not follower.is_ended:
            follower.is_ended = True
            return frame("end", LiveEnd(status=None))
        return None

    async def _live(self) -> None:
        try:
            handle = await self._engine.get(self.run_id)
            async for token in handle.tokens():
                self._kept.append(TokenNews(path=token.path, stream=token.stream, text=token.text))
                self._count += 1
                for follower in self._followers:
                    follower.woken.set()
            self._is_ended = True
        except PodiumError:
            self._is_ended = True
        finally:
            self.is_over = True
            self._leave(self)
            for follower in self._followers:
                follower.woken.set()
