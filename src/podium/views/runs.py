"""Runs as rows of a list, and how many stand how."""

from podium.engine.status import Status
from podium.views.view import View

PREVIEW_CHARS = 200


class RunRow(View):
    """A run on one line.

    Attributes:
        id: The run.
        workflow: Its workflow's name.
        graph_hash: The graph that it goes by.
        status: As last committed.
        input: The beginning of its input's JSON text; `sha256:…` where it is long.
        output: The beginning of its result's, once completed.
        error: Its final failure in one line, or why it is parked.
        seq: The number of its last event.
        created_at, updated_at, wake_at: Times.
        parent: The run that it was forked from.
        tenant: On whose behalf.
        owner: The worker that holds it.
        target: Where its code is found.
    """

    id: str
    workflow: str
    graph_hash: str
    status: Status
    input: str = ""
    output: str | None = None
    error: str | None = None
    seq: int = 0
    created_at: int = 0
    updated_at: int = 0
    wake_at: int | None = None
    parent: str | None = None
    tenant: str = ""
    owner: str | None = None
    target: str = ""


class RunPageOfList(View):
    """Some runs, newest first; `next`: the cursor of what comes after them, None at the end."""

    runs: tuple[RunRow, ...]
    next: str | None = None


class RunCounts(View):
    """How many runs stand how, under the same filter without its statuses; `is_exact`: nothing was left uncounted."""

    by_status: dict[Status, int]
    is_exact: bool = True
