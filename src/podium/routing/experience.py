"""What tools were used for, and how that went: read off the journals of runs, which are the only record of it.

Nothing is counted beside them, so a crash loses nothing and counts nothing twice: a process that starts reads the
journals again. What is pruned is forgotten.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from podium.core import events as ev
from podium.core.path import place
from podium.effects.keys import tool_of
from podium.engine.engine import Engine
from podium.engine.ports import RunFilter, RunInfo
from podium.errors import ReplayError, RunNotFoundError, StoreError
from podium.failure import Failure, FailureKind
from podium.routing.choice import ToolChoice
from podium.routing.ranking.record import Outcome
from podium.routing.ranking.tool_index import ToolIndex
from podium.routing.tool_cards import ToolsFound

RUNS_MAX: Final = 2_000
"""So many runs are looked at, the newest."""

_PAGE: Final = 200
_CHOICE: Final = TypeAdapter(ToolChoice)
_FOUND: Final = TypeAdapter(ToolsFound)
_NOT_THE_TOOLS: Final = frozenset({"Refused", "NotApproved", "TypeError", "ValueError"})
"""Failures of guards, people and arguments."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A call of a tool that was chosen.

    Attributes:
        query: What it was chosen for.
        tool: The tool.
        step: Where it was called.
        outcome: How that went.
    """

    query: str
    tool: str
    step: str
    outcome: Outcome


class Experience:
    """Lessons from the runs of an engine, for one index.

    Args:
        chooser: The name under which choices are on record.
        index: Gives what learns.
    """

    def __init__(self, chooser: str, index: Callable[[], ToolIndex]) -> None:
        self._chooser, self._index = chooser, index
        self._stories: dict[str, _Story] = {}

    async def learn(self, engine: Engine) -> int:
        """Learn from all calls that ended since the last time; return how many there were."""
        learned = 0
        async for info in _newest(engine):
            story = self._stories.setdefault(info.id, _Story(self._chooser))
            if story.read < info.seq:
                learned += await self._read(engine, info, story)
        return learned

    @asynccontextmanager
    async def following(self, engine: Engine) -> AsyncIterator[None]:
        """Learn whenever something happened, for as long as the context is open."""
        with engine.news() as news:
            task = asyncio.create_task(self._follow(engine, news))
            try:
                yield
            finally:
                task.cancel()
                await asyncio.wait([task])

    async def _follow(self, engine: Engine, news: asyncio.Event) -> None:
        while True:
            news.clear()
            await self.learn(engine)
            await news.wait()

    async def _read(self, engine: Engine, info: RunInfo, story: "_Story") -> int:
        learned = 0
        try:
            while batch := await engine.events(info.id, after=story.read):
                story.read = batch[-1][0]
                lessons = [lesson for _, event in batch for lesson in story.take(event)]
                self._take(lessons)
                learned += len(lessons)
        except (RunNotFoundError, StoreError, ReplayError):  # pruned meanwhile, or damaged: whoever runs it says so
            return learned
        return learned

    def _take(self, lessons: Iterable[Lesson]) -> None:
        index = self._index()
        for lesson in lessons:
            index.count(lesson.tool, lesson.outcome, step=lesson.step)
            if lesson.outcome.succeeded:
                index.learn(lesson.tool, lesson.query)


async def _newest(engine: Engine) -> AsyncIterator[RunInfo]:
    before: str | None = None
    for _ in range(RUNS_MAX // _PAGE):
        page = await engine.runs(RunFilter(before=before, limit=_PAGE))
        for info in page:
            yield info
        if len(page) < _PAGE:
            return
        before = page[-1].id


@dataclass(slots=True)
class _Story:
    """One run, as far as it was read.

    Attributes:
        chooser: The name under which choices are on record.
        read: The last event that was taken in.
        choices: Tool to what it was last offered for.
        begun: Step to when its last call began, as far as that is known.
        writes: Step to the write that is under way.
    """

    chooser: str
    read: int = 0
    choices: dict[str, str] = field(default_factory=dict)
    begun: dict[str, int] = field(default_factory=dict)
    writes: dict[str, str] = field(default_factory=dict)

    def take(self, event: ev.Event) -> Iterator[Lesson]:
        """Take the next event in; yield what it teaches."""
        match event:
            case ev.StepStarted():
                self.begun[event.path] = event.at
            case ev.ReadDone():
                yield from self._answered(event)
                self.begun[event.path] = event.at
            case ev.ReadFailed():
                yield from self._ended(event.path, tool_of(event.call), event.at, event.failure)
            case ev.WriteIntended():
                self.begun[event.path], self.writes[event.path] = event.at, event.tool
            case ev.WriteDone():
                yield from self._ended(event.path, self.writes.pop(event.path, ""), event.at, None)
            case ev.WriteFailed():
                yield from self._ended(event.path, self.writes.pop(event.path, ""), event.at, event.failure)
            case _:
                pass

    def _answered(self, event: ev.ReadDone) -> Iterator[Lesson]:
        tool = event.source or tool_of(event.call)
        if tool in (self.chooser, "search_tools"):
            query, names = _offered(event.result)
            self.choices.update(dict.fromkeys(names, query))
        else:
            yield from self._ended(event.path, tool, event.at, None)

    def _ended(self, path: str, tool: str, at: int, failure: Failure | None) -> Iterator[Lesson]:
        query = self.choices.get(tool)
        if query is None or (failure is not None and not _is_the_tools(failure)):
            return
        took_ms = max(0, at - self.begun.get(path, at))
        yield Lesson(query, tool, place(path), Outcome(succeeded=failure is None, at_ms=at, latency_ms=took_ms))


def _offered(result: str) -> tuple[str, list[str]]:
    """Return what was asked and offered; nothing where it is another tool's answer of that name."""
    for adapter, of in ((_CHOICE, "matches"), (_FOUND, "tools")):
        try:
            found: Any = adapter.validate_json(result)
        except ValidationError:
            continue
        return found.query, [one.name for one in getattr(found, of)]
    return "", []


def _is_the_tools(failure: Failure) -> bool:
    return failure.kind is not FailureKind.CANCELLED and not _NOT_THE_TOOLS.intersection(failure.types)
