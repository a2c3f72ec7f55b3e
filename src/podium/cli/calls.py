"""The calls of a run as people look at them: what each tool was asked, under which key, and what came of it."""

from dataclasses import dataclass

from podium.core import events as ev
from podium.core.events import Event
from podium.failure import Failure
from podium.views.wording import in_words, preview


@dataclass(slots=True)
class CallRow:
    """One call.

    Attributes:
        path: The step that made it.
        tool: What was called.
        status: How it stands, in a word or two.
        sent: How often it was about to be sent, or sent again.
        key: Of a write.
        note: Its arguments, result or failure; may hold text from a tool.
        instead_of: The tool that it was called in place of (`fallback=`); "" for the one that the step's code names.
    """

    path: str
    tool: str
    status: str
    sent: int = 1
    key: str = ""
    note: str = ""
    instead_of: str = ""


class Calls:
    """The calls of a run, event by event.

    Attributes:
        rows: In the order in which they were made.
        failure: The last failure of anything in the run; None while nothing failed.
    """

    def __init__(self) -> None:
        self.rows: list[CallRow] = []
        self.failure: Failure | None = None
        self._writes: dict[str, CallRow] = {}

    def take(self, event: Event) -> None:
        """Take the next event in."""
        failure = getattr(event, "failure", None)
        if failure is not None:
            self.failure = failure
        match event:
            case ev.ReadDone():
                self._read(event.path, event.call, "done", preview(event.result), source=event.source)
            case ev.ReadFailed():
                self._read(event.path, event.call, "failed", in_words(event.failure))
            case ev.WriteAsked():
                self._begin(event.path, event.tool, "asked", event.args)
            case ev.WriteIntended():
                self._intend(event)
            case ev.WriteRepeated():
                self._begin(event.path, event.tool, "repeated", f"the answer of {event.of}")
            case ev.WriteBarred():
                self._begin(event.path, event.tool, "refused", in_words(event.failure))
            case _:
                self._settle(event)

    def _read(self, path: str, call: str, status: str, note: str, *, source: str = "") -> None:
        asked = call.partition(":")[0]
        row = CallRow(path, source or asked, f"read {status}", note=note, instead_of=asked if source else "")
        self.rows.append(row)

    def _begin(self, path: str, tool: str, status: str, args: str) -> CallRow:
        row = CallRow(path, tool, status, sent=0, note=args)
        self.rows.append(row)
        self._writes[path] = row
        return row

    def _intend(self, event: ev.WriteIntended) -> None:
        row = self._writes.get(event.path)
        if row is None or row.key not in ("", event.key):
            asked = (row.instead_of or row.tool) if row is not None and event.candidate else ""
            row = self._begin(event.path, event.tool, "", event.args)
            row.instead_of = asked
        row.sent += 1
        row.key, row.status = event.key, "sent, no answer yet"

    def _settle(self, event: Event) -> None:
        row = self._writes.get(getattr(event, "path", ""))
        if row is None:
            return
        match event:
            case ev.WriteDone():
                row.status, row.note = "done", preview(event.result)
            case ev.WriteFailed() | ev.WriteRefused():
                row.status, row.note = "not done", in_words(event.failure)
            case ev.WriteDoubted():
                row.status, row.note = "in doubt", in_words(event.failure)
            case ev.WriteReleased():
                row.status = "not done, may be sent again"
            case ev.StepResolved():
                row.status = f"decided: {event.verb}"
            case _:
                pass
