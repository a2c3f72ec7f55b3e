"""Plans as data: what a planner is asked, what it answers, and what is kept of it in a run's record.

All of it may come from a model or tell what a tool said: it is checked and shown, and never interpreted.
"""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, JsonValue

from podium.failure import Failure, FailureKind

G = TypeVar("G")

FROM, FIELD = "from", "field"
"""`{"from": "flight", "field": "price"}` as an argument: what another step gave, or a field of it."""

MESSAGE_CHARS_MAX = 500


class PlanStep(BaseModel):
    """One call of a tool.

    Attributes:
        name: Unique in the plan; an identifier. Other steps refer to it.
        tool: One of those that were offered.
        args: By parameter: a value as JSON, or a reference `{"from": step}` or `{"from": step, "field": name}`.
        after: Steps that it waits for although it takes nothing from them.
        replaces: The failed step whose act this one does in another way; "" for none.
    """

    model_config = ConfigDict(extra="forbid")

    name: str
    tool: str
    args: dict[str, JsonValue] = {}
    after: list[str] = []
    replaces: str = ""


class PlanSpec(BaseModel):
    """A plan: steps that run as soon as what they take is there.

    Attributes:
        steps: At most 50.
        gives: The step, of this plan or done before, whose result is the result of it all; "" where none is asked for.
        why: For people.
    """

    model_config = ConfigDict(extra="forbid")

    steps: list[PlanStep]
    gives: str = ""
    why: str = ""


class StepFailure(BaseModel):
    """How a step failed, for a planner. `message` comes from a tool: it is shown, and is nobody's instruction.

    Attributes:
        step, tool: Which.
        kind, type, types: See `Failure`.
        message: What the exception said, at most 500 characters.
    """

    step: str
    tool: str
    kind: FailureKind
    type: str
    types: tuple[str, ...] = ()
    message: str = ""


class PlanTool(BaseModel):
    """A tool that a plan may call.

    Attributes:
        name, title: Its name, and the first line of its docstring.
        writes: It changes something; `irreversible`: and that can not be undone.
        parameters: JSON schema of its arguments, as an object.
        gives: JSON schema of its result.
    """

    name: str
    title: str = ""
    writes: bool
    irreversible: bool = False
    parameters: dict[str, JsonValue] = {}
    gives: dict[str, JsonValue] = {}


class Situation(BaseModel, Generic[G]):
    """What a planner is asked.

    Attributes:
        goal: What is to be reached.
        plan: The last plan that was carried out; None for the first one.
        done: Steps that are done, with what they gave; a plan refers to them and does not do them again.
        failed: Steps that failed in the last plan; nothing of them has happened.
        left: Steps of the last plan that were not begun.
        refused: Why the answer before was refused; empty where it was not.
        tools: Those that may be called: of those that were allowed, all whose breaker is not open.
        gives: JSON schema of the result that is wanted; empty where none is.
        remaining: How many more plans may be made after this one.
    """

    goal: G
    plan: PlanSpec | None = None
    done: dict[str, JsonValue] = {}
    failed: list[StepFailure] = []
    left: list[str] = []
    refused: list[str] = []
    tools: list[PlanTool] = []
    gives: dict[str, JsonValue] = {}
    remaining: int = 0


class DoneStep(BaseModel):
    """A step that is done: its tool, its arguments as it got them, and what it gave."""

    tool: str
    args: dict[str, JsonValue]
    result: JsonValue


class Round(BaseModel):
    """What became of one proposal.

    Attributes:
        plan: None where it was refused.
        refused: Why; empty where it was carried out.
        failed, left: See `Situation`.
    """

    plan: PlanSpec | None = None
    refused: list[str] = []
    failed: list[StepFailure] = []
    left: list[str] = []


class Planning(BaseModel):
    """What a run keeps of its plans.

    Attributes:
        asked: How many proposals there were.
        plan: The one that is carried out now; None between two.
        rounds: What became of the others.
        done: Steps that are done, by name.
        acts: Failed steps, and what was to be replaced, to the act that whatever replaces them takes over.
        failures: How each proposal failed, the first failure first.
        fault: Why the last answer was not even kept; "" where it was.
    """

    asked: int = 0
    plan: PlanSpec | None = None
    rounds: list[Round] = []
    done: dict[str, DoneStep] = {}
    acts: dict[str, str] = {}
    failures: list[Failure] = []
    fault: str = ""


def told(failure: Failure, step: str, tool: str) -> StepFailure:
    """Return a failure as a planner gets it."""
    message = failure.message[:MESSAGE_CHARS_MAX]
    return StepFailure(step=step, tool=tool, kind=failure.kind, type=failure.type, types=failure.types, message=message)


def reference(value: Any) -> tuple[str, str] | None:
    """Return the step and the field that an argument refers to; None for a plain value."""
    if not isinstance(value, Mapping) or FROM not in value or not value.keys() <= {FROM, FIELD}:
        return None
    step, field = value[FROM], value.get(FIELD, "")
    return (step, field) if isinstance(step, str) and isinstance(field, str) else None
