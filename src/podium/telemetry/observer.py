"""Observes an engine: keeps the numbers, and tells spans of its runs where there is somewhere to tell them."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Protocol

from podium.core.state import RunState
from podium.effects.telemetry import Held, Observed, Try
from podium.failure import type_name
from podium.telemetry import names
from podium.telemetry.describe import Describer
from podium.telemetry.gauges import Gauges, gauged
from podium.telemetry.ids import Ids, parent_of
from podium.telemetry.numbers import Numbers
from podium.telemetry.span import Moment, Spans
from podium.telemetry.story import RETOLD_MS, RunTold

if TYPE_CHECKING:
    from podium.engine.engine import Engine

LOOK_S = 15.0
"""How often it is looked how an engine stands, for those who can not wait for an answer."""

_KNOWN_MAX = 10_000

_LOG = logging.getLogger("podium.telemetry")


class Live(Protocol):
    """The context that code runs in, as tracers of other libraries see it."""

    def origin(self) -> str:
        """Return the W3C `traceparent` of what runs now; "" for none."""

    def enter(self, trace: int, span: int, *, is_sampled: bool) -> None:
        """Be inside a span, in this task, from here on."""

    def inside(self, trace: int, span: int, *, is_sampled: bool) -> AbstractContextManager[None]:
        """Be inside a span for a while."""


class Sending(Spans, Live, Protocol):
    """Where spans go, and what it takes to be inside one."""

    async def close(self) -> None:
        """Send what is left, for a while."""


class Observer:
    """Observes one engine, or several one after the other. It implements `effects.telemetry.Telemetry`.

    Args:
        spans: Where spans go; None: only numbers are kept.
        describer: Says what spans carry; None for what is usual.

    Attributes:
        numbers: What was counted since this was made.
        gauges: How the engine stood when it was last looked.
    """

    def __init__(self, spans: Sending | None = None, *, describer: Describer | None = None) -> None:
        self._spans = spans
        self._describer = describer or Describer(Numbers(), spans)
        self.numbers = self._describer.numbers
        self.gauges = Gauges()
        self._engine: Engine | None = None
        self._told: OrderedDict[str, RunTold] = OrderedDict()
        self._seqs: OrderedDict[str, int] = OrderedDict()
        self._ids: OrderedDict[tuple[str, str, int], Ids] = OrderedDict()

    # ----- an engine opens and closes

    @asynccontextmanager
    async def observing(self, engine: "Engine") -> AsyncIterator[None]:
        """Observe an engine; see `Telemetry.observing`."""
        self._engine = engine
        tasks: list[asyncio.Task[None]] = []
        self._tasks = tasks
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            self._engine = None
            if self._spans is not None:
                await self._spans.close()

    async def opened(self) -> None:
        """Begin to look how the engine stands."""
        loop = asyncio.get_running_loop()
        self._tasks.append(loop.create_task(self._look_for_ever()))
        if self._spans is not None:
            self._tasks.append(loop.create_task(self._retell()))

    async def look(self) -> Gauges:
        """Look how the engine stands now; once it is closed, how it stood."""
        if self._engine is not None:
            self.gauges = await gauged(self._engine)
        return self.gauges

    async def _look_for_ever(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    # ----- runs

    def origin(self) -> str:
        """Return the `traceparent` of what runs now."""
        return "" if self._spans is None else self._spans.origin()

    def story(self, state: RunState, held: Held) -> RunTold:
        """Return what tells a run."""
        made = RunTold(state, held, self._describer)
        if held.now_ms:
            made.doubts_until(self._since(state, held))
        return made

    # ----- live context

    def entered(self, run: Observed, path: str) -> None:
        """The code of a step is about to run."""
        if self._spans is not None:
            ids, is_sampled = self._ids_of(run)
            self._spans.enter(ids.trace, ids.step(path), is_sampled=is_sampled)

    def call(self, run: Observed, path: str, *, tool: str, call: str) -> Try:
        """A call is about to be made."""
        del run, path, call
        return partial(self._numbered, tool)

    @contextmanager
    def _numbered(self, tool: str) -> Iterator[None]:
        yield
