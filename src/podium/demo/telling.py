"""Events of the demo's runs in plain words, a line each, and what is known of a run whose worker is dead."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from pydantic import TypeAdapter

from podium.core import events as ev
from podium.core.path import is_undo
from podium.core.state import SETTLED, RunState, WriteStatus
from podium.demo.desk.models import Booking, Offer
from podium.demo.plan import state_of
from podium.demo.writing import Review
from podium.failure import Failure
from podium.graph.nodes import NodeKind
from podium.routing import Decision

_OFFERS: Final = TypeAdapter(list[Offer])
_DECISION: Final = TypeAdapter(Decision)
_REVIEWS: Final = TypeAdapter(list[Review])
_MICROS: Final = 1_000_000
_FAILURE_CHARACTERS_MAX: Final = 90
_KEY_CHARACTERS: Final = 8


# ----- travel


def words(event: ev.Event) -> str | None:
    """Return what an event of `travel` says; None for what goes without saying."""
    say = _WORDS.get(type(event))
    return None if say is None else say(event)


def booking_in_words(booking: Booking) -> str:
    """Return a booking in one line."""
    nights = "" if booking.kind == "flight" else f", {booking.nights} night{'s' if booking.nights > 1 else ''}"
    return f"{booking.id}{nights}, {_price(booking.price_micros, booking.currency)}"


def known(state: RunState) -> Iterator[tuple[str, str]]:
    """Yield what is on disk of a run: ("done" or "in doubt", in words)."""
    for done in state.writes.values():
        if done.result is not None:
            yield "done", f"{state_of(done.path)}: {booking_in_words(Booking.model_validate_json(done.result))}"
    for step in state.steps.values():
        write = step.write
        if write is None and step.status not in SETTLED and step.node.kind is not NodeKind.WORKFLOW:
            yield "open", f"{state_of(step.path)}: begun, nothing written: it is simply run again"
        elif write is not None and write.status in (WriteStatus.INTENT, WriteStatus.DOUBT):
            yield (
                "in doubt",
                f"{state_of(step.path)}: the write was on disk before it was sent (key {_short(write.key)}); no answer",
            )
            yield "", "it may have happened, or not: nobody here can know"


def _price(micros: int, currency: str) -> str:
    return f"{micros / _MICROS:,.2f} {currency}"


def _short(key: str) -> str:
    return f"{key[:_KEY_CHARACTERS]}…"


def failure_in_words(failure: Failure) -> str:
    """Return a failure on one line that is not too long."""
    message = failure.message.partition(" for url ")[0]
    text = " ".join(f"{failure.type.rpartition('.')[2]}: {message}".split())
    return text if len(text) <= _FAILURE_CHARACTERS_MAX else f"{text[:_FAILURE_CHARACTERS_MAX]}…"


def _read(event: ev.ReadDone) -> str | None:
    if event.call.startswith("decide_"):
        decision = _DECISION.validate_json(event.result)
        return f"{decision.verdict} {decision.route or ''}, {decision.confidence:.2f} sure; on record".replace(
            "  ", " "
        )
    if not event.call.startswith("search_offers"):
        return None
    offers = _OFFERS.validate_json(event.result)
    best = offers[0]
    return f"{len(offers)} offers, the best {_price(best.price_micros, best.currency)} from {best.supplier}"


def _taken_over(event: ev.RunTakenOver) -> str:
    how = "its worker is dead" if event.proven_dead else "its worker does not move"
    return f"taken over: {how}; what it had sent without an answer is in doubt"


def _parked(event: ev.StepParked) -> str:
    return f"parked, for a person to decide: {event.detail}"


def _written(event: ev.WriteDone) -> str:
    what = "cancelled" if is_undo(event.path) else "booked"
    return f"{what} {booking_in_words(Booking.model_validate_json(event.result))}"


def _compensating(event: ev.CompensationStarted) -> str:
    why = "cancelled" if event.failure is None else f"failed: {failure_in_words(event.failure)}"
    return f"{why}; what was booked is undone, the last booking first"


_WORDS: Final[dict[type[ev.Event], Callable[[Any], str | None]]] = {
    ev.ReadDone: _read,
    ev.ReadFailed: lambda event: f"no offers: {failure_in_words(event.failure)}",
    ev.UndoStarted: lambda _: "its turn to be undone",
    ev.WriteIntended: lambda event: f"about to {event.tool}, on disk before it is sent; key {_short(event.key)}",
    ev.WriteDoubted: lambda event: f"in doubt ({failure_in_words(event.failure)}); the same key goes out again",
    ev.WriteReleased: lambda _: "it certainly has not happened; it may be sent again",
    ev.WriteDone: _written,
    ev.WriteFailed: lambda event: f"not booked: {failure_in_words(event.failure)}",
    ev.StepPostponed: lambda _: "waits for a while, holding no worker",
    ev.StepParked: _parked,
    ev.StepFailed: lambda event: f"failed: {failure_in_words(event.failure)}",
    ev.RunTakenOver: _taken_over,
    ev.RunCompleted: lambda _: "completed",
    ev.RunFailed: lambda event: f"failed: {failure_in_words(event.failure)}",
    ev.RunCancelled: lambda _: "cancelled",
    ev.CompensationStarted: _compensating,
    ev.RunCompensated: lambda _: "undone: nothing is left of it but its story",
}

OVER: Final = (ev.RunCompleted, ev.RunFailed, ev.RunCancelled, ev.RunCompensated, ev.StepParked)
"""After one of these a run does not get on by itself."""


# ----- writing


def writing_words(event: ev.Event) -> str | None:
    """Return what an event of `writing` says."""
    match event:
        case ev.ScopeOpened(path=path) if state_of(path) == "research":
            return "reading the documents, eight at a time"
        case ev.StepDone(path=path, label=label, appends={"reviews": text}) if state_of(path) == "review":
            found = _REVIEWS.validate_json(f"[{text}]")[-1]
            return f"{_review_in_words(found)} → {label}"
        case ev.StepFailed() | ev.RunFailed():
            return f"failed: {failure_in_words(event.failure)}"
        case ev.StepParked():
            return _parked(event)
        case _:
            return None


def _review_in_words(found: Review) -> str:
    lacks = [f"nothing on {', '.join(found.missing)}"] if found.missing else []
    lacks += [f"{len(found.broken)} broken citations"] if found.broken else []
    return f"draft {found.round}: {found.words} words, score {found.score}" + "".join(f", {lack}" for lack in lacks)
