"""`Plan`: a planner answers with a plan as data, which is checked, journaled, drawn and carried out."""

from collections.abc import Sequence
from typing import Any, Generic, TypedDict, TypeVar, Unpack, cast

from pydantic import BaseModel, JsonValue, ValidationError, create_model

from podium.graph.nodes import OnFailure
from podium.graph.policies import Duration
from podium.workflow.annotations import type_text
from podium.workflow.checks import is_model
from podium.workflow.codec import Codec, explain, invalid_input
from podium.workflow.faults import fault_now
from podium.workflow.machine import Machine
from podium.workflow.plan_bindings import RESULT
from podium.workflow.plan_check import Offer
from podium.workflow.plan_states import Planner, Rounds, fields_of, loop
from podium.workflow.record import RecordCodec
from podium.workflow.source import place_of_caller
from podium.workflow.state import END, START
from podium.workflow.toolcode import Declared
from podium.workflow.toolnames import is_tool
from podium.workflow.workflow import WorkflowOptions

GOAL = "goal"
LIMIT = 2
"""How often another plan may be made."""

G = TypeVar("G")
R = TypeVar("R")


class PlanOptions(TypedDict, total=False):
    """What may be said about a workflow that plans.

    Attributes:
        limit: How often another plan may be made; one that is refused counts. Left out: 2.
        deadline, on_failure: As of any workflow.
    """

    limit: int
    deadline: Duration
    on_failure: OnFailure


class Plan(Machine[Any, R], Generic[G, R]):
    """A workflow that takes a goal, has a plan made for it, and carries that out; where it fails, another one.

    Nested in another workflow it takes the goal as `goal`: `desk.as_state(take={"goal": "trip"}, give="booking")`.

    Args:
        name: Unique among the workflows of an engine.
        goal: The type of its input.
        planner: Gets a `Situation`, and gives a `PlanSpec`, or the same as JSON: a function, a read tool, or a workflow
            that takes it as its field `situation`, or as a text in its field `prompt`.
        tools: Those that a plan may call, and no others.
        gives: The type of the result. Left out: what each step gave, by name.
        options: See `PlanOptions`.

    Raises:
        DefinitionErrors: Everything that is wrong, at once.
    """

    def __init__(
        self,
        name: str,
        goal: type[G],
        planner: Planner,
        /,
        *,
        tools: Sequence[Declared],
        gives: type[R] | None = None,
        **options: Unpack[PlanOptions],
    ) -> None:
        limit = options.get("limit", LIMIT)
        rest = cast("WorkflowOptions", {said: value for said, value in options.items() if said != "limit"})
        rounds = Rounds(
            name=name,
            offer=offered(tools, gives, limit=limit),
            proposals=limit + 1,
            goal=goal,
            goal_of=_goal_of,
        )
        result: Any = dict[str, JsonValue] if gives is None else gives
        fields: dict[str, Any] = {GOAL: (goal, ...), **fields_of(goal, planner), RESULT: (result | None, None)}
        record = create_model(f"{name}_record", **fields)
        made = loop(rounds, planner, after=END)
        super().__init__(name, record, START >> made.first, *made.chains, gives=RESULT, max_visits=limit + 2, **rest)
        self._goal = Codec(goal)
        self._asked = RecordCodec.of(cast("type[BaseModel]", goal)) if is_model(goal) else self.input
        self.output = Codec(result)

    @property
    def asked(self) -> RecordCodec:
        """The codec of what people write who start a run: the goal's fields."""
        return self._asked

    @property
    def wanted(self) -> Any:
        """The type of a goal."""
        return self._goal.type

    def encode_input(self, value: Any) -> dict[str, str]:
        """Return the fields of a run's input, which is the goal.

        Raises:
            InvalidInputError: It is not of the goal's type, or does not survive being stored.
        """
        if is_model(self._goal.type) and not isinstance(value, self._goal.type):
            raise invalid_input(self.name, f"it takes {type_text(self._goal.type)}, not {type(value).__name__}")
        try:
            goal = self._goal.adapter.validate_python(value, strict=True)
        except ValidationError as error:
            raise invalid_input(self.name, explain(error)) from error
        return self._stored_input(self.input.model(**{GOAL: goal}))

    def parse_input(self, text: str) -> dict[str, str]:
        """Return the fields of an input written as JSON by a person or a client; raise InvalidInputError."""
        try:
            goal = self._goal.decode(self._goal.from_outside(text))
        except ValidationError as error:
            raise invalid_input(self.name, explain(error)) from error
        return self._stored_input(self.input.model(**{GOAL: goal}))


def offered(tools: Sequence[Declared], gives: Any, *, limit: int) -> Offer:
    """Return what plans may be made of; raise DefinitionError where that is nothing, or the limit can not be meant."""
    if not tools or not all(map(is_tool, tools)):
        raise fault_now(
            "no-tools",
            f"tools= takes the tools that a plan may call, not {tools!r}",
            suggestion="List what was made by @tool.read and @tool.write.",
            where=place_of_caller(),
        )
    if limit < 0:
        raise fault_now("bad-limit", f"limit={limit} allows no plan at all", where=place_of_caller())
    return Offer(tools={tool.name: tool for tool in tools}, gives=gives)


def _goal_of(record: BaseModel) -> Any:
    return getattr(record, GOAL)
