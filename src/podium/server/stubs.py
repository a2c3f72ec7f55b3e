"""Stands in for views that are still being made."""

from collections.abc import Sequence

from podium.engine.ports import RunInfo
from podium.graph.nodes import Graph
from podium.views.picture import Picture
from podium.views.runs import PREVIEW_CHARS, RunRow


def run_row(info: RunInfo) -> RunRow:
    """Return a run on one line."""
    return RunRow(
        id=info.id,
        workflow=info.workflow,
        graph_hash=info.graph_hash,
        status=info.status,
        input=info.input[:PREVIEW_CHARS],
        output=None if info.output is None else info.output[:PREVIEW_CHARS],
        error=info.error,
        seq=info.seq,
        created_at=info.created_at,
        updated_at=info.updated_at,
        wake_at=info.wake_at,
        parent=info.parent,
        tenant=info.tenant,
        owner=info.owner,
        target=info.target,
    )


def picture(graph: Graph, *, fold: Sequence[str] = ()) -> Picture:
    """Return a drawn graph."""
    del graph, fold
    return Picture(width=0, height=0, boxes=(), lines=())
