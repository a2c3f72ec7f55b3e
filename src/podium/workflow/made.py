"""States that no author writes: those of workflows that are compiled from something else (agents, routers, plans)."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from podium.graph.nodes import Place
from podium.workflow.codec import answer_type
from podium.workflow.definition import MachineScope, Part
from podium.workflow.jsonable import codec_of
from podium.workflow.signature import read_signature
from podium.workflow.source import fingerprint_text, place_of_caller
from podium.workflow.state import State
from podium.workflow.step import StepLimits, record_part
from podium.workflow.toolcode import Declared


@dataclass(frozen=True, slots=True, eq=False)
class MadeStep:
    """A function over a machine's record that was made, so that its own name, place and code say nothing.

    Attributes:
        name: The state's name.
        function: Takes the record first, annotated with it or with `Any`; more as of `@step`.
        tools: What it may call; of the writes one, which is found out at run time.
        made_of: Text that changes when what it was made of does; the state's fingerprint.
        title: For pictures.
        limits: Retry, timeout, guards of its calls.
        where: Where the workflow is written.
    """

    name: str
    function: Callable[..., Any]
    made_of: str
    tools: tuple[Declared, ...] = ()
    title: str = ""
    limits: StepLimits = field(default_factory=StepLimits)
    where: Place | None = None

    def to_state(self, scope: MachineScope) -> Part:
        """Compile it as a state."""
        part = record_part(self.function, read_signature(self.function, scope.faults, takes_failure=True), scope=scope)
        self.limits.bind(part.binding)
        part.binding.fingerprint = fingerprint_text(self.made_of)
        part.tools = self.tools
        part.node = replace(
            part.node,
            name=self.name,
            where=self.where,
            title=self.title,
            tools=tuple(tool.facts for tool in self.tools),
            calls_one=sum(tool.policy.writes for tool in self.tools) > 1,
            limits=self.limits.in_words,
        )
        return part


def made_state(
    name: str, function: Callable[..., Any], *, made_of: str, tools: tuple[Declared, ...] = (), title: str = ""
) -> State[Any, Any]:
    """Return a state of a function that was made; see `MadeStep`."""
    return State(MadeStep(name, function, made_of, tools, title=title, where=place_of_caller()))


@dataclass(frozen=True, slots=True, eq=False)
class MadeQuestion:
    """A question to a person that was made, over a machine's record.

    Attributes:
        name: The state's name.
        function: Takes the record, annotated with `Any`, and `answer`; it runs once the answer is there.
        answer: The type of what may be answered.
        made_of: Text that changes when what it was made of does; the state's fingerprint.
        title: What is asked, in one line.
        where: Where the workflow is written.
    """

    name: str
    function: Callable[..., Any]
    answer: Any
    made_of: str
    title: str
    where: Place | None = None

    def to_state(self, scope: MachineScope) -> Part:
        """Compile it as a state."""
        answer = codec_of(answer_type(self.answer), f"{self.name}.answer", faults=scope.faults, where=self.where)
        part = record_part(self.function, read_signature(self.function, scope.faults), scope=scope, answer=answer)
        part.binding.fingerprint = fingerprint_text(self.made_of)
        part.node = replace(
            part.node, name=self.name, where=self.where, title=self.title, answer_schema=answer.schema()
        )
        return part


def made_question(name: str, function: Callable[..., Any], *, answer: Any, made_of: str, title: str) -> State[Any, Any]:
    """Return a state of a question that was made; see `MadeQuestion`."""
    return State(MadeQuestion(name, function, answer, made_of, title, where=place_of_caller()))
