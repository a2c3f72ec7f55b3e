"""Where a router goes on: what its own states do over the record."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal, TypeAlias

from podium.routing.answers import Near, Neither, OutOfScope, Pick, Rephrase
from podium.routing.deciding import Deciding
from podium.routing.intent.deciding import settled
from podium.routing.intent.types import Alternative, Decision, Verdict
from podium.routing.reading import asks
from podium.routing.record import Conversation
from podium.routing.route import Route
from podium.workflow.current import current

OUT: Literal["out_of_scope"] = "out_of_scope"
NEAR_MAX = 3

Decide: TypeAlias = Callable[[str, str], Decision]
Ask: TypeAlias = Callable[[str, str], Awaitable[Decision]]


class Leading:
    """The functions of a router's own states.

    Args:
        deciding: What decides, and learns from what a person says.
        routes: Where it leads.
    """

    def __init__(self, deciding: Deciding, routes: Sequence[Route]) -> None:
        self._deciding = deciding
        self._routes = {route.name: route for route in routes}
        labels: Any = Literal[(*self._routes, "clarify", OUT)]
        self._labels = labels

    def by(self, decide: Decide) -> Callable[..., Any]:
        """Return the state that decides."""

        def route(record: Any) -> str:
            if not record.said:
                record.said = [record.text]
            record.words = "\n".join(record.said)
            return self._lead(record, decide(record.said[0], record.previous), may_ask=self._deciding.asks)

        route.__annotations__["return"] = self._labels | Literal["escalate"] if self._deciding.asks else self._labels
        return route

    def by_model(self, ask: Ask) -> Callable[..., Any]:
        """Return the state that asks a model."""

        async def escalate(record: Any) -> str:
            return self._lead(record, await ask(record.said[0], record.previous), may_ask=False)

        escalate.__annotations__["return"] = self._labels
        return escalate

    def _lead(self, record: Conversation, decision: Decision, *, may_ask: bool) -> str:
        """Note a decision and return the label of where it leads."""
        if decision.verdict is Verdict.ESCALATE:
            if may_ask:
                record.decision = decision
                return "escalate"
            decision = settled(decision)
        record.decision = decision
        if decision.verdict is Verdict.ROUTE and decision.route in self._routes:
            return decision.route
        if decision.verdict is Verdict.CLARIFY and asks(record, self._which(decision)):
            return "clarify"
        return OUT

    def _which(self, decision: Decision) -> str:
        """Return the question which of the likely routes is meant."""
        names = [alternative.route for alternative in self._likely(decision)]
        said = [f"{name} ({self._routes[name].description})" for name in names]
        return f"It may be for {' or '.join(said)}. Which is meant?"

    def _likely(self, decision: Decision) -> list[Alternative]:
        """Return the likeliest of our routes; what a model names beside them is passed over."""
        return [one for one in decision.alternatives if one.route in self._routes][:NEAR_MAX]

    # ----- what a person says

    def answers(self, pick: type[Pick]) -> Any:
        """Return the type of what may be answered to `clarify`."""
        return pick | Rephrase | Neither

    @property
    def clarified(self) -> Callable[..., Any]:
        """The state that goes on with what a person has answered."""

        def clarify(record: Any, answer: Any) -> str:
            record.question = ""
            if isinstance(answer, Pick):
                self._deciding.note(record.said[0], answer.route, id=_here())
                return answer.route
            if isinstance(answer, Rephrase):
                record.previous, record.said = record.said[0], [answer.text]
                return "again"
            return OUT

        clarify.__annotations__["return"] = Literal[(*self._routes, "again", OUT)]
        return clarify

    def out_of_scope(self, record: Any) -> None:
        """Say that nothing was done, and what could have been."""
        decision: Decision = record.decision
        nearest = [
            Near(route=one.route, description=self._routes[one.route].description, confidence=one.confidence)
            for one in self._likely(decision)
        ]
        record.answer = OutOfScope(text=record.text, why=decision.why, nearest=nearest)


def _here() -> str:
    about = current()
    return f"{about.run_id}:{about.step}"
