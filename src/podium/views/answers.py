"""Small answers of the HTTP API."""

from podium.engine.status import Status
from podium.views.journal import JournalRow
from podium.views.page import RunPage
from podium.views.standing import Patch
from podium.views.timeline import Timeline
from podium.views.view import FailureView, Value, View


class About(View):
    """What a server is.

    Attributes:
        version: Podium's.
        engine: What runs are kept by: `sqlite`, `memory` or `temporal`.
        user, scope: Who asks, and how much they may.
        has_tokens: One needs a token to be let in.
        can_demo: `POST /demo` starts something.
        workflows: How many it has the code of.
    """

    version: str
    engine: str
    user: str
    scope: str
    has_tokens: bool
    can_demo: bool
    workflows: int


class Health(View):
    """It lives, or is ready."""

    status: str = "ok"


class EventRow(View):
    """An event as it is stored; see `core.codec`."""

    seq: int
    kind: str
    path: str
    at: int
    body: str


class EventPage(View):
    """Events, oldest first; `next`: the `after` of the next page, None at the end. `status`: how the run stands."""

    events: tuple[EventRow, ...]
    next: int | None = None
    status: Status


class RunResult(View):
    """How a run stands, and how it ended once it is over; `skipped`: steps that people left as they are."""

    status: Status
    output: Value | None = None
    failure: FailureView | None = None
    skipped: tuple[str, ...] = ()


class PatchPage(View):
    """What each event changed; `next`: the `after` of the next page, None at the end."""

    patches: tuple[Patch, ...]
    next: int | None = None


class BoardPosts(View):
    """What is on a board, oldest first."""

    posts: tuple[Value, ...]


class BulkResult(View):
    """What became of each run: done, or why not."""

    done: tuple[str, ...]
    refused: dict[str, str]


class OpenedJournal(View):
    """An exported journal, read back."""

    page: RunPage
    timeline: Timeline
    patches: tuple[Patch, ...]
    journal: tuple[JournalRow, ...]
