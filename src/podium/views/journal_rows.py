"""Events as rows of a journal."""

import re

from podium.core.codec import encode
from podium.core.events import Event
from podium.draw.words import clean
from podium.views.journal import JournalRow
from podium.views.legible import cut, harmless
from podium.views.lines import event_line
from podium.views.wording import told

BODY_CHARS_MAX = 20_000
"""How much of an event a row holds; `/journal/{seq}` gives all of it."""

_READ_CHARS_MAX = 1_000_000
"""What is longer is not taken apart: its values stay the texts that they were recorded as."""
_NOTE_CHARS_MAX = 300
_ADDRESS_CHARS_MAX = 4_000
_WORD = re.compile(r"(?<!^)(?=[A-Z])")


def journal_row(number: int, event: Event, *, chars_max: int | None = BODY_CHARS_MAX) -> JournalRow:
    """Return an event as a row.

    Args:
        number: Its number.
        event: What happened.
        chars_max: How much of its body is shown; None: all.
    """
    kind, path, at, recorded = encode(event)
    is_read = chars_max is None or len(recorded) <= _READ_CHARS_MAX
    body = event_line(number, event) if is_read else recorded
    shown = body[:chars_max] if is_read else harmless(recorded[:chars_max])
    return JournalRow(
        seq=number,
        at=at,
        kind=kind_word(kind),
        address=cut(path, _ADDRESS_CHARS_MAX),
        note=clean(told(event).note, chars_max=_NOTE_CHARS_MAX),
        body=shown[:chars_max],
        chars=len(body),
    )


def kind_word(kind: str) -> str:
    """Return the name of a class of events as it is shown: `StepDone` as `step_done`."""
    return _WORD.sub("_", kind).lower()
