"""The story of a simulated run in words: numbered lines with the time, the place, and what happened there."""

from collections.abc import Callable, Iterable, Sequence
from types import MappingProxyType
from typing import Any

from podium.core import events as ev
from podium.core.events import Event
from podium.draw.words import clean
from podium.failure import Failure
from podium.testing.simulation.faults import Fault
from podium.testing.simulation.laws import Breach
from podium.testing.simulation.ledger import Effect
from podium.testing.simulation.story import Line
from podium.testing.simulation.world import Request

TEXT_CHARS_MAX = 150
_WHO_CHARS_MAX = 24
_EVENTS_MAX = 4


def told(lines: Iterable[Line]) -> list[str]:
    """Return the lines of a story as text."""
    rows = [(_time(line.at_ms), _who(line), said) for line in lines if (said := _said(line)) is not None]
    if not rows:
        return []
    time_width = max(len(time) for time, _, _ in rows)
    who_width = min(_WHO_CHARS_MAX, max(len(who) for _, who, _ in rows))
    return [
        f"{number:>3}  {time:>{time_width}}  {clean(who, chars_max=_WHO_CHARS_MAX):<{who_width}}  {said}"
        for number, (time, who, said) in enumerate(rows, start=1)
    ]


def _time(ms: int) -> str:
    """Return a time as days, hours, minutes, seconds and thousandths, as far as it has them."""
    seconds, rest = divmod(ms, 1000)
    days, seconds = divmod(seconds, 86_400)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}" if seconds >= 60 or days else f"{seconds}"  # noqa: PLR2004  # a minute
    return f"{f'{days}d ' if days else ''}{clock}.{rest:03}"


def _who(line: Line) -> str:
    if isinstance(line.what, Breach):
        return "BROKEN"
    if line.is_fault:
        return "FAULT"
    return (getattr(line.what, "path", "") or line.who) if _is_event(line.what) else line.who or "world"


def _said(line: Line) -> str | None:
    what = line.what
    if isinstance(what, tuple):
        return _at_commit(*what)
    text: str | None
    if isinstance(what, Fault):
        text = f"{line.who}: {what.words}" if line.who else what.words
    elif isinstance(what, Request):
        text = f"calls {what.tool}{_under(what)} {what.args}"
    elif isinstance(what, Effect):
        verb = f"undoes {what.undoes}" if what.undoes else "happens"
        text = f"{what.tool} {verb} (effect {what.number}): {what.result!r}"
    elif isinstance(what, Breach):
        text = what.says
    elif _is_event(what):
        text = _TOLD[type(what)](what) if type(what) in _TOLD else None
    else:
        text = str(what)
    return None if text is None else clean(text, chars_max=TEXT_CHARS_MAX)


def _is_event(what: object) -> bool:
    return type(what).__module__.startswith("podium.core.")


def _under(request: Request) -> str:
    return f" under key {request.key[:8]}" if request.key else ""


def _at_commit(fault: Fault, what: str, events: Sequence[Event]) -> str:
    named = [f"{type(event).__name__} {getattr(event, 'path', '')}".strip() for event in events]
    shown = ", ".join(named[:_EVENTS_MAX]) + (" …" if len(named) > _EVENTS_MAX else "")
    return clean(f"{what} of {shown}: {fault.words}" if shown else f"{what}: {fault.words}", chars_max=TEXT_CHARS_MAX)


def _failure(failure: Failure) -> str:
    return " ".join(str(failure).split())


def _done(event: ev.StepDone) -> str:
    values = {**(event.changes or {}), **{name: f"+[{items}]" for name, items in (event.appends or {}).items()}}
    shown = " ".join(f"{name}={text}" for name, text in values.items()) or (event.output or "")
    return "is done" + (f" → {event.label}" if event.label else "") + (f": {shown}" if shown else "")


_TOLD: MappingProxyType[type, Callable[[Any], str]] = MappingProxyType(
    {
        ev.RunStarted: lambda e: f"the run starts: {{{', '.join(f'{name}: {text}' for name, text in e.data.items())}}}",
        ev.RunTakenOver: lambda e: "takes the run over" + ("" if e.proven_dead else ", whose holder may still live"),
        ev.RunCompleted: lambda _: "the run is completed",
        ev.RunFailed: lambda e: f"the run has failed: {_failure(e.failure)}",
        ev.RunCancelled: lambda _: "the run is cancelled",
        ev.RunCompensated: lambda _: "the run is compensated",
        ev.CancelAsked: lambda _: "the run is called off",
        ev.CompensationStarted: lambda _: "what was done is undone from here on",
        ev.DeadlinePassed: lambda _: "the run's time is up",
        ev.SignalReceived: lambda e: f"signal {e.name} has come: {e.payload}",
        ev.StepDone: _done,
        ev.StepFailed: lambda e: f"fails: {_failure(e.failure)}",
        ev.StepSkipped: lambda _: "is skipped",
        ev.StepCancelled: lambda _: "is given up",
        ev.StepParked: lambda e: f"parks ({e.reason}): {e.detail}",
        ev.StepResolved: lambda e: f"is decided: {e.verb}",
        ev.StepAnswered: lambda e: f"is answered: {e.answer}",
        ev.TaskOpened: lambda _: "asks a person",
        ev.AttemptFailed: lambda e: f"attempt {e.attempt} fails: {_failure(e.failure)}",
        ev.StepPostponed: lambda _: "waits for a later try",
        ev.WriteDoubted: lambda e: f"is in doubt: {_failure(e.failure)}",
        ev.WriteReleased: lambda _: "it did not happen, and may be sent again",
        ev.WriteFailed: lambda e: f"it certainly did not happen: {_failure(e.failure)}",
        ev.WriteRefused: lambda _: "is refused by a person",
        ev.UndoDone: lambda _: "is undone",
        ev.UndoSkipped: lambda _: "is left as it is",
    }
)
