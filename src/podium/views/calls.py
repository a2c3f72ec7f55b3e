"""The calls of a run as people look at them: what each tool was asked, under which key, and what came of it."""

from dataclasses import dataclass

from podium.agents.spending import MARK
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
        kind: `read`, `write` or `model` (a request to a model).
        status: How it stands, in a word or two.
        sent: How often it was about to be sent, or sent again.
        key: Of a write.
        args, result, failure: What it took and gave: of a write JSON texts; the arguments of a read are not recorded.
        said: What else there is to say of it.
        instead_of: The tool that it was called in place of (`fallback=`); "" for the one that the step's code names.
        began_at, ended_at: Times, as far as the journal tells.
    """

    path: str
    tool: str
    kind: str
    status: str
    sent: int = 1
    key: str = ""
    args: str | None = None
    result: str | None = None
    failure: Failure | None = None
    said: str = ""
    instead_of: str = ""
    began_at: int | None = None
    ended_at: int | None = None

    @property
    def note(self) -> str:
        """Its arguments, result or failure in a few words; may hold text from a tool."""
        if self.said:
            return self.said
        if self.failure is not None:
            return in_words(self.failure)
        return (self.args or "") if self.result is None else preview(self.result)


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
                row = self._read(event)
                row.result = event.result
                if event.source:
                    row.tool, row.instead_of = event.source, row.tool
            case ev.ReadFailed():
                self._read(event).failure = event.failure
            case ev.WriteAsked():
                self._begin(event, "asked")
            case ev.WriteIntended():
                self._intend(event)
            case ev.WriteRepeated():
                self._begin(event, "repeated", ended_at=event.at).said = f"the answer of {event.of}"
            case ev.WriteBarred():
                self._begin(event, "refused", ended_at=event.at).failure = event.failure
            case _:
                self._settle(event)

    def _read(self, event: ev.ReadDone | ev.ReadFailed) -> CallRow:
        asked = event.call.partition(":")[0]
        status = "read done" if isinstance(event, ev.ReadDone) else "read failed"
        row = CallRow(event.path, asked, "model" if MARK in asked else "read", status)
        row.began_at, row.ended_at = event.began, event.at
        self.rows.append(row)
        return row

    def _begin(
        self,
        event: ev.WriteAsked | ev.WriteIntended | ev.WriteRepeated | ev.WriteBarred,
        status: str,
        *,
        ended_at: int | None = None,
    ) -> CallRow:
        row = CallRow(event.path, event.tool, "write", status, sent=0, args=event.args)
        row.began_at, row.ended_at = event.at, ended_at
        self.rows.append(row)
        self._writes[event.path] = row
        return row

    def _intend(self, event: ev.WriteIntended) -> None:
        row = self._writes.get(event.path)
        if row is None or row.key not in ("", event.key):
            asked = (row.instead_of or row.tool) if row is not None and event.candidate else ""
            row = self._begin(event, "")
            row.instead_of = asked
        row.sent += 1
        row.key, row.status = event.key, "sent, no answer yet"
        row.failure, row.ended_at = None, None

    def _settle(self, event: Event) -> None:
        row = self._writes.get(getattr(event, "path", ""))
        if row is None:
            return
        match event:
            case ev.WriteDone():
                row.status, row.result, row.failure, row.ended_at = "done", event.result, None, event.at
            case ev.WriteFailed() | ev.WriteRefused():
                row.status, row.failure, row.ended_at = "not done", event.failure, event.at
            case ev.WriteDoubted():
                row.status, row.failure = "in doubt", event.failure
            case ev.WriteReleased():
                row.status = "not done, may be sent again"
            case ev.StepResolved():
                row.status = f"decided: {event.verb}"
            case _:
                pass
