"""The record of an intent router: what was said, what was decided, what a person was asked, and what came of it."""

from collections.abc import Sequence
from typing import Any, Literal, Union

from pydantic import BaseModel, Field, create_model

from podium.routing.answers import OutOfScope, Pick, Routed
from podium.routing.intent.types import Decision
from podium.routing.route import Route


class Conversation(BaseModel):
    """What every intent router's record begins with.

    Attributes:
        text: The sentence, as it was said first: the input of the run.
        question: What a person is asked; empty while nobody is.
        said: What was said since it was last said anew, a turn each; the first turn is what decisions are made on.
        words: All of it, a line a turn: what is read.
        previous: What was said before it was said anew.
        decision: The last decision.
        asked: How often a person was asked for something.
    """

    text: str = Field(description="What is wanted, in free words.")
    question: str = ""
    said: list[str] = Field(default_factory=list)
    words: str = ""
    previous: str = ""
    decision: Decision | None = None
    asked: int = 0


def input_field(route: Route) -> str:
    """Return the field that holds what was read for a route."""
    return f"for_{route.state}"


def record_of(name: str, routes: Sequence[Route], otherwise: Route | None) -> type[BaseModel]:
    """Return the record's model; its field `answer` is what the router gives."""
    ends = [*routes, *([] if otherwise is None else [otherwise])]
    gives = [_routed(route) for route in ends] + ([OutOfScope] if otherwise is None else [])
    fields: dict[str, Any] = {
        input_field(route): (route.workflow.wanted | None, None) for route in routes if route.read is not None
    }
    fields["answer"] = (Union[(*gives, None)], None)  # as many as there are routes
    return create_model(f"{_title(name)}Conversation", __base__=Conversation, **fields)


def pick_of(name: str, routes: Sequence[Route]) -> type[Pick]:
    """Return the answer that names one of the routes."""
    names: Any = Literal[tuple(route.name for route in routes)]
    return create_model(f"{_title(name)}Pick", __base__=Pick, route=(names, ...))


def _routed(route: Route) -> type[Routed[Any]]:
    named: Any = Literal[route.name]
    kind: type[Routed[Any]] = Routed[Any]
    return create_model(
        f"{_title(route.name)}Routed", __base__=kind, route=(named, ...), result=(route.workflow.output.type, ...)
    )


def _title(name: str) -> str:
    return "".join(part.capitalize() for part in name.replace("-", "_").split("_"))
