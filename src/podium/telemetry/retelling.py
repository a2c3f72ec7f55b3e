"""What an engine that has just opened tells once more: what ended last before it, and may not have left its process.

A process that is killed takes along what it had not sent yet. Nobody holds a run that was over by then, or that waits,
so runs of the last minute that is on record are looked at. What is told twice has the same ids.
"""

from typing import TYPE_CHECKING

from podium.core.events import Event
from podium.effects.telemetry import Held
from podium.engine.list_store import RunFilter
from podium.engine.ports import RunInfo
from podium.errors import DamagedError, PodiumError, ReplayError, RunNotFoundError
from podium.telemetry.describe import Describer
from podium.telemetry.story import RETOLD_MS, RunTold

if TYPE_CHECKING:
    from podium.engine.engine import Engine

RUNS_MAX = 500
"""So many of the newest runs are looked at."""

EVENTS_MAX = 20_000
"""A longer run is not read once more."""


async def retell(engine: "Engine", describer: Describer) -> None:
    """Tell once more what ended in the last minute of what is on record."""
    try:
        infos = await engine.runs(RunFilter(limit=RUNS_MAX))
        last = max((info.updated_at for info in infos), default=0)
        for info in infos:
            if info.updated_at >= last - RETOLD_MS and info.seq <= EVENTS_MAX and _is_left(info, describer):
                await _retell_run(engine, info, describer)
    except PodiumError:
        return  # nobody is told twice then


def _is_left(info: RunInfo, describer: Describer) -> bool:
    """Claim that nobody holds a run who would tell of it."""
    return info.id not in describer.told and (info.owner is None or info.status.is_terminal)


async def _retell_run(engine: "Engine", info: RunInfo, describer: Describer) -> None:
    try:
        state = await engine.state(info.id)
    except (ReplayError, DamagedError, RunNotFoundError):
        return
    past: list[Event] = []
    while batch := await engine.events(info.id, after=len(past)):
        past += [event for _, event in batch]
    told = RunTold(state, Held(engine.backend.namespace, info.created_at), describer)
    told.remember(past, len(past))
    told.retell()
