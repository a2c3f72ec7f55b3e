"""The states of a router around one route: read what was said, ask for what is missing, run the workflow."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from inspect import iscoroutinefunction
from typing import Any, Final, Literal

from podium.errors import MisfitError
from podium.graph.nodes import WHOLE
from podium.routing.record import Conversation, input_field
from podium.routing.route import Route, text_field
from podium.workflow.annotations import type_text
from podium.workflow.binding import Ended
from podium.workflow.bindings import IntoField
from podium.workflow.codec import Codec
from podium.workflow.definition import MachineScope, Part
from podium.workflow.made import made_question, made_state
from podium.workflow.nested import Nested, NestedBinding
from podium.workflow.source import fingerprint, place_of_caller
from podium.workflow.state import END, Chain, State
from podium.workflow.toolnames import is_tool, tools_named
from podium.workflow.workflow import Workflow

ASKED_MAX: Final = 3
"""So often a person is asked in a run of a router before it gives up."""

_MISSING_MAX: Final = 8
_Labels = Literal["read", "missing", "given_up"]


def way_of(route: Route, *, given_up: State[Any, Any]) -> tuple[State[Any, Any], list[Chain[Any]]]:
    """Return the state with which a route begins, and the chains behind it.

    Args:
        route: The route; sound.
        given_up: Where it goes on when a person was asked too often.
    """
    use = use_of(route)
    if route.read is None:
        return use, [use >> END]
    ask = made_question(
        f"ask_{route.state}", _hear, answer=str, made_of="ask", title=f"For {route.name}, please say: {needs_of(route)}"
    )
    ways = {"read": use, "missing": ask, "given_up": given_up}
    if isinstance(route.read, Workflow):
        take = {str(text_field(route.read)): "words"}
        first: State[Any, Any] = State(
            Nested(f"read_{route.state}", route.read, take, input_field(route), where=place_of_caller())
        )
        look = made_state(f"look_at_{route.state}", _looker(route), made_of="look", title="Look whether it is enough.")
        return first, [first >> look.choose(ways), ask >> first, use >> END]
    first = _reader(route).choose(ways)
    return first, [ask >> first, use >> END]


def use_of(route: Route) -> State[Any, Any]:
    """Return the state that runs a route's workflow; its result is the router's."""
    take = {WHOLE: input_field(route)} if route.read is not None else {str(text_field(route.workflow)): "words"}
    return State(_Use(route.state, route.workflow, take, "answer", where=place_of_caller()))


def question_of(route: Route) -> str:
    """Return what to ask where not enough was said for a route."""
    does = f" ({route.description})" if route.description else ""
    return f"What was said is not enough for {route.name}{does}. It needs: {needs_of(route)}."


def needs_of(route: Route) -> str:
    """Return what a route's workflow can not do without, in words; what it takes at all where that is nothing."""
    fields = route.workflow.asked.model.model_fields
    required = {name: info for name, info in fields.items() if info.is_required()} or fields
    said = [f"{name} ({info.description})" if info.description else name for name, info in required.items()]
    return ", ".join(said[:_MISSING_MAX])


# ----- reading


def _reader(route: Route) -> State[Any, Any]:
    """Return the state that calls the author's `read`."""
    read: Any = route.read
    call: Callable[[str], Any] = read
    is_async = read.code.is_async if is_tool(read) else iscoroutinefunction(read)
    took = _taker(route)
    if is_async:

        async def reading(record: Any) -> _Labels:
            return took(record, await call(record.words))

    else:

        def reading(record: Any) -> _Labels:  # type: ignore[misc]  # one of the two is made
            return took(record, call(record.words))

    tools = (read,) if is_tool(read) else tools_named(read)
    made_of = fingerprint(read.function if is_tool(read) else read)
    title = f"Read what was said for {route.name}."
    return made_state(f"read_{route.state}", reading, made_of=made_of, tools=tools, title=title)


def _looker(route: Route) -> Callable[..., Any]:
    took = _taker(route)

    def looking(record: Any) -> _Labels:
        return took(record, getattr(record, input_field(route)))

    return looking


def _taker(route: Route) -> Callable[[Any, Any], _Labels]:
    """Return what notes what was read, or what to ask."""
    field, wanted, question = input_field(route), route.workflow.wanted, question_of(route)

    def took(record: Any, found: Any) -> _Labels:
        if found is None:
            return "missing" if asks(record, question) else "given_up"
        if isinstance(wanted, type) and not isinstance(found, wanted):
            gave, takes = type_text(type(found)), type_text(wanted)
            message = f"read= of route {route.name} gave a {gave}, and {route.name} takes a {takes}"
            raise MisfitError(message)
        setattr(record, field, found)
        return "read"

    return took


def asks(record: Conversation, question: str) -> bool:
    """Note a question to the person; claim that there is one left."""
    if record.asked >= ASKED_MAX:
        return False
    record.asked += 1
    record.question = question
    return True


def _hear(record: Any, answer: str) -> None:
    """Take one more turn."""
    record.said.append(answer)
    record.words = "\n".join(record.said)
    record.question = ""


# ----- the workflow, whose result says which route it is of


@dataclass(frozen=True, slots=True, eq=False)
class _Use(Nested):
    """A workflow in a router: what it gives becomes a `Routed`."""

    def to_state(self, scope: MachineScope) -> Part:
        """Compile it as a state."""
        part = Nested(self.name, self.workflow, self.take, where=self.where).to_state(scope)
        part.node = replace(part.node, give=self.give)
        answer = scope.record.fields[str(self.give)]
        part.binding = NestedBinding(self.workflow, _IntoAnswer(answer, self.give, self.workflow.name))
        return part


class _IntoAnswer(IntoField):
    """A result that goes into a field together with the name of what gave it."""

    def __init__(self, codec: Codec, field: str | None, name: str) -> None:
        super().__init__(codec, field, name)
        self._named = Codec(str).text_of(name)

    def take_over(self, text: str) -> Ended:
        """Return a result from elsewhere as a change of the field, in its stored form."""
        return super().take_over(f'{{"route":{self._named},"result":{text}}}')
