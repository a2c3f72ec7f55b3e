"""What an intent router gives, and what a person answers who is asked by one."""

from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

R = TypeVar("R")


class Routed(BaseModel, Generic[R]):
    """The sentence was for one of the routes, and this came of it.

    Attributes:
        route: The name of the route that answered; that of `otherwise=` where none did.
        result: What its workflow gave.
    """

    route: str
    result: R


class Near(BaseModel):
    """A route that the sentence was not far from.

    Attributes:
        route: Its name.
        description: What it does.
        confidence: How likely it would be if any route fitted, in [0, 1].
    """

    route: str
    description: str
    confidence: float


class OutOfScope(BaseModel):
    """Nothing was done: no route is for this, and the router has no `otherwise=`.

    Attributes:
        text: The sentence, as it was said first.
        why: Why nothing was done, in a sentence.
        nearest: The routes that were nearest, nearest first, at most three.
    """

    text: str
    why: str
    nearest: list[Near] = Field(default_factory=list)


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Pick(_Answer):
    """This route is meant."""

    choice: Literal["pick"] = "pick"
    route: str


class Rephrase(_Answer):
    """It is said anew, and decided anew."""

    choice: Literal["rephrase"] = "rephrase"
    text: str = Field(min_length=1)


class Neither(_Answer):
    """None of the routes is meant."""

    choice: Literal["neither"] = "neither"
