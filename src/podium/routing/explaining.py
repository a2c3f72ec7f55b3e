"""A decision in words, for people."""

from collections.abc import Iterator
from typing import Final

from podium.routing.intent.types import Decision, Verdict

_TEXT_CHARS: Final = 120
_VERDICTS: Final = {
    Verdict.CLARIFY: "would ask a person which of these is meant",
    Verdict.ESCALATE: "would ask somebody who knows better",
    Verdict.OUT_OF_SCOPE: "has no route for it",
}


def lines_of(router: str, decision: Decision) -> Iterator[str]:
    """Yield what is to be said of a router's decision; texts of examples and models are in it as they are."""
    yield f"{router} {_VERDICTS.get(decision.verdict, f'→ {decision.route}')}"
    yield f"  why         {decision.why}"
    ahead = f", {decision.margin:.2f} ahead of the next" if len(decision.alternatives) > 1 else ""
    yield f"  confidence  {decision.confidence:.2f}, if any route fits{ahead}"
    bounds = ", ".join(f"{name} {value:.2f}" for name, value in decision.thresholds.items())
    yield f"  scope       {decision.scope:.2f}" + (f" (held against: {bounds})" if bounds else "")
    others = ", ".join(f"{each.route} {each.confidence:.2f}" for each in decision.alternatives)
    yield f"  looked at   {others or 'nothing'}"
    for at, near in enumerate(decision.nearest):
        yield f"  {'' if at else 'like':<10}  {near.similarity:.2f} {near.route}: {near.text[:_TEXT_CHARS]}"
    if decision.escalation is not None:
        asked = decision.escalation
        yield f"  asked       {asked.model}: {asked.asked}{f', {asked.detail}' if asked.detail else ''}"
    cost = decision.cost
    asked_for = f", {cost.model_calls} model calls, {cost.tokens} tokens" if cost.model_calls else ""
    yield f"  by          {decision.stage}, {cost.elapsed_us / 1000:.1f} ms{asked_for}"
