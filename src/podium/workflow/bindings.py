"""The bindings: a step's code between JSON texts coming in and JSON texts going out.

Each attempt costs a handful of calls into pydantic's compiled core and no look at a signature: that was done when the
workflow was compiled.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from pydantic import ValidationError

from podium.errors import BugError, DataChangedError, MisfitError, NotStorableError, UnknownLabelError
from podium.graph.guards import CallPolicy
from podium.graph.nodes import Node
from podium.graph.policies import Retry
from podium.workflow.binding import Ended, Inputs, Planned, Provider, ToolCode, Work
from podium.workflow.codec import Codec, data_changed, explain, fits, invalid_answer
from podium.workflow.record import RecordCodec
from podium.workflow.signature import Parameter
from podium.workflow.source import fingerprint_text
from podium.workflow.toolcode import ToolBinding


class PlainBinding:
    """What all bindings share: they refuse what their kind of node is never asked for."""

    node: Node

    def __init__(self, *, is_async: bool = False, fingerprint: str = "", answer: Codec | None = None) -> None:
        self.is_async = is_async
        self.retry: Retry | None = None
        self.timeout_ms: int | None = None
        self.calls: CallPolicy | None = None
        self.fingerprint = fingerprint
        self.condition: Condition | None = None
        self._answer = answer
        self._guarded: dict[str, ToolBinding] = {}

    def guarded(self, tool: ToolCode) -> ToolCode:
        """Return a tool with the guards that it has inside this node; Podium's own tools have none of an author's."""
        if self.calls is None or not isinstance(tool, ToolBinding):
            return tool
        known = self._guarded.get(tool.name)
        if known is None:
            known = self._guarded[tool.name] = tool.under(self.calls)
        return known

    def prepare(self, inputs: Inputs, provider: Provider) -> Work:
        """Refuse: nothing is performed here."""
        del inputs, provider
        raise self._bug("prepare")

    def open(self, inputs: Inputs) -> dict[str, str]:
        """Refuse: there is no workflow inside."""
        del inputs
        raise self._bug("open")

    def plan(self, inputs: Inputs) -> Planned:
        """Refuse: there is no plan."""
        del inputs
        raise self._bug("plan")

    def inside(self, node: Node) -> "PlainBinding":
        """Refuse: nothing is inside that no author wrote."""
        del node
        raise self._bug("inside")

    def close(self, inputs: Inputs) -> Ended:
        """Refuse: nothing comes in from outside."""
        del inputs
        raise self._bug("close")

    def holds(self, values: Mapping[str, str]) -> bool:
        """Evaluate `when=`."""
        if self.condition is None:
            raise self._bug("holds")
        return self.condition.holds(values)

    def check_answer(self, answer: str) -> str:
        """Return the stored form of an answer or payload; raise InvalidAnswerError where it does not fit."""
        if self._answer is None:
            raise self._bug("check_answer")
        try:
            return self._answer.from_outside(answer)
        except ValidationError as error:
            raise invalid_answer(self.node.name, error) from error

    def decoded_answer(self, inputs: Inputs) -> Any:
        """Return what a person answered."""
        assert self._answer is not None, self.node.name
        assert inputs.answer is not None, self.node.name
        return self._answer.stored(inputs.answer, f"the answer to {self.node.name}")

    def _bug(self, verb: str) -> BugError:
        return BugError(f"{verb} asked of the {self.node.kind} {self.node.name}, which has none")


class Condition:
    """A `when=`: a function over some of what the node could take."""

    def __init__(self, function: Callable[..., Any], codecs: Mapping[str, Codec], place: str) -> None:
        self._function = function
        self._codecs = _placed(codecs, place)

    def holds(self, values: Mapping[str, str]) -> bool:
        """Evaluate it."""
        given = {name: codec.stored(values[name], place) for name, codec, place in self._codecs}
        return bool(self._function(**given))


# ----- over the record of a machine


class RecordBinding(PlainBinding):
    """A function that gets the whole record and changes it: a step, or a person's task in a machine."""

    def __init__(
        self, function: Callable[..., Any], record: RecordCodec, *, given: tuple[Parameter, ...], **common: Any
    ) -> None:
        super().__init__(**common)
        self.function = function
        self.record = record
        self.given = given
        self.failure: str | None = None
        self.answer: str | None = None
        self.labels: frozenset[str] = frozenset()
        self.needs_label = False

    def prepare(self, inputs: Inputs, provider: Provider) -> Work:
        """Decode a record of its own, and put together what else the function takes."""
        text = self.record.text(inputs.values)
        record = self.record.decode(text, self.node.name)
        extra: dict[str, Any] = {}
        for given in self.given:
            extra[given.name] = provider.resource(given.type)
        if self.failure is not None:
            extra[self.failure] = inputs.caught
        if self.answer is not None:
            extra[self.answer] = self.decoded_answer(inputs)
        return RecordWork(self, record, extra, inputs.values, text)

    def label(self, returned: Any) -> str | None:
        """Return the label that a step returned; raise UnknownLabelError where it is none."""
        if returned is None and not self.needs_label:
            return None
        if isinstance(returned, str) and returned in self.labels:
            return str(returned)
        raise _unknown_label(self.node.name, returned, self.labels)


class RecordWork:
    """One attempt over a record."""

    __slots__ = ("_before", "_binding", "_extra", "_record", "_text")

    def __init__(
        self, binding: RecordBinding, record: Any, extra: dict[str, Any], before: Mapping[str, str], text: str
    ) -> None:
        self._binding = binding
        self._record = record
        self._extra = extra
        self._before = before
        self._text = text

    def call(self) -> Any:
        """Call the author's function."""
        return self._binding.function(self._record, **self._extra)

    def finish(self, returned: Any) -> Ended:
        """Return the label, and what has changed in the record."""
        label = self._binding.label(returned)
        changes, appends = self._binding.record.diff(self._record, self._before, self._text)
        return Ended(label, None, changes, appends)


# ----- over single values


class Output:
    """A DAG node's result."""

    __slots__ = ("_codec", "_named", "place")

    def __init__(self, codec: Codec, name: str) -> None:
        self.place = name
        self._codec = codec
        self._named = f"the result of {name}"

    def finish(self, returned: Any) -> Ended:
        """Return it as the node's output."""
        return Ended(None, self._codec.encode(returned, self._named))

    def take_over(self, text: str) -> Ended:
        """Return a text from elsewhere as the node's output, in its stored form."""
        return self.finish(self._codec.stored(text, self._named))


class IntoField:
    """A result that goes into one field of a machine's record, or nowhere."""

    __slots__ = ("_codec", "_field", "place")

    def __init__(self, codec: Codec, field: str | None, name: str) -> None:
        self.place = name
        self._codec = codec
        self._field = field

    def finish(self, returned: Any) -> Ended:
        """Return it as a change of the field."""
        if self._field is None:
            return Ended()
        return Ended(None, None, {self._field: self._codec.encode(returned, self._field)})

    def take_over(self, text: str) -> Ended:
        """Return a text from elsewhere as a change of the field, in its stored form."""
        if self._field is None:
            return Ended()
        try:
            return self.finish(self._codec.decode(text))
        except ValidationError as error:
            raise NotStorableError(self._field, explain(error)) from error


class ValuesBinding(PlainBinding):
    """A function that takes values by name: a node, a tool as a state or node, a person's task in a DAG.

    Attributes:
        function: The author's, or a tool.
        result: Where its result goes.
        answer: The parameter that gets a person's answer.
        origins: The types under which the values were stored, by parameter.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        codecs: Mapping[str, Codec],
        result: Output | IntoField,
        *,
        given: tuple[Parameter, ...] = (),
        **common: Any,
    ) -> None:
        super().__init__(**common)
        self.origins: Mapping[str, Any] = {}
        self.function = function
        self.result = result
        self.answer: str | None = None
        self._codecs = _placed(codecs, result.place)
        self._given = given

    def prepare(self, inputs: Inputs, provider: Provider) -> Work:
        """Decode the values, each of them this step's own."""
        values = inputs.values
        try:
            arguments = {name: codec.decode(values[name]) for name, codec, _ in self._codecs}
        except ValidationError:
            raise self._misfit(values) from None
        for given in self._given:
            arguments[given.name] = provider.resource(given.type)
        if self.answer is not None:
            arguments[self.answer] = self.decoded_answer(inputs)
        return ValuesWork(self, arguments)

    def _misfit(self, values: Mapping[str, str]) -> MisfitError | DataChangedError:
        """Return what is wrong: the value fits where it came from, or not even there any more."""
        for name, codec, place in self._codecs:
            try:
                codec.decode(values[name])
            except ValidationError as error:
                if fits(values[name], self.origins.get(name, Any)):
                    return MisfitError(f"{place} does not take what it was given: {explain(error)}")
                return data_changed(place, error)
        raise self._bug("prepare")


class ValuesWork:
    """One attempt over values."""

    __slots__ = ("_arguments", "_binding")

    def __init__(self, binding: ValuesBinding, arguments: dict[str, Any]) -> None:
        self._binding = binding
        self._arguments = arguments

    def call(self) -> Any:
        """Call the author's function."""
        return self._binding.function(**self._arguments)

    def finish(self, returned: Any) -> Ended:
        """Encode what it gave."""
        return self._binding.result.finish(returned)


# ----- without a function


class OutsideBinding(PlainBinding):
    """A wait for a signal or a time: what comes from outside is the result."""

    def __init__(self, result: Output | IntoField, *, answer: Codec | None, name: str) -> None:
        super().__init__(answer=answer, fingerprint=fingerprint_text(name))
        self._result = result

    def close(self, inputs: Inputs) -> Ended:
        """Take the payload over."""
        return self._result.take_over("null" if inputs.answer is None else inputs.answer)


def _unknown_label(name: str, returned: Any, labels: Collection[str]) -> UnknownLabelError:
    expected = ", ".join(map(repr, sorted(labels))) or "None"
    return UnknownLabelError(f"{name} returned {returned!r:.80}; expected: {expected}")


def _placed(codecs: Mapping[str, Codec], place: str) -> tuple[tuple[str, Codec, str], ...]:
    """Return each parameter with its codec, and its name for messages."""
    return tuple((name, codec, f"{place}.{name}") for name, codec in codecs.items())
