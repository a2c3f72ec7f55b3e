"""A run, whole: what is compared, exported, replayed and reported."""

from collections.abc import Sequence
from dataclasses import dataclass

from podium.core.events import Event
from podium.engine.ports import RunInfo
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
