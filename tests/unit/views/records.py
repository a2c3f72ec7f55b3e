"""Runs as they are committed, made of events alone."""

from collections.abc import Sequence

from podium.core.events import Event
from podium.engine.ports import RunInfo
from podium.graph.encode import graph_hash
from podium.graph.nodes import Graph
from podium.views.record import Record


def record(graph: Graph, events: Sequence[Event]) -> Record:
    """Return a run of a graph."""
    info = RunInfo(id="run", workflow=graph.name, graph_hash=graph_hash(graph), seq=len(events))
    return Record(info, graph, events)
