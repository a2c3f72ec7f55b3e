"""Who waits for the end of a run, for a verdict on what was asked, or for news of a run. Told only what is on disk."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Collection, Iterable
from typing import TypeVar

from podium.effects.ports import Progress, Token
from podium.engine.ports import Projection, Status

T = TypeVar("T")


class Watchers:
    """Futures and events of callers, by what they wait for."""

    def __init__(self) -> None:
        self._ends: defaultdict[str, list[asyncio.Future[Projection]]] = defaultdict(list)
        self._verdicts: defaultdict[str, list[asyncio.Future[str]]] = defaultdict(list)
        self._decided: deque[tuple[int, str, str, str]] = deque()
        self._news: defaultdict[str | None, set[asyncio.Event]] = defaultdict(set)
        self._moves: deque[tuple[int, str, Status]] = deque()
        self._followers: list[asyncio.Queue[tuple[str, Status]]] = []
        self._tokens: defaultdict[str, list[asyncio.Queue[Token]]] = defaultdict(list)
        self._progress: dict[tuple[str, str], tuple[float, str]] = {}

    def end_of(self, run_id: str) -> "asyncio.Future[Projection]":
        """Return a future for the run's last projection."""
        future: asyncio.Future[Projection] = asyncio.get_running_loop().create_future()
        self._ends[run_id].append(future)
        return future

    def forget_end(self, run_id: str, future: "asyncio.Future[Projection]") -> None:
        """Whoever has that future does not wait any more."""
        _forget(self._ends, run_id, future)

    def watched(self) -> list[str]:
        """Return the runs whose end somebody waits for."""
        return list(self._ends)

    def run_over(self, run_id: str, projection: Projection) -> None:
        """The run's end is on disk."""
        for path in self.progress_of(run_id) if self._progress else ():
            del self._progress[run_id, path]
        for future in self._ends.pop(run_id, ()):
            if not future.done():
                future.set_result(projection)
        self.tell()

    def run_gone(self, run_id: str, error: Exception) -> None:
        """The run is not there any more: nobody will be told how it ended."""
        for future in self._ends.pop(run_id, ()):
            if not future.done():
                future.set_exception(error)
                future.exception()  # whoever asked last may be told by the error itself

    def verdict_on(self, inbox_id: str) -> "asyncio.Future[str]":
        """Return a future for what was decided about a stimulus: "" or the reason of a refusal."""
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._verdicts[inbox_id].append(future)
        return future

    def forget_verdict(self, inbox_id: str, future: "asyncio.Future[str]") -> None:
        """Whoever has that future does not wait any more; others may, who asked the same."""
        _forget(self._verdicts, inbox_id, future)

    def expect_verdict(self, ticket: int, run_id: str, inbox_id: str, reason: str) -> None:
        """A verdict is on its way to disk; it does not get there when the run is lost."""
        self._decided.append((ticket, run_id, inbox_id, reason))

    def committed(self, ticket: int, lost: Collection[str]) -> None:
        """Tell verdicts and statuses that are on disk, and that there is news."""
        while self._decided and self._decided[0][0] <= ticket:
            _, run_id, inbox_id, reason = self._decided.popleft()
            if run_id not in lost:
                self.decided(inbox_id, reason)
        while self._moves and self._moves[0][0] <= ticket:
            _, run_id, status = self._moves.popleft()
            for queue in self._followers if run_id not in lost else ():
                queue.put_nowait((run_id, status))
        self.tell()

    def forget_unwritten(self) -> None:
        """What was on its way to disk does not get there: it is decided anew, and told then."""
        self._decided.clear()
        self._moves.clear()

    def undecided(self) -> list[str]:
        """Return the stimuli whose verdict somebody waits for."""
        return list(self._verdicts)

    def decided(self, inbox_id: str, reason: str) -> None:
        """A verdict is on disk."""
        for future in self._verdicts.pop(inbox_id, ()):
            if not future.done():
                future.set_result(reason)

    def statuses(self) -> "asyncio.Queue[tuple[str, Status]]":
        """Return a queue of how runs of this process stand, by id, each time something of them was committed."""
        queue: asyncio.Queue[tuple[str, Status]] = asyncio.Queue()
        self._followers.append(queue)
        return queue

    def unfollow(self, queue: "asyncio.Queue[tuple[str, Status]]") -> None:
        """Tell that queue nothing more."""
        self._followers.remove(queue)

    @property
    def is_followed(self) -> bool:
        """Claims that somebody has asked for `statuses`."""
        return bool(self._followers)

    def expect_status(self, ticket: int, run_id: str, status: Status) -> None:
        """How a run stands is on its way to disk; it does not get there when the run is lost."""
        self._moves.append((ticket, run_id, status))

    def news(self, run_id: str | None = None) -> asyncio.Event:
        """Return an event that is set whenever something was committed, or is told of that run; see `unwatch`."""
        event = asyncio.Event()
        self._news[run_id].add(event)
        return event

    def unwatch(self, event: asyncio.Event, run_id: str | None = None) -> None:
        """Nobody waits on it any more."""
        events = self._news.get(run_id, set())
        events.discard(event)
        if not events:
            self._news.pop(run_id, None)

    def followed(self) -> list[str]:
        """Return the runs of which somebody wants to be told."""
        return [run_id for run_id in self._news if run_id is not None]

    def tell(self) -> None:
        """Wake whoever waits for news of any run."""
        for event in self._news.get(None, ()):
            event.set()

    def tell_of(self, run_ids: Iterable[str]) -> None:
        """Wake whoever waits for news of these runs."""
        for run_id in run_ids:
            for event in self._news.get(run_id, ()):
                event.set()

    def fail(self, error: Exception) -> None:
        """The store failed: nobody will be told anything."""
        for verdict in (future for futures in self._verdicts.values() for future in futures):
            if not verdict.done():
                verdict.set_exception(error)
        for end in (future for futures in self._ends.values() for future in futures):
            if not end.done():
                end.set_exception(error)
        self._verdicts.clear()
        self._ends.clear()
        self.tell()
        self.tell_of(self.followed())

    def said(self, run_id: str, news: Progress | Token) -> None:
        """A step says how far it is, or what was added to an answer that it waits for."""
        if isinstance(news, Progress):
            self._progress[run_id, news.path] = (news.share, news.text)
            self.tell()
            self.tell_of([run_id])
            return
        for queue in self._tokens.get(run_id, ()):
            queue.put_nowait(news)

    def tokens(self, run_id: str) -> asyncio.Queue[Token]:
        """Return a queue of what is added to answers that steps of a run wait for; give it back with `untoken`."""
        queue: asyncio.Queue[Token] = asyncio.Queue()
        self._tokens[run_id].append(queue)
        return queue

    def untoken(self, run_id: str, queue: asyncio.Queue[Token]) -> None:
        """Nobody waits on it any more."""
        self._tokens[run_id].remove(queue)
        if not self._tokens[run_id]:
            del self._tokens[run_id]

    def progress_of(self, run_id: str) -> dict[str, tuple[float, str]]:
        """Return what the steps of a run last said, by address; only in the process that runs them."""
        return {path: said for (whose, path), said in self._progress.items() if whose == run_id}


def _forget(waiting: dict[str, list[asyncio.Future[T]]], name: str, future: asyncio.Future[T]) -> None:
    """Take a future away from those that wait for something."""
    futures = waiting.get(name, [])
    if future in futures:
        futures.remove(future)
    if not futures:
        waiting.pop(name, None)
