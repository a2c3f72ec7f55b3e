"""A tool as a state or a node of its own: the step's whole body is that one call."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from podium.graph.guards import CallPolicy, merged
from podium.graph.nodes import Node, NodeKind, Place
from podium.workflow.bindings import IntoField, Output, ValuesBinding
from podium.workflow.definition import DagScope, MachineScope, Part
from podium.workflow.faults import Faults
from podium.workflow.guarding import words_of
from podium.workflow.mapping import PLAIN, MapOptions, mapped_type
from podium.workflow.source import fingerprint_text, title_of
from podium.workflow.toolcode import Declared
from podium.workflow.wiring import Callee, give_codec, needs_of, take_fields


@dataclass(frozen=True, slots=True, eq=False)
class ToolUse:
    """One use of a tool.

    Attributes:
        name: The state's or node's name.
        tool: The tool.
        take: Its parameters to our fields or sources.
        give: Machine: the field for the result.
        options: DAG: condition and map.
        calls: Guards that count over those of the tool.
        where: Where it is written.
    """

    name: str
    tool: Declared
    take: Mapping[str, str]
    give: str | None = None
    options: MapOptions = PLAIN
    calls: CallPolicy | None = None
    where: Place | None = None

    @property
    def callee(self) -> Callee:
        """What is called, for the wiring."""
        known = self.tool.code.signature
        required = frozenset(parameter.name for parameter in known.data if parameter.is_required)
        return Callee(self.name, {parameter.name: parameter.type for parameter in known.data}, required, self.where)

    def to_state(self, scope: MachineScope) -> Part:
        """Compile it as a state."""
        take = take_fields(self.callee, self.take, scope=scope)
        result = IntoField(
            *give_codec(self.callee, self.tool.code.signature.returns, give=self.give, scope=scope), self.name
        )
        node = Node(**self._common(), take=take, give=self.give)
        binding = self._binding(take, result)
        binding.origins = {parameter: scope.fields[source] for parameter, source in take.items()}
        return self._part(node, binding)

    def gives_type(self, faults: Faults) -> Any:
        """Return the type of its result, a list of them in a map."""
        del faults
        return mapped_type(self.tool.code.signature.returns, self.options)

    def to_node(self, scope: DagScope) -> Part:
        """Compile it as a node."""
        wired = needs_of(self.callee, self.take, options=self.options, scope=scope)
        result = Output(self.tool.code.result, self.name)
        binding = self._binding(wired.parameters, result)
        binding.condition, binding.origins = wired.condition, wired.origins
        return self._part(Node(**self._common(), **wired.of_node()), binding)

    def _common(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "kind": NodeKind.TOOL,
            "where": self.where,
            "title": title_of(self.tool.function),
            "tools": (self.tool.facts,),
            "limits": words_of(merged(self.tool.policy.guards, self.calls)),
        }

    def _binding(self, taken: Any, result: IntoField | Output) -> ValuesBinding:
        codecs = {name: codec for name, codec in self.tool.code.codecs.items() if name in taken}
        code = self.tool.code
        mark = fingerprint_text(f"{self.tool.name}:{sorted(codecs)}")
        binding = ValuesBinding(self.tool, codecs, result, is_async=code.is_async, fingerprint=mark)
        binding.calls = self.calls
        return binding

    def _part(self, node: Node, binding: ValuesBinding) -> Part:
        return Part(node=node, binding=binding, tools=(self.tool,))
