"""What people decided about a run, and what it undid: the audit that `podium runs show` prints."""

from dataclasses import dataclass
from types import MappingProxyType

from podium.cli.table import when
from podium.core import events as ev
from podium.core.events import Event
from podium.core.path import is_undo, undone_path
from podium.core.state import RunState, is_in
from podium.views.wording import in_words, preview

_DECISIONS: MappingProxyType[type[Event], str] = MappingProxyType(
    {
        ev.UndoSkipped: "skip",
        ev.CancelAsked: "cancel",
        ev.RunRetried: "retry",
        ev.RunRewound: "retry",
        ev.WriteApproved: "approve",
        ev.WriteRefused: "refuse",
    }
)


@dataclass(slots=True)
class UndoRow:
    """One write that is undone, or is to be.

    Attributes:
        path: The step that wrote.
        tool: What undoes it.
        status: How that stands, in a word or two.
        note: Why it stands so; may hold text from a tool or a person.
    """

    path: str
    tool: str
    status: str
    note: str = ""


class Undoing:
    """The compensations of a run, event by event."""

    def __init__(self) -> None:
        self._rows: dict[str, UndoRow] = {}

    def take(self, event: Event, state: RunState) -> None:
        """Take the next event in, which is folded into `state`."""
        path = getattr(event, "path", "")
        if not is_undo(path):
            return
        if isinstance(event, ev.UndoStarted):
            record = state.writes[undone_path(path)]
            self._rows[path] = UndoRow(record.path, _compensator(record.undo), "is undone")
        row = self._rows[path]
        match event:
            case ev.UndoDone():
                row.status, row.note = "undone", ""
            case ev.UndoSkipped():
                row.status, row.note = "left as it is", event.reason
            case ev.StepParked():
                row.status, row.note = f"parked ({event.reason})", event.detail
            case ev.AttemptFailed():
                row.status, row.note = "is tried again", in_words(event.failure)
            case ev.StepPostponed():
                row.status, row.note = "in doubt, asked again later", ""
            case ev.StepResolved():
                row.status, row.note = "is undone", ""
            case _:
                pass

    def rows(self, state: RunState) -> list[UndoRow]:
        """Return what was undone or is, in the order in which that began, and then what has yet to have its turn."""
        begun = {row.path for row in self._rows.values()}
        waiting = [
            UndoRow(record.path, _compensator(record.undo), "waits for its turn")
            for record in reversed(state.writes.values())
            if record.path not in begun and any(is_in(record.path, scope) for scope in state.sagas)
        ]
        return [*self._rows.values(), *waiting]


def _compensator(signed: str) -> str:
    return signed.partition("@")[0]


def decision(event: Event) -> tuple[str, ...] | None:
    """Return what a person decided, as (when, who, what, about, why); None where an event is no such thing."""
    what = _what(event)
    if what is None:
        return None
    return when(event.at), *(getattr(event, "by", ""), what, getattr(event, "path", ""), getattr(event, "reason", ""))


def _what(event: Event) -> str | None:
    match event:
        case ev.StepResolved():
            return f"{event.verb} {preview(event.answer)}".rstrip()
        case ev.StepAnswered():
            return f"answer {preview(event.answer)}".rstrip()
        case _:
            return _DECISIONS.get(type(event))
