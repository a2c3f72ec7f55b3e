"""A run, whole: what is compared, exported, replayed and reported."""

from collections.abc import Sequence
from dataclasses import dataclass

from podium.core.events import Event
from podium.engine.engine import Engine
from podium.engine.ports import RunInfo
from podium.graph.encode import graph_from_json
from podium.graph.nodes import Graph


@dataclass(frozen=True, slots=True)
class Record:
    """A run as it is committed.

    Attributes:
        info: Its row.
        graph: The graph that it goes by.
        events: All of them, oldest first; the first has number 1.
    """

    info: RunInfo
    graph: Graph
    events: Sequence[Event]


async def record_of(engine: Engine, run_id: str) -> Record:
    """Return a run as it is committed now.

    Raises:
        RunNotFoundError: There is none. DamagedError, UnknownEventError: Its journal can not be read.
    """
    loaded = await engine.load(run_id, upto=0)
    info = await engine.info(run_id)
    events: list[Event] = []
    while batch := await engine.events(run_id, after=len(events)):
        events += [event for _, event in batch]
    return Record(info, graph_from_json(loaded.graph), events)
