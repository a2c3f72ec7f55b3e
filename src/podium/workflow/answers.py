"""What a person may answer: the models that a human step's `answer` parameter is annotated with.

Each carries the word of its choice, so that an answer written as JSON says which one it is: an empty object approves
nothing.
"""

from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

T = TypeVar("T")


class Approve(BaseModel):
    """Go on as proposed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    choice: Literal["approve"] = "approve"
    note: str = ""


class Edit(BaseModel, Generic[T]):
    """Go on with `value` in place of what was proposed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    choice: Literal["edit"] = "edit"
    value: T


class Reject(BaseModel):
    """Do not go on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    choice: Literal["reject"] = "reject"
    reason: str = ""
