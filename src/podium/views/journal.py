"""A journal as rows."""

from podium.views.view import View


class JournalRow(View):
    """One event.

    Attributes:
        seq: Its number.
        at: When.
        kind: What happened, as `step_done`.
        address: The step it concerns; "" for the run.
        note: What to say of it in a line; may hold text from a tool or model.
        body: The event as JSON text, with the values of authors as values; cut where it is very long.
        chars: How long the whole body is.
    """

    seq: int
    at: int
    kind: str
    address: str
    note: str
    body: str
    chars: int


class JournalPage(View):
    """Rows, oldest first; `next`: the `after` of the next page, None at the end. `total`: the number of the last."""

    rows: tuple[JournalRow, ...]
    next: int | None = None
    total: int
