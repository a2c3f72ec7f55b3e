"""A tool as the call pipeline sees it: arguments frozen as text, sent, reconciled; results as text."""

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from inspect import Signature as PySignature
from inspect import iscoroutinefunction, signature
from typing import Any, Protocol

from pydantic import ValidationError

from podium.call_errors import BusinessKeyError
from podium.graph.guards import CallPolicy, merged
from podium.graph.nodes import Place, ToolFacts
from podium.graph.policies import to_ms
from podium.redaction import holds_known
from podium.secret_errors import SecretKeptError
from podium.workflow.annotations import type_text
from podium.workflow.approval import Approval, Call
from podium.workflow.binding import Provider
from podium.workflow.codec import Codec, arguments_codec, invalid_answer
from podium.workflow.faults import Faults
from podium.workflow.jsonable import codec_of
from podium.workflow.signature import Parameter, Role, Signature, read_signature

_DIGEST_DIGITS = 16
_UNDO_DIGITS = 8
_BUSINESS_KEY_CHARS = 200
_MODULE = re.compile(r"(?:[\w<>]+\.)+")
"""What stands before a type's name; a module is called otherwise where its file is the program itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolPolicy:
    """What an author said about a tool beside its code.

    `plays_itself`: of Podium's own reads that reach nothing outside: a simulation lets them do their work.
    """

    writes: bool
    key_life_ms: int | None = None
    irreversible: bool = False
    guards: CallPolicy = field(default_factory=CallPolicy)
    fallback: "tuple[Declared, ...]" = ()
    approval: Approval | None = None
    once_by: Callable[[Call], str | int] | None = None
    fresh_ms: int | None = None
    digest: Callable[..., str] | None = None
    plays_itself: bool = False


class Declared(Protocol):
    """What an author declared with `@tool`; see `tool.Tool`."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Make the call."""

    @property
    def name(self) -> str:
        """Unique in a workflow."""

    @property
    def function(self) -> Callable[..., Any]:
        """What the author wrote."""

    @property
    def policy(self) -> ToolPolicy:
        """What was said about it."""

    @property
    def where(self) -> Place | None:
        """Where it is written."""

    @property
    def reconciler(self) -> Callable[..., Any] | None:
        """The function that says whether it happened."""

    @property
    def compensation(self) -> "Declared | None":
        """The tool that undoes it."""

    @property
    def facts(self) -> ToolFacts:
        """What a graph says about it."""

    @property
    def code(self) -> "ToolBinding":
        """What the engine calls."""


class ToolBinding:
    """The `ToolCode` of a declared tool.

    Attributes:
        signature: Of its function.
        codecs: Of its parameters, without those that the engine fills.
        result: The codec of what it gives.
        reconciler: What says whether it happened, if anything does.
        faults: What is wrong with its types; a workflow that names it reports them.
    """

    def __init__(self, tool: Declared) -> None:
        self.faults = Faults()
        self.signature = read_signature(tool.function, self.faults)
        self.codecs = {
            parameter.name: codec_of(
                parameter.type, f"{tool.name}.{parameter.name}", faults=self.faults, where=tool.where
            )
            for parameter in self.signature.data
        }
        self.name = tool.name
        self.function = tool.function
        self.writes = tool.policy.writes
        self.is_async = self.signature.is_async
        self.policy = tool.policy.guards
        self.key_life_ms = tool.policy.key_life_ms
        self.undo = "" if tool.compensation is None else signed(tool.compensation)
        self.irreversible = tool.policy.irreversible
        self.reconciles = tool.reconciler is not None
        self.fresh_ms = tool.policy.fresh_ms
        self._fallback = tool.policy.fallback
        self._digest = tool.policy.digest
        self._approval: Approval | None = tool.policy.approval
        self._once_by = tool.policy.once_by
        self._arguments = Arguments(tool, self.signature, self.codecs)
        self.result = codec_of(
            self.signature.returns, f"the result of {tool.name}", faults=self.faults, where=tool.where
        )
        self.reconcile_is_async = iscoroutinefunction(tool.reconciler)
        self.reconciler = None if tool.reconciler is None else Reconciler(tool.reconciler, self.faults)

    def under(self, calls: CallPolicy) -> "ToolBinding":
        """Return the same tool with the guards that a step says for the calls inside it."""
        made = copy(self)
        made.policy = merged(self.policy, calls)
        return made

    @property
    def takes_schema(self) -> dict[str, Any]:
        """JSON schema of its arguments, as one object; those with a default may be left out."""
        required = [parameter.name for parameter in self.signature.data if parameter.is_required]
        return {**self._arguments.schema(), "required": required}

    @property
    def fallback(self) -> "tuple[ToolBinding, ...]":
        """What is called in its place when it fails, in order."""
        return tuple(tool.code for tool in self._fallback)

    def freeze(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
        """Bind and encode the arguments, defaults included, so that a new default does not change an old call."""
        return self._arguments.freeze(args, kwargs)

    def arguments(self, frozen: str) -> dict[str, Any]:
        """Return the decoded frozen arguments, by name."""
        return self._arguments.thaw(frozen)

    def digest_of(self, frozen: str) -> str:
        """Return what tells calls of a read apart: the tool's own `digest=`, or one of the JSON text."""
        if self._digest is None:
            return hashlib.sha256(frozen.encode()).hexdigest()[:_DIGEST_DIGITS]
        return self._digest(**self._arguments.thaw(frozen))

    def send(
        self, frozen: str, *, key: str | None, provider: Provider, forward_key: str | None = None
    ) -> Any | Awaitable[Any]:
        """Call the function with the decoded frozen arguments."""
        given = self._arguments.thaw(frozen)
        return self.function(**given, **_given(self.signature, key, provider, forward_key))

    def reconcile(
        self, frozen: str, *, key: str, provider: Provider, forward_key: str | None = None
    ) -> Any | Awaitable[Any]:
        """Ask whether the write happened: its result, or None."""
        assert self.reconciler is not None, self.name
        asked = self.reconciler
        return asked.function(
            **asked.own(self._arguments.thaw(frozen)), **_given(asked.signature, key, provider, forward_key)
        )

    def consent_ms(self, frozen: str) -> tuple[bool, int | None]:
        """Return whether a person is to be asked about these arguments, and for how long at most."""
        if self._approval is None:
            return False, None
        when, timeout = self._approval.when, self._approval.timeout
        asks = when is None or bool(when(Call(self.name, self._arguments.thaw(frozen))))
        return asks, None if timeout is None else to_ms(timeout)

    def act(self, frozen: str) -> str:
        """Return the tool's name with what `once_by=` gives for these arguments; "" without it."""
        if self._once_by is None:
            return ""
        return f"{self.name}:{self._business_key(self._once_by(Call(self.name, self._arguments.thaw(frozen))))}"

    def _business_key(self, given: Any) -> str:
        """Return a business key as text; an int and its digits are the same key."""
        if isinstance(given, int) and not isinstance(given, bool):
            given = str(given)
        if not isinstance(given, str):
            raise BusinessKeyError(tool=self.name, given=f"a {type(given).__name__}")
        if not 0 < len(given) <= _BUSINESS_KEY_CHARS:
            raise BusinessKeyError(tool=self.name, given=f"a text of {len(given)} characters")
        return given

    def encode(self, result: Any) -> str:
        """Return a result as JSON text that reads back as the same."""
        return self.result.encode(result, f"the result of {self.name}")

    def decode(self, text: str) -> Any:
        """Return the result that `encode` wrote."""
        return self.result.stored(text, f"the result of {self.name}")

    def check(self, text: str) -> str:
        """Return the stored form of a result that a person gave as JSON; raise InvalidAnswerError."""
        try:
            return self.result.from_outside(text)
        except ValidationError as error:
            raise invalid_answer(self.name, error) from error


def signed(compensator: Declared) -> str:
    """Return a compensator's name with a hash of its signature: what an intent records and resolves by.

    Resources and the values of defaults are left out: they do not change what it takes from the write.
    """
    wanted = (parameter for parameter in compensator.code.signature.parameters if parameter.role is not Role.RESOURCE)
    told = ", ".join(map(_told, wanted))
    return f"{compensator.name}@{hashlib.sha256(told.encode()).hexdigest()[:_UNDO_DIGITS]}"


def _told(parameter: Parameter) -> str:
    hint = _MODULE.sub("", type_text(parameter.type))
    return f"{parameter.name}: {hint}" + ("" if parameter.is_required else " = …")


class Arguments:
    """The arguments of a tool, without those that the engine fills, as one JSON object."""

    def __init__(self, tool: Declared, known: Signature, codecs: Mapping[str, Codec]) -> None:
        self._place = f"the arguments of {tool.name}"
        self._codec = arguments_codec(tool.name, {name: codec.type for name, codec in codecs.items()})
        self._names = tuple(parameter.name for parameter in known.data)
        self._defaults = {parameter.name: parameter.default for parameter in known.data if not parameter.is_required}
        self._positional = sum(not parameter.by_name for parameter in known.data)
        self._strict = _without(signature(tool.function), {parameter.name for parameter in known.given})

    def freeze(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
        """Return the text; raise TypeError as the function would where they do not fit."""
        bound = {**self._defaults, **dict(zip(self._names, args, strict=False)), **kwargs}
        if (
            len(bound) != len(self._names)
            or len(args) > self._positional
            or not kwargs.keys().isdisjoint(self._names[: len(args)])
        ):
            again = self._strict.bind(*args, **kwargs)  # raises with the words that Python has for it
            bound = {**self._defaults, **again.arguments}
        text = self._codec.encode({name: bound[name] for name in self._names}, self._place)
        if holds_known(text):
            raise SecretKeptError(self._place)
        return text

    def schema(self) -> Mapping[str, Any]:
        """Return the JSON schema of that object."""
        return self._codec.schema()

    def thaw(self, frozen: str) -> dict[str, Any]:
        """Return the arguments by name."""
        decoded: dict[str, Any] = self._codec.stored(frozen, self._place)
        return decoded


class Reconciler:
    """The function that says whether a write happened."""

    def __init__(self, function: Callable[..., Any], faults: Faults) -> None:
        self.signature = read_signature(function, faults)
        self.function = function

    def own(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return those arguments of the write that it names."""
        return {
            parameter.name: arguments[parameter.name]
            for parameter in self.signature.data
            if parameter.name in arguments
        }


def _given(known: Signature, key: str | None, provider: Provider, forward_key: str | None) -> dict[str, Any]:
    """Return what the engine gives to a function."""
    keys = {Role.KEY: key, Role.FORWARD_KEY: forward_key}
    return {
        parameter.name: keys[parameter.role] if parameter.role in keys else provider.resource(parameter.type)
        for parameter in known.given
    }


def _without(whole: PySignature, names: set[str]) -> PySignature:
    return whole.replace(parameters=[parameter for name, parameter in whole.parameters.items() if name not in names])
