"""What an engine stands on: the parts of the machine that a simulation replaces as a whole."""

import random
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field

from podium.effects.ports import as_declared
from podium.effects.telemetry import Telemetry
from podium.engine.ports import Clock, Store
from podium.workflow.binding import ToolCode

THREADS = 32


def _pool(name: str) -> Executor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """Where an engine gets its store, its chance and its threads.

    Attributes:
        store_of: Makes a store, not yet open, of the engine's URL and clock; None for the one that the URL names.
        share: Draws from [0, 1), for jitter.
        threads: Makes a pool of threads of that name.
        stage: Says what stands in for a tool when a step calls it or its open write is settled: the tool itself.
        telemetry: Who is told of what happens; None for nobody.
    """

    store_of: Callable[[str, Clock], Store] | None = None
    share: Callable[[], float] = field(default_factory=lambda: random.SystemRandom().random)
    threads: Callable[[str], Executor] = _pool
    stage: Callable[[ToolCode], ToolCode] = as_declared
    telemetry: Telemetry | None = None
