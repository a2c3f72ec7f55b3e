"""The decisions of intent routers in a run's journal, as people look at them."""

from typing import Final

from pydantic import TypeAdapter, ValidationError

from podium.core.events import Event, ReadDone
from podium.effects.keys import tool_of
from podium.routing.intent.types import Decision, Verdict

_DECISION: Final = TypeAdapter(Decision)
_READS: Final = ("decide_", "escalate_")
_OTHER: Final = {
    Verdict.CLARIFY: "(a person is asked)",
    Verdict.ESCALATE: "(a model is asked)",
    Verdict.OUT_OF_SCOPE: "(no route)",
}


def routing(event: Event) -> tuple[str, ...] | None:
    """Return a row for a decision: who made it, the route, how sure, by what, why; None for other events."""
    if not isinstance(event, ReadDone) or not event.call.startswith(_READS):
        return None
    try:
        decision = _DECISION.validate_json(event.result)
    except ValidationError:
        return None  # an author's read of such a name
    to = decision.route or _OTHER.get(decision.verdict, "")
    by = decision.stage if decision.escalation is None else f"{decision.stage}, asked {decision.escalation.model}"
    return tool_of(event.call).partition("_")[2], to, f"{decision.confidence:.2f}", by, decision.why
