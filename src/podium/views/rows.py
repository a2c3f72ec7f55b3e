"""Runs as rows, and counted."""

from podium.engine.list_store import Tally
from podium.engine.ports import RunInfo
from podium.engine.status import Status
from podium.views.legible import cut
from podium.views.runs import PREVIEW_CHARS, RunCounts, RunRow

_ERROR_CHARS = 1_000


def run_row(info: RunInfo) -> RunRow:
    """Return a run on one line; long texts are cut."""
    return RunRow(
        id=info.id,
        workflow=info.workflow,
        graph_hash=info.graph_hash,
        status=info.status,
        input=cut(info.input, PREVIEW_CHARS),
        output=None if info.output is None else cut(info.output, PREVIEW_CHARS),
        error=None if info.error is None else cut(info.error, _ERROR_CHARS),
        seq=info.seq,
        created_at=info.created_at,
        updated_at=info.updated_at,
        wake_at=info.wake_at,
        parent=info.parent,
        tenant=info.tenant,
        owner=info.owner,
        target=info.target,
    )


def run_counts(tally: Tally) -> RunCounts:
    """Return how many runs stand how, for each status there is."""
    by_status = {status: tally.by_status.get(status, 0) for status in Status}
    return RunCounts(by_status=by_status, is_exact=tally.is_exact)
