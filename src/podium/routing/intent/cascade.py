"""The cascade: local models in order, then somebody to ask, within an allowance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from podium.engine.clock import SystemClock
from podium.guard.clock import GuardClock
from podium.routing.intent.asking import Allowance, Answer, Asker
from podium.routing.intent.deciding import settled
from podium.routing.intent.types import Choice, Cost, Decision, Model, RouteSpec, Turn, Verdict

BY_MODEL = "model"
_EXAMPLES_SHOWN = 3


class Local(Protocol):
    """An `IntentModel`, or what fits one when it is first asked."""

    @property
    def routes(self) -> tuple[RouteSpec, ...]:
        """What it was fitted on."""

    def can_read(self, text: str) -> bool:
        """Claim that its embedder knows the script of a sentence."""

    def decide(self, text: str, turn: Turn | None = None) -> Decision:
        """Say where a sentence goes."""


class Cascade:
    """Decides; never with `ESCALATE`.

    A local model that can not read a sentence is passed over where another one can. What none of them is sure of is
    asked of the model, which sees ten routes at most. Where it can not be asked, or does not answer with one of them,
    the best local route is taken if it is good enough; the decision says what became of the question.

    Args:
        models: Fast before good: static, then MiniLM, then multilingual. At least one.
        model: Who is asked when none of them is sure; None for nobody.
        allowance: How much may be asked; None for the default.
        clock: Time; None for the machine's.
    """

    def __init__(
        self,
        models: Sequence[Local],
        *,
        model: Model | None = None,
        allowance: Allowance | None = None,
        clock: GuardClock | None = None,
    ) -> None:
        assert models, "a cascade needs a local model"
        self._models = tuple(models)
        given = Allowance() if allowance is None else allowance
        self._asker = None if model is None else Asker(model, given, clock=SystemClock() if clock is None else clock)

    def over(self, models: Sequence[Local]) -> Cascade:
        """Return a cascade over other local models that asks the same model, within the same allowance."""
        other = Cascade(models)
        other._asker = self._asker
        return other

    def decide_locally(self, text: str, turn: Turn | None = None) -> Decision:
        """Say where a sentence goes as far as that can be said here; the verdict may be `ESCALATE`."""
        return self._locally(text, turn)[0]

    async def decide(self, text: str, turn: Turn | None = None) -> Decision:
        """Say where a sentence goes, asking where that has to be asked."""
        local, by = self._locally(text, turn)
        if local.verdict is not Verdict.ESCALATE or self._asker is None:
            return settled(local)
        routes = {route.name: route for route in by.routes}
        shortlist = [_shown(routes[each.route]) for each in local.alternatives]
        before = "" if turn is None else f"{turn.previous}\n{turn.route or ''}"
        context = f"{local.model_version}\n{before}"
        return _with_answer(local, await self._asker.ask(text, shortlist, context=context))

    def _locally(self, text: str, turn: Turn | None) -> tuple[Decision, Local]:
        by, *better = [each for each in self._models if each.can_read(text)] or self._models[:1]
        decision = by.decide(text, turn)
        elapsed_us = decision.cost.elapsed_us
        while decision.verdict is Verdict.ESCALATE and better:
            by = better.pop(0)
            decision = by.decide(text, turn)
            elapsed_us += decision.cost.elapsed_us
        return replace(decision, cost=Cost(elapsed_us=elapsed_us)), by


def _shown(route: RouteSpec) -> RouteSpec:
    return RouteSpec(route.name, route.description, route.examples[:_EXAMPLES_SHOWN])


def _with_answer(local: Decision, answer: Answer) -> Decision:
    """Return the decision that follows from an answer, or from there being none."""
    cost = Cost(answer.calls, answer.tokens, local.cost.elapsed_us)
    if answer.choice is None:
        return replace(settled(local), cost=cost, escalation=answer.escalation)
    verdict, why = _meaning(answer.choice, answer.escalation.model)
    route = answer.choice.route if verdict is Verdict.ROUTE else None
    return replace(
        local, verdict=verdict, route=route, stage=BY_MODEL, why=why, cost=cost, escalation=answer.escalation
    )


def _meaning(choice: Choice, model: str) -> tuple[Verdict, str]:
    if choice.is_unclear:
        return Verdict.CLARIFY, f"{model} finds that several routes fit"
    if choice.route is None:
        return Verdict.OUT_OF_SCOPE, f"{model} finds that no route fits"
    return Verdict.ROUTE, f"{model} chose {choice.route}"
