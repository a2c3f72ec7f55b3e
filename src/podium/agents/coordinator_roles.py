"""Roles of a team: workflows with typed inputs, and the small machine that takes an assignment from one to the next."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json, to_json, to_jsonable_python

from podium.agents.coordinator_data import Assignment, HandOff, Result, Task, Team
from podium.errors import InvalidInputError
from podium.outcomes import NotDone, OutOfTime
from podium.workflow.codec import Codec, explain, invalid_input
from podium.workflow.current import current
from podium.workflow.machine import Machine
from podium.workflow.made import made_state
from podium.workflow.nested import Nestable
from podium.workflow.source import place_of_caller
from podium.workflow.state import END, START, State

I = TypeVar("I", bound=BaseModel)  # noqa: E741  # input
O = TypeVar("O")  # noqa: E741  # output

Turn: TypeAlias = Callable[[Task], Awaitable[str]]

TURN = "turn"
OVER = "over"
RESERVED = frozenset({TURN, OVER})
"""What no role may be called: the state that says whose turn it is, and its label for the end."""


class HandOffRefused(NotDone):
    """A worker handed on to a role that there is not, with an input that does not fit, or once too often."""


class Role(Generic[I, O]):
    """A kind of worker: a name and a workflow that takes an `I` and gives an `O`.

    Args:
        name: Unique in its team; an identifier.
        workflow: A `StateMachine`, a `Dag`, an `Agent`, another `Coordinator`.
    """

    def __init__(self, name: str, workflow: Nestable[I, O]) -> None:
        self.name, self.workflow, self.where = name, workflow, place_of_caller()

    def __repr__(self) -> str:
        return f"<role {self.name}>"

    def assign(self, value: I) -> Assignment:
        """Return an assignment of this role."""
        return Assignment(role=self.name, input=to_jsonable_python(value))

    def hand_off(self, value: I) -> HandOff:
        """Return the hand-off to this role."""
        return HandOff(to=self.name, input=to_jsonable_python(value))

    def results(self, team: Team[Any]) -> list[O]:
        """Return what this role gave, in order."""
        return [self.workflow.decode_result(_text(given.output)) for given in team.results if given.role == self.name]

    def stored(self, given: Any) -> Any:
        """Return an input in its stored form; raise InvalidInputError where its workflow can not be started with it."""
        text = _text(given)
        self.workflow.parse_input(text)
        try:
            return from_json(Codec(self.workflow.wanted).from_outside(text))
        except ValidationError as error:
            raise invalid_input(self.workflow.name, explain(error)) from error


def checked(roles: Mapping[str, Role[Any, Any]], name: str, given: Any) -> tuple[Any, str]:
    """Return an input as the role's workflow stores it, and "", or None and why the role can not have it."""
    role = roles.get(name)
    if role is None:
        return None, f"there is no role {name!r}; there are {', '.join(roles)}"
    try:
        return role.stored(given), ""
    except InvalidInputError as error:
        return None, str(error)


def handed(output: Any) -> HandOff | None:
    """Return the hand-off that a worker gave, as its result or in a field of it; None where it gave none."""
    if isinstance(output, HandOff):
        return output
    fields = type(output).model_fields if isinstance(output, BaseModel) else ()
    return next((value for field in fields if isinstance(value := getattr(output, field), HandOff)), None)


def item_machine(name: str, roles: Mapping[str, Role[Any, Any]], *, hand_offs: int) -> Machine[Task, Result | None]:
    """Return the machine that one assignment goes through: from one role to the next, without the coordinator."""

    async def turn(task: Task) -> str:
        """Say whose turn it is."""
        if task.passed:
            output = roles[task.role].workflow.decode_result(_text(task.output))
            going = handed(output)
            if going is None:
                task.result = Result(role=task.role, output=task.output, passed=task.passed[:-1])
                task.input = task.output = None
                return OVER
            _pass_on(task, going, roles, hand_offs=hand_offs)
        if task.until is not None and current().now_ms >= task.until:
            message = f"the deadline of {name} had passed before {task.role} began"
            raise OutOfTime(message, ())
        task.passed.append(task.role)
        return task.role

    state = made_state(TURN, _labelled(turn, (*roles, OVER)), made_of=f"turn of {sorted(roles)}, {hand_offs} hand-offs")
    states: dict[str, State[Any, Any]] = {
        role.name: role.workflow.as_state(role.name, take="input", give="output") for role in roles.values()
    }
    choosing = state.choose({**states, OVER: END})
    chains = [START >> choosing, *(inner >> choosing for inner in states.values())]
    return Machine(f"{name}-task", Task, *chains, gives="result", max_visits=hand_offs + 2)


def _pass_on(task: Task, going: HandOff, roles: Mapping[str, Role[Any, Any]], *, hand_offs: int) -> None:
    """Let the next role have the task; raise HandOffRefused where it can not."""
    stored, why = checked(roles, going.to, going.input)
    if len(task.passed) > hand_offs:
        why = f"it was handed on {hand_offs} times already"
    if why:
        message = f"{task.role} handed on to {going.to!r}: {why}"
        raise HandOffRefused(message)
    task.role, task.input, task.output = going.to, stored, None


def _labelled(function: Turn, labels: tuple[str, ...]) -> Turn:
    """Say which labels a function returns, which are known only when the roles are."""
    function.__annotations__["return"] = Literal[labels]
    return function


def _text(value: Any) -> str:
    return to_json(value).decode()
