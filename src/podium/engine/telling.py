"""What an engine tells whoever observes it: the events of the runs it holds, each once it is on disk, in order."""

from collections import deque
from collections.abc import Collection, Sequence

from podium.core.events import Event
from podium.core.state import RunState
from podium.effects.telemetry import Guarded, Held, Story, Telemetry
from podium.engine.ports import Append, Loaded, Store

PAST_MAX = 5_000
"""So many events before a snapshot are read, to know what is under way since before it."""


class Telling:
    """The stories of the runs that a process holds.

    Args:
        telemetry: Who is told.
        store: Where what went before is read.
    """

    def __init__(self, telemetry: Telemetry, store: Store) -> None:
        self._telemetry, self._store = telemetry, store
        self._stories: dict[str, Story] = {}
        self._untold: deque[tuple[int, str, Story, Sequence[Event]]] = deque()

    def begin(self, state: RunState, events: Sequence[Event]) -> None:
        """A run was made, and is held here; its first events are on disk."""
        story = self._story(state, created_at=events[0].at)
        self._stories[state.run_id] = story
        story.take(events)

    def made(self, state: RunState, events: Sequence[Event]) -> None:
        """A run was made, and waits for whoever has room for it."""
        self._story(state, created_at=events[0].at).take(events)

    def _story(self, state: RunState, *, created_at: int) -> Story:
        return Guarded(self._telemetry.story(state, Held(self._store.namespace, created_at)), state.run_id)

    async def adopt(self, state: RunState, loaded: Loaded, held: Held) -> None:
        """A run that is on disk is about to be held here."""
        past = list(loaded.events)
        if loaded.snapshot_seq:
            first = max(0, loaded.snapshot_seq - PAST_MAX)
            read = await self._store.events(state.run_id, after=first, limit=loaded.snapshot_seq - first)
            past = [event for _, event in read] + past
        story = Guarded(self._telemetry.story(state, held), state.run_id)
        story.remember(past, state.seq)
        self._stories[state.run_id] = story

    def forget(self, run_id: str) -> None:
        """The run is not held any more; what is on its way to disk is told yet."""
        self._stories.pop(run_id, None)

    def appended(self, ticket: int, news: Append) -> None:
        """Events are on their way to disk."""
        story = self._stories.get(news.run_id) if news.events else None
        if story is not None:
            self._untold.append((ticket, news.run_id, story, news.events))

    def committed(self, ticket: int, lost: Collection[str]) -> None:
        """Everything up to `ticket` is on disk, but for the runs `lost`."""
        while self._untold and self._untold[0][0] <= ticket:
            _, run_id, story, events = self._untold.popleft()
            if run_id not in lost:
                story.take(events)

    def clear(self) -> None:
        """What was on its way to disk does not get there."""
        self._untold.clear()
