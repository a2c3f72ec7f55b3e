"""A run as it is on disk becomes a state, or an error that says which part of it can not be read, and what to do.

What lies on disk is data that anything may have happened to: whatever reading it raises is damage of that one run.
"""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from itertools import count
from typing import TypeVar

from podium.core import snapshot
from podium.core.advance import fold, retrace, settle_up
from podium.core.events import Event
from podium.core.invariants import check
from podium.core.state import RunState
from podium.engine.backend import Journals
from podium.engine.ports import Loaded
from podium.errors import DamagedError, PodiumError
from podium.graph.encode import graph_from_json, graph_hash
from podium.graph.nodes import Graph
from podium.store_errors import DamagedSnapshotError

T = TypeVar("T")

_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, AssertionError)
"""What reading something that is not as it was written may raise."""

_LOG = logging.getLogger("podium")


async def load(source: Journals, run_id: str, *, upto: int | None = None) -> tuple[Loaded, RunState]:
    """Return a run as it is on disk and its state; where its snapshot can not be read, from all its events.

    Args:
        source: Where it is.
        run_id: The run.
        upto: Only events numbered up to this.

    Raises:
        RunNotFoundError: There is none. DamagedError, UnknownEventError, InvariantError: It can not be read.
    """
    try:
        loaded = await source.load(run_id, upto=upto)
        return loaded, restored(loaded, incarnation=loaded.info.epoch)
    except DamagedSnapshotError as damage:
        loaded = await _whole(source, run_id, upto, damage)
        _LOG.warning("%s; all its events were folded instead", damage)
    return loaded, restored(loaded, incarnation=loaded.info.epoch)


async def load_to_go_on(source: Journals, run_id: str, *, at: int | None) -> tuple[Loaded, RunState]:
    """Return a run as it was at event `at` and after all that had followed from that at once; None for its last event.

    One piece of news has several events, and between two of them nothing is under way that would bring the next.

    Raises:
        As `load`.
    """
    loaded, state = await load(source, run_id, upto=at)
    if at is None or not loaded.events:
        return loaded, state
    state = restored(replace(loaded, events=[]), incarnation=state.incarnation)
    owed: deque[Event] = deque()
    for event in loaded.events:
        retrace(state, event, owed)
    for _, event in await source.events(run_id, after=state.seq):
        settle_up(state, owed)
        if not owed or event.at != state.at:
            break
        retrace(state, event, owed)
    return loaded, state


def restored(loaded: Loaded, *, incarnation: int) -> RunState:
    """Return the state of a run as it is on disk, its laws checked.

    Raises:
        DamagedError: Of its graph, its snapshot or its events, one is not as it was written.
        InvariantError: They are, and do not fit each other.
    """
    run_id = loaded.info.id
    state = RunState(run_id, _graph(loaded), incarnation=incarnation)
    text = loaded.snapshot
    if text is not None:
        _read(lambda: snapshot.restore(state, text), run_id, part="snapshot", error=DamagedSnapshotError)
    _read(lambda: fold(state, loaded.events), run_id, part="journal")
    state.incarnation = incarnation
    _read(lambda: check(state), run_id, part="journal")
    return state


def _graph(loaded: Loaded) -> Graph:
    run_id, wanted = loaded.info.id, loaded.info.graph_hash
    graph, found = _read(lambda: _hashed(loaded.graph), run_id, part=f"graph {wanted}")
    if found != wanted:
        message = f"run {run_id}: its graph {wanted} has been changed (it is {found} now)"
        raise DamagedError(message)
    return graph


@lru_cache(maxsize=64)
def _hashed(text: str) -> tuple[Graph, str]:
    graph = graph_from_json(text)
    return graph, graph_hash(graph)


def _read(read: Callable[[], T], run_id: str, *, part: str, error: type[DamagedError] = DamagedError) -> T:
    try:
        return read()
    except PodiumError:
        raise
    except _UNREADABLE as cause:
        message = f"run {run_id}: its {part} can not be read: {type(cause).__name__}: {cause}"
        raise error(message) from cause


async def _whole(source: Journals, run_id: str, upto: int | None, damage: DamagedError) -> Loaded:
    """Return a run without its snapshot, with all its events."""
    bare = await source.load(run_id, upto=0)
    last = bare.info.seq if upto is None else min(upto, bare.info.seq)
    found: list[Event] = []
    while len(found) < last and (batch := await source.events(run_id, after=len(found))):
        fitting = [
            event for (number, event), wanted in zip(batch, count(len(found) + 1), strict=False) if number == wanted
        ]
        found += fitting
        if len(fitting) < len(batch):
            break
    if len(found) < last:
        message = f"{damage}; and without it, its event {len(found) + 1} is missing"
        raise DamagedError(message)
    return replace(bare, events=found[:last])
