"""What people did, and tried to do, through the server."""

from podium.views.view import View


class AuditEntry(View):
    """One act.

    Attributes:
        id: Orders entries: a later act has a greater one.
        at: When it was asked for, in ms since 1970 UTC.
        by, scope: Who asked, and what they may do; "" for nobody that is known.
        act: What, as `cancel`, `answer`, `breaker order`; `refused` where it was not let through.
        target: Of what: a run's id, a run's id and a path, a breaker's name.
        detail: What was given with it, as JSON text without secrets, cut where it is long; or why it was refused.
        outcome: `done (200)`, `refused (409): why`, `failed (500)`; "" while it goes on, and where the server ended
            before it knew.
        request_id: As the answer's `X-Request-Id` says it.
        address: Where it came from.
    """

    id: str
    at: int
    by: str
    scope: str
    act: str
    target: str
    detail: str
    outcome: str
    request_id: str
    address: str


class AuditPage(View):
    """Entries, newest first; `next`: the cursor of older ones, None at the end."""

    entries: tuple[AuditEntry, ...]
    next: str | None = None
