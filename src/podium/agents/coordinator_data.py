"""What a team works on, as data: assignments, hand-offs, results, and the record of the coordinator."""

from enum import StrEnum
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from podium.outcomes import ItemFailed

G = TypeVar("G")


class Ended(StrEnum):
    """Why a coordinator ended."""

    DONE = "done"
    """What it was to reach is reached: `until=` holds, or without one the planner has nothing more to assign."""
    IDLE = "idle"
    """The planner has nothing more to assign, and `until=` does not hold."""
    ROUNDS = "rounds"
    """There were as many rounds as there may be."""
    DEADLINE = "deadline"
    """Its time was up; what had begun was finished."""
    BUDGET = "budget"
    """A call was refused because a budget is spent (`OverBudget`)."""


class Assignment(BaseModel):
    """Work for a role, as a planner gives it out: plain data, checked before anything is done.

    Attributes:
        role: Which.
        input: What its workflow takes, as JSON would have it.
    """

    role: str
    input: Any = None


class HandOff(BaseModel):
    """What a worker gives so that another role goes on at once, without the coordinator.

    It is the worker's result, or stands in a field of its result.

    Attributes:
        to: The role.
        input: What its workflow takes, as JSON would have it.
    """

    model_config = ConfigDict(extra="forbid")

    to: str
    input: Any = None


class Refused(BaseModel):
    """An assignment that was not given out.

    Attributes:
        role, input: As the planner said.
        reason: Why not, for the planner.
    """

    role: str
    input: Any = None
    reason: str


class Result(BaseModel):
    """What came of an assignment.

    Attributes:
        role: Who gave it: the assigned role, or the last one that it was handed to.
        output: What its workflow gave, as JSON would have it.
        passed: The roles that had it before, in order.
    """

    role: str
    output: Any = None
    passed: list[str] = []


class WorkFailed(BaseModel):
    """An assignment that failed for good.

    Attributes:
        role, input: As the planner said.
        error: The failure in one line; a text from outside.
        types: Names of the exception class and its bases.
    """

    role: str
    input: Any = None
    error: str
    types: list[str] = []


class Task(BaseModel):
    """An assignment under way: the record of the small machine that works on it.

    Attributes:
        role: Whose turn it is.
        input: What its workflow takes, in its stored form.
        until: When nothing new may begin any more, in ms since 1970 UTC.
        output: What the last one gave.
        passed: Who had it, in order.
        result: What came of it.
    """

    role: str
    input: Any = None
    until: int | None = None
    output: Any = None
    passed: list[str] = []
    result: Result | None = None


class Team(BaseModel, Generic[G]):
    """What the planner, the review and whoever asks for the result see of a team.

    Attributes:
        goal: What the run was started with.
        round: How many rounds there were; 0 when the planner is asked for the first time.
        results: What came of all assignments so far, round by round, in the order in which they were given out.
        failures: Those that failed.
        refused: Those of the last plan that were not given out, and why.
        ended: Why it ended; None while it goes on.
        asked, tasks, worked, verdict, bound, until: What the coordinator keeps for itself while a round goes on.
    """

    goal: G
    round: int = 0
    results: list[Result] = []
    failures: list[WorkFailed] = []
    refused: list[Refused] = []
    ended: Ended | None = None
    asked: list[Assignment] = []
    tasks: list[Task] = []
    worked: list[Result | ItemFailed | None] = []
    verdict: bool = False
    bound: Ended | None = None
    until: int | None = None


class Work(BaseModel):
    """What a round works on."""

    tasks: list[Task]
