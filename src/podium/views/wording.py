"""Events in words: how each changes what people see of its step, and what is to be said of it."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any, NamedTuple

from podium.core import events as ev
from podium.core.events import Event
from podium.core.path import is_undo
from podium.draw.overlay import Status
from podium.failure import Failure
from podium.views.legible import parsed

_PREVIEW_CHARS = 60
_READ_CHARS = 4_000
"""Of a longer text, no more is looked at for a preview."""
_WORDS_CHARS = 20_000

_MOVES = (Status.RUNNING, Status.RETRYING, Status.WAITING)


class Told(NamedTuple):
    """What an event says.

    Attributes:
        note: In words; may hold text from a tool or a person.
        status: How its step stands from here on; None where that does not change, or no step is concerned.
    """

    note: str = ""
    status: Status | None = None


def told(event: Event) -> Told:
    """Return what an event says to people. Whatever befalls a step that undoes a write, the write is being undone."""
    said = _TOLD[type(event)](event)
    if said.status in _MOVES and is_undo(getattr(event, "path", "")):
        return said._replace(status=Status.UNDOING)
    return said


def preview(text: str | None) -> str:
    """Return the beginning of a stored JSON text; a string without its quotes, nothing for nothing."""
    if text is None or text in ("null", "{}", "[]", '""'):
        return ""
    if len(text) > _READ_CHARS:
        return _short(text[:_READ_CHARS].removeprefix('"'))
    value = parsed(text) if text.startswith('"') else text
    return _short(str(value))


def in_words(failure: Failure) -> str:
    """Return a failure on one line; of one that is very long, the beginning."""
    return " ".join(str(failure)[:_WORDS_CHARS].split())


def _short(text: str) -> str:
    shown = " ".join(text[:_READ_CHARS].split())
    return shown if len(shown) <= _PREVIEW_CHARS else shown[: _PREVIEW_CHARS - 1] + "…"


def _by(who: str) -> str:
    return f" by {who}" if who else ""


def _done(event: ev.StepDone) -> Told:
    if event.label is not None:
        return Told(f"→ {event.label}", Status.DONE)
    if event.output is not None:
        return Told(preview(event.output), Status.DONE)
    grown = {name: f"+[{items[:_READ_CHARS]}]" for name, items in (event.appends or {}).items()}
    changed = {**(event.changes or {}), **grown}
    return Told(_short(" ".join(f"{name}={preview(text)}" for name, text in changed.items())), Status.DONE)


def _taken_over(event: ev.RunTakenOver) -> Told:
    why = "its process died" if event.proven_dead else "its process stopped renewing its lease, or left a write open"
    return Told(f"taken over: {why}")


def _instead(event: ev.ReadDone) -> str:
    return f", degraded: in place of {_read(event.call)}" if event.source else ""


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""


def _resolved(event: ev.StepResolved) -> Told:
    given = f" {preview(event.answer)}" if event.answer is not None else ""
    return Told(f"decided{_by(event.by)}: {event.verb}{given}{_because(event.reason)}", Status.RUNNING)


def _undoing(event: ev.CompensationStarted) -> Told:
    why = in_words(event.failure) if event.failure else "it was called off"
    if event.path:
        return Told(f"what it wrote is undone before it goes on: {why}", Status.UNDOING)
    return Told(f"run undoes what it wrote: {why}")


def _compensated(event: ev.RunCompensated) -> Told:
    left = f"; left as it is: {', '.join(event.skipped)}" if event.skipped else ""
    return Told(f"run compensated{left}")


def _read(call: str) -> str:
    return call.partition(":")[0]


_TOLD: MappingProxyType[type[Event], Callable[[Any], Told]] = MappingProxyType(
    {
        ev.RunStarted: lambda e: Told(f"run {e.run_id} started"),
        ev.RunForked: lambda e: Told(f"run {e.run_id} began as a copy of {e.parent} after its event {e.parent_seq}"),
        ev.RunTakenOver: _taken_over,
        ev.RunRetried: lambda e: Told(f"retried{_by(e.by)}"),
        ev.RunRewound: lambda e: Told(f"sent on from before the first step that was undone{_by(e.by)}"),
        ev.CancelAsked: lambda e: Told(f"called off{_by(e.by)}{_because(e.reason)}"),
        ev.DeadlinePassed: lambda _: Told("the run's time is up"),
        ev.RunCompleted: lambda _: Told("run completed"),
        ev.RunFailed: lambda e: Told(f"run failed: {in_words(e.failure)}"),
        ev.RunCancelled: lambda _: Told("run cancelled"),
        ev.CompensationStarted: _undoing,
        ev.CompensationEnded: lambda _: Told("what it wrote is undone", Status.FAILED),
        ev.RunCompensated: _compensated,
        ev.UndoStarted: lambda _: Told("", Status.UNDOING),
        ev.UndoDone: lambda _: Told("", Status.UNDONE),
        ev.UndoSkipped: lambda e: Told(f"left as it is{_by(e.by)}{_because(e.reason)}", Status.DONE),
        ev.SignalReceived: lambda e: Told(f"signal {e.name} {preview(e.payload)}"),
        ev.ConditionAsked: lambda _: Told("its condition is asked", Status.RUNNING),
        ev.ConditionKnown: lambda e: Told(f"its condition {'holds' if e.holds else 'does not hold'}"),
        ev.StepStarted: lambda e: Told(f"after {in_words(e.caught)}" if e.caught else "", Status.RUNNING),
        ev.StepSkipped: lambda _: Told("", Status.SKIPPED),
        ev.ScopeOpened: lambda _: Told("", Status.RUNNING),
        ev.ScopeClosed: lambda _: Told("", Status.RUNNING),
        ev.ScopeFailing: lambda e: Told(f"failing: {in_words(e.failure)}"),
        ev.TaskOpened: lambda _: Told("for an answer", Status.WAITING),
        ev.StepAnswered: lambda e: Told(f"answered{_by(e.by)}: {preview(e.answer)}", Status.RUNNING),
        ev.AttemptFailed: lambda e: Told(f"attempt {e.attempt} failed: {in_words(e.failure)}", Status.RETRYING),
        ev.StepPostponed: lambda _: Told("waits for a later try", Status.RETRYING),
        ev.StepResumed: lambda _: Told("", Status.RUNNING),
        ev.StepLost: lambda _: Told("its worker was lost; entered again", Status.RUNNING),
        ev.StepParked: lambda e: Told(f"{e.reason}: {e.detail}", Status.PARKED),
        ev.StepResolved: _resolved,
        ev.StepDone: _done,
        ev.StepFailed: lambda e: Told(in_words(e.failure), Status.FAILED),
        ev.StepCancelled: lambda _: Told("", Status.CANCELLED),
        ev.StepRestarted: lambda _: Told("again", Status.RUNNING),
        ev.ReadDone: lambda e: Told(f"{e.source or _read(e.call)} gave {preview(e.result) or 'nothing'}{_instead(e)}"),
        ev.ReadFailed: lambda e: Told(f"{_read(e.call)} failed: {in_words(e.failure)}"),
        ev.WriteAsked: lambda e: Told(f"may {e.tool} be called?", Status.WAITING),
        ev.WriteApproved: lambda e: Told(f"approved{_by(e.by)}", Status.RUNNING),
        ev.WriteRefused: lambda e: Told(f"refused{_by(e.by)}", Status.RUNNING),
        ev.WriteIntended: lambda e: Told(
            f"calls {e.tool}{', degraded: in place of one that failed' if e.candidate else ''}", Status.RUNNING
        ),
        ev.WriteDoubted: lambda e: Told(f"in doubt: {in_words(e.failure)}"),
        ev.WriteReleased: lambda _: Told("did not happen; it may be sent again"),
        ev.WriteRepeated: lambda e: Told(f"{e.act} is done already, at {e.of}: its answer is given again"),
        ev.WriteBarred: lambda e: Told(f"{e.tool} was refused: {in_words(e.failure)}"),
        ev.WriteDone: lambda e: Told(f"gave {preview(e.result) or 'nothing'}"),
        ev.WriteFailed: lambda e: Told(f"did not happen: {in_words(e.failure)}"),
    }
)
