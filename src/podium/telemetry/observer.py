"""Observes an engine: keeps the numbers, and tells spans of its runs where there is somewhere to tell them."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from functools import partial
from typing import Protocol

from podium.core.state import RunState
from podium.effects.keys import WRITE
from podium.effects.telemetry import Held, Observed, Try
from podium.engine.engine import Engine
from podium.guard.clock import GuardClock
from podium.telemetry.calls import ToldCall
from podium.telemetry.describe import RUNS_MAX, Describer
from podium.telemetry.gauges import Gauges, gauged
from podium.telemetry.ids import Ids, parent_of
from podium.telemetry.numbers import Numbers
from podium.telemetry.retelling import retell
from podium.telemetry.span import Spans
from podium.telemetry.story import RunTold

LOOK_S = 15.0
"""How often it is looked how an engine stands, for those who can not wait for an answer."""


RETELLING_S = 3.0
"""For how long an engine that closes waits until what ended before it was opened is told."""


class Sending(Spans, Protocol):
    """Where spans go, and what it takes to be inside one."""

    def origin(self) -> str:
        """Return the W3C `traceparent` of what runs now; "" for none."""

    def enter(self, trace: int, span: int, *, is_sampled: bool) -> None:
        """Be inside a span, in this task, from here on."""

    def inside(self, trace: int, span: int, *, is_sampled: bool) -> AbstractContextManager[object]:
        """Be inside a span for a while."""

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
        self._tasks: list[asyncio.Task[None]] = []
        self._retelling: asyncio.Task[None] | None = None
        self._ids: OrderedDict[tuple[str, str, int], tuple[Ids, bool]] = OrderedDict()

    # ----- an engine opens and closes

    @asynccontextmanager
    async def observing(self, engine: object) -> AsyncIterator[None]:
        """Observe an engine; see `Telemetry.observing`."""
        assert isinstance(engine, Engine), engine
        self._engine = engine
        try:
            yield
        finally:
            for task in self._tasks:
                task.cancel()
            self._tasks.clear()
            self._retelling = None
            self._engine = None
            if self._spans is not None:
                await self._spans.close()

    async def opened(self) -> None:
        """Begin to look how the engine stands; tell once more what may not have been told before the last end."""
        assert self._engine is not None, "it was opened"
        loop = asyncio.get_running_loop()
        self._tasks.append(loop.create_task(self._look_for_ever()))
        if self._spans is not None:
            self._retelling = loop.create_task(retell(self._engine, self._describer))
            self._tasks.append(self._retelling)

    async def closing(self) -> None:
        """Let what is told once more be told, for a while: the engine may have been opened for nothing else."""
        if self._retelling is not None:
            await asyncio.wait({self._retelling}, timeout=RETELLING_S)

    async def look(self) -> Gauges:
        """Look how the engine stands now; once it is closed, return how it stood."""
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
        return RunTold(state, held, self._describer)

    # ----- what runs now

    def entered(self, run: Observed, path: str) -> None:
        """The code of a step is about to run."""
        if self._spans is not None:
            ids, is_sampled = self._of(run)
            self._spans.enter(ids.trace, ids.step(path), is_sampled=is_sampled)

    def call(self, run: Observed, path: str, *, tool: str, call: str, clock: GuardClock) -> Try:
        """A call is about to be made."""
        made = ToldCall(self._describer, (run.run_id, path, call), tool, clock)
        if self._spans is not None:
            step = run.state.steps.get(path)
            attempt = 0 if step is None or call.startswith(WRITE) else step.attempt
            ids, is_sampled = self._of(run)
            span = ids.call(path, attempt, call)
            made.around = partial(self._spans.inside, ids.trace, span, is_sampled=is_sampled)
        return made

    def _of(self, run: Observed) -> tuple[Ids, bool]:
        state = run.state
        key = (run.namespace, run.run_id, state.lives)
        known = self._ids.get(key)
        if known is None:
            parent = parent_of(state.trace)
            ids = Ids(run.namespace, run.run_id, parent, state.lives)
            sampled = None if parent is None else parent.is_sampled
            known = self._ids[key] = ids, self._spans is not None and self._spans.wants(ids.trace, is_sampled=sampled)
            if len(self._ids) > RUNS_MAX:
                self._ids.popitem(last=False)
        return known
