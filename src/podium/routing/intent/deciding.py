"""From scores to a verdict: pure, and the same for every embedder."""

from __future__ import annotations

from dataclasses import dataclass, replace

from podium.routing.intent.thresholds import Thresholds
from podium.routing.intent.types import Alternative, Decision, Verdict

LEXICAL = "lexical"
LEXICAL_CONFIDENCE_MAX = 0.5
"""Of sentences that the embedder can not read: words alone never make it sure."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What scores come to.

    Attributes:
        verdict: What is to be done.
        otherwise: The same if nobody can be asked.
        why: One sentence for people.
    """

    verdict: Verdict
    otherwise: Verdict
    why: str


def judge(ranked: tuple[Alternative, ...], scope: float, thresholds: Thresholds, *, is_short: bool) -> Judged:
    """Hold scores against thresholds.

    Args:
        ranked: Likeliest first, not empty.
        scope: How sure it is that any route fits.
        thresholds: What to hold it against.
        is_short: The sentence has a word or two: what is not in it no model can find.
    """
    first = ranked[0].route
    ahead = margin_of(ranked)
    if scope < thresholds.out:
        why = f"nothing like it is in any route; the nearest is {first}"
        return Judged(Verdict.OUT_OF_SCOPE, Verdict.OUT_OF_SCOPE, why)
    is_ahead = ahead >= thresholds.margin
    if scope >= thresholds.scope and is_ahead:
        return Judged(Verdict.ROUTE, Verdict.ROUTE, f"{first} is ahead by {ahead:.2f}")
    if scope < thresholds.alone:
        why = f"{first} is nearest, and not near enough to be sure that any route fits"
        return Judged(Verdict.ESCALATE, Verdict.OUT_OF_SCOPE, why)
    if is_ahead:
        why = f"{first} is ahead by {ahead:.2f}, but it is not sure that any route fits"
        return Judged(Verdict.ESCALATE, Verdict.ROUTE, why)
    why = f"{first} and {ranked[1].route} are about as likely"
    return Judged(Verdict.CLARIFY if is_short else Verdict.ESCALATE, Verdict.CLARIFY, why)


def judge_unread(scope: float, thresholds: Thresholds) -> Judged:
    """Judge a sentence that the embedder can not read: it is never routed, whatever its words look like."""
    otherwise = Verdict.CLARIFY if scope >= thresholds.alone else Verdict.OUT_OF_SCOPE
    return Judged(Verdict.ESCALATE, otherwise, "the embedder can not read it; only its words were compared")


def margin_of(ranked: tuple[Alternative, ...]) -> float:
    """Return by how much the first is ahead of the second."""
    return ranked[0].confidence - (ranked[1].confidence if len(ranked) > 1 else 0.0)


def settled(decision: Decision) -> Decision:
    """Return what is to be done where nobody can be asked: what `otherwise` says."""
    if decision.verdict is not Verdict.ESCALATE:
        return decision
    route = decision.alternatives[0].route if decision.otherwise is Verdict.ROUTE else None
    return replace(decision, verdict=decision.otherwise, route=route)
