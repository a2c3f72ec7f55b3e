"""`replan=Replan(…)`: when a state or node has failed for good, a planner says how else it may be done.

It compiles to a machine in the place of the state: the state itself, and behind an error edge that is taken only for
what certainly failed, the loop of a `Plan`. So a tool's `fallback=` comes first, then the planner, then `on_error`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import Parameter
from inspect import Signature as PySignature
from typing import Any, cast

from pydantic import BaseModel, JsonValue, create_model
from pydantic_core import to_jsonable_python

from podium.failure import Failure
from podium.graph.nodes import WHOLE
from podium.workflow.codec import Codec
from podium.workflow.current import current
from podium.workflow.faults import Faults
from podium.workflow.given import FROM_ENGINE
from podium.workflow.machine import Machine
from podium.workflow.made import MadeStep
from podium.workflow.nested import Nestable
from podium.workflow.plan import LIMIT, offered
from podium.workflow.plan_bindings import PLANNING, RESULT
from podium.workflow.plan_data import Planning, Round, told
from podium.workflow.plan_states import Planner, Rounds, fields_of, loop
from podium.workflow.signature import Signature, read_signature
from podium.workflow.source import fingerprint, place_of, place_of_caller, title_of
from podium.workflow.state import END, START, ErrorEdge, State
from podium.workflow.step import StepLimits
from podium.workflow.toolcode import Declared
from podium.workflow.toolnames import tools_named

_INPUT = "input"
"""The field of the record that holds the whole input of a workflow."""


class Task(BaseModel):
    """What a state or node was to do: the goal of a plan that is made in its place.

    Attributes:
        node: Its name; a step of the plan says `replaces` with it, where it does the same in another way.
        purpose: The first line of what its author wrote about it.
        tool: Its tool; "" for a workflow.
        takes: What it was given, by parameter.
    """

    node: str
    purpose: str = ""
    tool: str = ""
    takes: dict[str, JsonValue] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Replaced:
    """The state in whose place plans are made.

    Attributes:
        state: It, in a machine over the record below.
        purpose: What it is for.
        fields: What it takes, as `create_model` wants it.
        gives: The type of its result.
        tool: Its tool; None for a workflow.
    """

    state: State[Any, Any]
    purpose: str
    fields: Mapping[str, Any]
    gives: Any
    tool: Declared | None = None


@dataclass(frozen=True, slots=True)
class Replan:
    """Has a plan made and carried out where a state or node has certainly failed; what it gives has to fit there.

    Not for what is in doubt, was called off, or ran out of time.

    Attributes:
        planner: As of `Plan`; the goal of its situation is a `Task`.
        tools: Those that a plan may call, and no others.
        limit: How many plans may be made; one that is refused counts. After the last one the first failure stands.
    """

    planner: Planner
    tools: Sequence[Declared]
    limit: int = LIMIT

    def around_tool(
        self, tool: Declared, name: str, taken: Mapping[str, str], state: State[Any, Any]
    ) -> Machine[Any, Any]:
        """Return what stands in the place of a tool; `state` is the tool over fields named like its parameters."""
        known = tool.code.signature
        wanted = [parameter for parameter in known.data if parameter.is_required or parameter.name in taken]
        fields: dict[str, Any] = {parameter.name: (parameter.type, ...) for parameter in wanted}
        purpose = title_of(tool.function)
        replaced = _Replaced(state=state, purpose=purpose, fields=fields, gives=known.returns, tool=tool)
        return self._around(name, replaced)

    def around_function(self, function: Callable[..., Any], limits: StepLimits) -> Machine[Any, Any]:
        """Return what stands in the place of a node's function."""
        name, known, where = function.__name__, read_signature(function, Faults()), place_of(function)
        fields: dict[str, Any] = {parameter.name: (parameter.type, ...) for parameter in known.data}
        made = _over_record(function, known)
        tools = tools_named(function)
        state: State[Any, Any] = State(MadeStep(name, made, fingerprint(function), tools, limits=limits, where=where))
        replaced = _Replaced(state=state, purpose=title_of(function), fields=fields, gives=known.returns)
        return self._around(name, replaced)

    def around_workflow(self, workflow: Nestable[Any, Any], name: str, taken: Mapping[str, str]) -> Machine[Any, Any]:
        """Return what stands in the place of a nested workflow."""
        model = workflow.input.model
        if WHOLE in taken:
            state = workflow.as_state(name, take=_INPUT, give=RESULT)
            fields: dict[str, Any] = {_INPUT: (model, ...)}
        else:
            infos = {field: info for field, info in model.model_fields.items() if info.is_required() or field in taken}
            fields = {field: (info.annotation, ...) for field, info in infos.items()}
            state = workflow.as_state(name, take={field: field for field in fields}, give=RESULT)
        return self._around(name, _Replaced(state=state, purpose="", fields=fields, gives=workflow.output.type))

    def _around(self, name: str, replaced: _Replaced) -> Machine[Any, Any]:
        rounds = Rounds(
            name=name,
            offer=offered(self.tools, replaced.gives, limit=self.limit - 1),
            proposals=self.limit,
            goal=Task,
            goal_of=_task_of(name, replaced),
            replaced=_noting(name, replaced),
        )
        made = loop(rounds, self.planner, after=END)
        fields: dict[str, Any] = {
            **replaced.fields,
            **fields_of(Task, self.planner),
            RESULT: (replaced.gives | None, None),
        }
        record = create_model(f"{name}_record", **fields)
        original = _with_way_out(replaced.state, to=made.first)
        machine: Machine[Any, Any] = Machine(
            name, record, START >> original >> END, *made.chains, gives=RESULT, max_visits=self.limit + 1
        )
        machine.output = Codec(replaced.gives)
        return machine


def _over_record(function: Callable[..., Any], known: Signature) -> Callable[..., Any]:
    """Return a function over a record with fields named like its parameters; its resources stay parameters."""

    def taken(record: Any) -> dict[str, Any]:
        return {parameter.name: getattr(record, parameter.name) for parameter in known.data}

    async def awaits(record: Any, **given: Any) -> None:
        setattr(record, RESULT, await function(**taken(record), **given))

    def calls(record: Any, **given: Any) -> None:
        setattr(record, RESULT, function(**taken(record), **given))

    made: Any = awaits if known.is_async else calls
    resources = {parameter.name: parameter.type for parameter in known.given}
    own = [Parameter("record", Parameter.POSITIONAL_OR_KEYWORD)]
    own += [Parameter(name, Parameter.KEYWORD_ONLY, default=FROM_ENGINE) for name in resources]
    made.__signature__ = PySignature(own)
    made.__annotations__ = {"record": Any, **resources, "return": None}
    return cast("Callable[..., Any]", made)


def _with_way_out(state: State[Any, Any], *, to: State[Any, Any]) -> State[Any, Any]:
    """Return a state with an error edge for what another way may mend."""
    edged: State[Any, Any] = State(state.definition)
    edged.edges = (ErrorEdge((Exception,), to, False, place_of_caller(), definite=True),)  # noqa: FBT003  # undo
    return edged


def _task_of(name: str, replaced: _Replaced) -> Callable[[Any], Task]:
    def task(record: Any) -> Task:
        takes = {field: to_jsonable_python(getattr(record, field)) for field in replaced.fields}
        return Task(node=name, purpose=replaced.purpose, tool=replaced.tool.name if replaced.tool else "", takes=takes)

    return task


def _noting(name: str, replaced: _Replaced) -> Callable[[Any, Failure], None]:
    def note(record: Any, failure: Failure) -> None:
        planning: Planning = getattr(record, PLANNING)
        tool = replaced.tool.name if replaced.tool else ""
        planning.failures.append(replace(failure, traceback="", causes=()))
        planning.rounds.append(Round(failed=[told(failure, name, tool)]))
        planning.acts[name] = _act_of(name, replaced, record)

    return note


def _act_of(name: str, replaced: _Replaced, record: Any) -> str:
    """Return the act that whatever replaces the state takes over: that of its tool, or one that only it has."""
    if replaced.tool is not None:
        code = replaced.tool.code
        act = code.act(code.freeze((), {field: getattr(record, field) for field in replaced.fields}))
        if act:
            return act
    scope = current().step.rpartition("/")[0]
    return f"{name}@{scope}/{name}" if scope else f"{name}@{name}"
