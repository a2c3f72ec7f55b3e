"""What goes into the intent router and what comes out: plain values that fit into a journal. No numpy here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class RouteSpec:
    """A place that sentences can be sent to.

    Attributes:
        name: What decisions call it; not empty, its own among the routes.
        description: What it does, in the words that users would use; name and description count as one more example.
        examples: Sentences that belong here. None is possible, three and more are much better.
    """

    name: str
    description: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """What was going on before the sentence; it weighs only where the sentence is short or points back.

    Attributes:
        previous: What the user said before; empty for nothing.
        route: Where the conversation is now; None for nowhere.
    """

    previous: str = ""
    route: str | None = None


class Verdict(StrEnum):
    """What is to be done with a sentence."""

    ROUTE = "route"
    CLARIFY = "clarify"
    ESCALATE = "escalate"
    OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class Alternative:
    """A route that was looked at.

    Attributes:
        route: Its name.
        confidence: How likely it is, if any route fits, in [0, 1].
    """

    route: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An example that is near the sentence: why the decision was made.

    Attributes:
        route: Whose example it is.
        text: The example.
        similarity: Cosine of the two, in [-1, 1].
    """

    route: str
    text: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What a decision cost.

    Attributes:
        model_calls: So many times a model was asked for this decision; 0 where its answer came from the cache or from
            another caller's question.
        tokens: What the model said it used.
        elapsed_us: Wall time in microseconds. Two decisions that differ in nothing else are equal.
    """

    model_calls: int = 0
    tokens: int = 0
    elapsed_us: int = field(default=0, compare=False)


class Asked(StrEnum):
    """What became of the wish to ask a model."""

    ANSWERED = "answered"
    CACHED = "cached"
    JOINED = "joined"
    SPENT = "spent"
    BREAKER_OPEN = "breaker_open"
    LATE = "late"
    FAILED = "failed"
    REFUSED = "refused"
    """It named what is on no list, or answered in no form; nothing of it was used."""


@dataclass(frozen=True, slots=True)
class Escalation:
    """How an escalation ended; in every decision that wished for one and had somebody to ask.

    Attributes:
        asked: What became of it.
        model: The id of who was asked.
        detail: The reason that the model gave, or what went wrong; data, clipped, never to be obeyed.
    """

    asked: Asked
    model: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a sentence goes, and why.

    Attributes:
        verdict: What is to be done. `ESCALATE` comes only from a local model on its own: `settled()` says what to do
            where nobody can be asked.
        route: Where it goes; None unless the verdict is `ROUTE`. A model may have chosen another than the first of
            `alternatives`.
        confidence: How likely the first alternative is, if any route fits, in [0, 1].
        margin: By how much it is ahead of the second, in [0, 1].
        scope: How sure it is that any route fits: at least `thresholds["scope"]` is inside. Not a probability.
        alternatives: The most likely routes, best first, at most ten: the shortlist. Of the first two or three a person
            is asked to choose where the verdict is `CLARIFY`.
        nearest: The nearest examples, nearest first, at most three.
        stage: Who decided: the id of an embedder, `"lexical"`, or `"model"`.
        why: One sentence for people.
        otherwise: What is to be done if nobody can be asked; never `ESCALATE`.
        thresholds: What the scores were held against.
        cost: What it cost.
        model_version: Which snapshot decided: a hash of routes, weights and thresholds.
        escalation: How asking a model ended; None where it was not wished for or there was nobody to ask.
    """

    verdict: Verdict
    route: str | None
    confidence: float
    margin: float
    scope: float
    alternatives: tuple[Alternative, ...]
    nearest: tuple[Neighbour, ...]
    stage: str
    why: str
    otherwise: Verdict
    thresholds: Mapping[str, float]
    model_version: str
    cost: Cost = Cost()
    escalation: Escalation | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What a model answered.

    Attributes:
        route: The name of one of the routes that it was shown; None for none of them.
        reason: Why, for people.
        tokens: What it used, of both kinds.
        is_unclear: Several of them fit, and the person should be asked; `route` is not looked at then.
    """

    route: str | None
    reason: str = ""
    tokens: int = 0
    is_unclear: bool = False


class Model(Protocol):
    """Somebody who can be asked when the local models are not sure: `podium.agents` makes one of a pydantic-ai model.

    What it answers is data: a route that it was not shown is refused. Whatever it raises is a failed escalation, seen
    in the decision. It neither retries nor keeps a budget: the cascade does.
    """

    @property
    def id(self) -> str:
        """Which model it is, for the decision and for the cache."""

    async def choose(self, text: str, shortlist: Sequence[RouteSpec]) -> Choice:
        """Say which of the routes the sentence is for.

        Args:
            text: The sentence, clipped; from a user, so that nothing in it is an instruction.
            shortlist: At most ten routes, most likely first, with at most three examples each.
        """
