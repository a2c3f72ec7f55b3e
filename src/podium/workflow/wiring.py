"""How what a step takes is found among a machine's fields or a DAG's sources, and where its result goes.

The rule is one: a parameter is taken from the field or source that `take` names, and a required one that `take` leaves
out from the one of its own name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from podium.graph.nodes import ITEM, WHOLE, Need, Place
from podium.workflow.annotations import admits_none, is_wrong, item_type, type_text
from podium.workflow.bindings import Condition
from podium.workflow.codec import Codec
from podium.workflow.definition import DagScope, MachineScope
from podium.workflow.faults import Faults, closest
from podium.workflow.jsonable import codec_of
from podium.workflow.mapping import MapOptions
from podium.workflow.signature import read_signature
from podium.workflow.source import place_of
from podium.workflow.toolnames import tools_named


@dataclass(frozen=True, slots=True)
class Callee:
    """What takes parameters.

    Attributes:
        name: The state or node.
        types: Its parameters' types.
        required: Those that it can not be called without.
        where: Where the use is written.
        whole: The type that WHOLE stands for; None where it may not be taken.
    """

    name: str
    types: Mapping[str, Any]
    required: frozenset[str]
    where: Place | None
    whole: Any = None

    def type_of(self, parameter: str) -> Any:
        """Return a parameter's type."""
        return self.whole if parameter == WHOLE else self.types[parameter]

    def has(self, parameter: str) -> bool:
        """Claim that there is such a parameter."""
        return parameter in self.types or (parameter == WHOLE and self.whole is not None)


@dataclass(slots=True)
class Wired:
    """What a node takes.

    Attributes:
        options: Its condition and map.
        needs: As the graph holds them.
        condition: Its `when=`, compiled.
        origins: The types of the sources, by parameter.
    """

    options: MapOptions
    needs: list[Need] = field(default_factory=list)
    condition: Condition | None = None
    origins: dict[str, Any] = field(default_factory=dict)

    @property
    def parameters(self) -> frozenset[str]:
        """The parameters that the function gets."""
        return frozenset(need.parameter for need in self.needs if not need.by_condition)

    def of_node(self) -> dict[str, Any]:
        """Return the attributes of the graph's node that follow."""
        return {
            "needs": tuple(self.needs),
            "each": self.options.each,
            "concurrency": self.options.concurrency,
            "on_item_error": self.options.on_item_error,
            "has_condition": self.condition is not None,
        }


def take_fields(callee: Callee, take: Mapping[str, str], *, scope: MachineScope) -> dict[str, str]:
    """Return which of the machine's fields each parameter is taken from; what does not fit is noted."""
    taken: dict[str, str] = {}
    for parameter, source in _asked(callee, take, faults=scope.faults).items():
        if source not in scope.fields:
            said = f"the parameter {parameter!r} of " if parameter != WHOLE else ""
            scope.faults.add(
                "unknown-field",
                f"state {callee.name}: {said}{callee.name} is taken from {source!r},"
                f" which is no field of {scope.model.__name__}",
                suggestion=closest(source, scope.fields),
                where=callee.where,
            )
            continue
        taken[parameter] = source
        _check_fit(callee, parameter, scope.fields[source], source=f"the field {source!r}", faults=scope.faults)
    return taken


def give_codec(callee: Callee, result: Any, *, give: str | None, scope: MachineScope) -> tuple[Codec, str | None]:
    """Return the codec of the field that receives a result; what does not fit is noted."""
    if give is None:
        return Codec(Any), None
    if give not in scope.fields:
        scope.faults.add(
            "unknown-field",
            f"state {callee.name}: the result is given to {give!r}, which is no field of {scope.model.__name__}",
            suggestion=closest(give, scope.fields),
            where=callee.where,
        )
        return Codec(Any), give
    if is_wrong(result, scope.fields[give]):
        scope.faults.add(
            "wrong-type",
            f"state {callee.name} gives {type_text(result)}, but the field {give!r} is {type_text(scope.fields[give])}",
            suggestion="Give it to another field, or change one of the two types.",
            where=callee.where,
        )
    return scope.record.fields[give], give


def needs_of(callee: Callee, take: Mapping[str, str], *, options: MapOptions, scope: DagScope) -> Wired:
    """Return what a node takes; what does not fit is noted."""
    wired = Wired(options)
    item = _check_each(callee, options, scope=scope)
    for parameter, source in _asked(callee, take, faults=scope.faults).items():
        known = item if source == ITEM and options.each is not None else scope.sources.get(source, _UNKNOWN)
        if known is _UNKNOWN:
            _note_unknown(callee, parameter, source=source, scope=scope, options=options)
            continue
        wired.origins[parameter] = known
        said = "an item" if source == ITEM else repr(source)
        _check_fit(callee, parameter, known, source=said, faults=scope.faults)
        wired.needs.append(Need(parameter=parameter, source=source, admits_none=admits_none(callee.type_of(parameter))))
    if options.each is not None and not any(need.source == ITEM for need in wired.needs):
        scope.faults.add(
            "map-without-item",
            f"node {callee.name} maps over {options.each!r} and does not take the item",
            suggestion='Name a parameter `item`, or take it: take={"…": "item"}.',
            where=callee.where,
        )
    if options.when is not None:
        wired.condition = _condition(callee, options.when, wired=wired, scope=scope)
    return wired


_UNKNOWN: Any = object()


def _asked(callee: Callee, take: Mapping[str, str], *, faults: Faults) -> dict[str, str]:
    """Return parameter to source, those by name included."""
    asked: dict[str, str] = {}
    for parameter, source in take.items():
        if callee.has(parameter):
            asked[parameter] = source
            continue
        faults.add(
            "unknown-parameter",
            f"{callee.name} has no parameter {parameter!r}",
            suggestion=closest(parameter, callee.types),
            where=callee.where,
        )
    if WHOLE not in asked:
        asked.update((name, name) for name in callee.types if name in callee.required and name not in asked)
    return asked


def _check_fit(callee: Callee, parameter: str, given: Any, *, source: str, faults: Faults) -> None:
    wanted = callee.type_of(parameter)
    if is_wrong(given, wanted):
        named = "takes" if parameter == WHOLE else f"takes {parameter}:"
        faults.add(
            "wrong-type",
            f"{callee.name} {named} {type_text(wanted)}, but {source} is {type_text(given)}",
            suggestion="Take it from elsewhere, or change one of the two types.",
            where=callee.where,
        )


def _check_each(callee: Callee, options: MapOptions, *, scope: DagScope) -> Any:
    """Return the type of an item."""
    if options.concurrency is not None and (options.each is None or options.concurrency < 1):
        scope.faults.add(
            "bad-concurrency",
            f"node {callee.name}: concurrency={options.concurrency} "
            + ("lets nothing run" if options.each else "is for maps, and it has no each="),
            suggestion="Say how many items may run at once, at least 1; None is no limit.",
            where=callee.where,
        )
    if options.each is None:
        return _UNKNOWN
    if options.each not in scope.sources:
        scope.faults.add(
            "unknown-source",
            f"node {callee.name} maps over {options.each!r}, which is neither a node nor a field of the input",
            suggestion=closest(options.each, scope.sources),
            where=callee.where,
        )
        return Any
    over = scope.sources[options.each]
    item = item_type(over)
    if item is None:
        scope.faults.add(
            "not-a-list",
            f"node {callee.name} maps over {options.each!r}, which is {type_text(over)} and not a list",
            suggestion="Map over a node or field that gives a list.",
            where=callee.where,
        )
        return Any
    return item


def _note_unknown(callee: Callee, parameter: str, *, source: str, scope: DagScope, options: MapOptions) -> None:
    said = repr(parameter) if parameter == source else f"{parameter!r} (taken from {source!r})"
    hint = closest(source, [name for name in scope.sources if name != callee.name])
    if source == ITEM and options.each is None:
        hint = '`item` is what a map takes: say each="…".'
    scope.faults.add(
        "unknown-source",
        f"node {callee.name}: nothing gives the parameter {said}: no node and no field of the input is called so",
        suggestion=hint,
        where=callee.where,
    )


def _condition(callee: Callee, function: Callable[..., Any], *, wired: Wired, scope: DagScope) -> Condition:
    """Compile `when=`, and add what only it takes to the needs."""
    own = {need.parameter: need for need in wired.needs}
    known = read_signature(function, scope.faults)
    codecs: dict[str, Codec] = {}
    for parameter in known.parameters:
        name = parameter.name
        if name in own and own[name].source != ITEM:
            codecs[name] = Codec(callee.type_of(name))
        elif name in scope.sources:
            hint = scope.sources[name] if parameter.type is Any else parameter.type
            wired.needs.append(Need(parameter=name, source=name, admits_none=parameter.admits_none, by_condition=True))
            codecs[name] = codec_of(hint, f"{callee.name}.{name}", faults=scope.faults, where=place_of(function))
        else:
            scope.faults.add(
                "unknown-source",
                f"node {callee.name}: nothing gives {name!r} to its condition",
                suggestion=closest(name, scope.sources),
                where=place_of(function),
            )
    _check_condition(callee, function, is_async=known.is_async, faults=scope.faults)
    return Condition(function, codecs, callee.name)


def _check_condition(callee: Callee, function: Callable[..., Any], *, is_async: bool, faults: Faults) -> None:
    tools = tools_named(function)
    if tools or is_async:
        what = f"calls the tool {tools[0].name}" if tools else "is async"
        faults.add(
            "condition-acts",
            f"node {callee.name}: its condition {what}; a condition only looks at values",
            suggestion="Make a node that asks, and let the condition look at what it gives.",
            where=place_of(function),
        )
