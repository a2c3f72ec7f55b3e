"""An author's function as Podium sees it: which parameters it fills itself, and which come from the engine."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, get_type_hints

from podium.failure import Failure
from podium.workflow.annotations import admits_none, without_none
from podium.workflow.faults import Faults
from podium.workflow.given import FromEngine, IdempotencyKey
from podium.workflow.source import place_of

MISSING: Any = inspect.Parameter.empty

FORWARD_KEY = "forward_key"
"""The name of a compensator's parameter that gets the key of the write that it undoes."""


class Role(Enum):
    """Where a parameter's value comes from."""

    DATA = "data"
    """The workflow's data, or whoever calls."""
    KEY = "key"
    """The engine: the idempotency key."""
    FORWARD_KEY = "forward_key"
    """The engine: the key of the write that a compensator undoes."""
    RESOURCE = "resource"
    """The engine: its resource of the annotated type."""
    FAILURE = "failure"
    """The engine: the failure that an error edge caught."""


_GIVEN = frozenset({Role.KEY, Role.FORWARD_KEY, Role.RESOURCE})


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter.

    Attributes:
        name: Its name.
        type: Its annotation; Any where there is none.
        role: Where its value comes from.
        default: MISSING where it has none.
        by_name: Keyword-only.
    """

    name: str
    type: Any
    role: Role
    default: Any = MISSING
    by_name: bool = False

    @property
    def is_required(self) -> bool:
        """Claims that the function can not be called without it."""
        return self.default is MISSING

    @property
    def admits_none(self) -> bool:
        """Claims that None may be given."""
        return admits_none(self.type)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function takes and gives.

    Attributes:
        parameters: In order.
        returns: Its annotation; Any where there is none.
        is_async: A coroutine function.
    """

    parameters: tuple[Parameter, ...]
    returns: Any
    is_async: bool

    @property
    def data(self) -> tuple[Parameter, ...]:
        """The parameters that the engine does not fill."""
        return tuple(parameter for parameter in self.parameters if parameter.role is Role.DATA)

    @property
    def given(self) -> tuple[Parameter, ...]:
        """The parameters that the engine fills: keys and resources."""
        return tuple(parameter for parameter in self.parameters if parameter.role in _GIVEN)

    def of_role(self, role: Role) -> Parameter | None:
        """Return the first parameter of that role."""
        return next((parameter for parameter in self.parameters if parameter.role is role), None)


def read_signature(function: Callable[..., Any], faults: Faults, *, takes_failure: bool = False) -> Signature:
    """Return what a function takes and gives; what can not be read is a fault, and Any stands for it.

    Args:
        function: The author's.
        faults: Where to note what is wrong.
        takes_failure: A parameter of type `Failure` gets the one that an error edge caught; elsewhere it is data.
    """
    hints = _hints(function, faults)
    parameters = []
    for raw in inspect.signature(function).parameters.values():
        if raw.kind in (raw.VAR_POSITIONAL, raw.VAR_KEYWORD, raw.POSITIONAL_ONLY):
            faults.add(
                "unnamed-parameter",
                f"{_name(function)}: the parameter {raw} can not be passed by its name",
                suggestion="Give each value a parameter of its own: values are matched by name.",
                where=place_of(function),
            )
            continue
        parameter = _parameter(raw, hints.get(raw.name, Any), function=function, faults=faults)
        if takes_failure and without_none(parameter.type) is Failure:
            parameter = replace(parameter, role=Role.FAILURE)
        parameters.append(parameter)
    return Signature(tuple(parameters), hints.get("return", Any), inspect.iscoroutinefunction(function))


def _hints(function: Callable[..., Any], faults: Faults) -> dict[str, Any]:
    try:
        return get_type_hints(function, include_extras=True)
    except NameError as error:
        faults.add(
            "unknown-annotation",
            f"{_name(function)}: an annotation can not be read: {error}",
            suggestion="Define the type at the top level of a module, before the workflow, and import it for real.",
            where=place_of(function),
        )
        return {}


def _parameter(raw: inspect.Parameter, hint: Any, *, function: Callable[..., Any], faults: Faults) -> Parameter:
    by_name = raw.kind is raw.KEYWORD_ONLY
    if not isinstance(raw.default, FromEngine):
        if hint is IdempotencyKey:
            faults.add(
                "key-not-given",
                f"{_name(function)}: nothing gives the key {raw.name!r}",
                suggestion=f"Let the engine give it: `{raw.name}: IdempotencyKey = FROM_ENGINE`.",
                where=place_of(function),
            )
        return Parameter(raw.name, hint, Role.DATA, raw.default, by_name)
    if hint is IdempotencyKey:
        role = Role.FORWARD_KEY if raw.name == FORWARD_KEY else Role.KEY
        return Parameter(raw.name, hint, role, raw.default, by_name)
    if not isinstance(hint, type):
        faults.add(
            "resource-type",
            f"{_name(function)}: the parameter {raw.name!r} asks the engine for {hint!r}, which is not a class",
            suggestion="Annotate it with the class of the resource, or with IdempotencyKey.",
            where=place_of(function),
        )
    return Parameter(raw.name, hint, Role.RESOURCE, raw.default, by_name)


def _name(function: Callable[..., Any]) -> str:
    return getattr(function, "__name__", repr(function))
