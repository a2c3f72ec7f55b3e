"""What is checked of a workflow as a whole: its names, its record, and what it gives."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, RootModel

from podium.errors import ItemFailed
from podium.graph.nodes import END, ITEM, START, Graph, OnFailure, Place
from podium.graph.policies import to_ms
from podium.workflow.annotations import admits_none, is_open, item_type, members, type_text
from podium.workflow.codec import Codec
from podium.workflow.faults import Faults, fault_now
from podium.workflow.jsonable import codec_of
from podium.workflow.record import RecordCodec
from podium.workflow.toolcode import Declared
from podium.workflow.workflow import WorkflowOptions

RESERVED = frozenset({START, END, ITEM})
"""Names that mean something else in a graph."""


def check_options(name: str, options: WorkflowOptions, *, faults: Faults, where: Place | None) -> None:
    """Note a workflow's name or limits that can not be meant."""
    if not name.replace("-", "_").isidentifier():
        faults.add(
            "bad-name",
            f"{name!r} can not be the name of a workflow",
            suggestion="Use letters, digits, - and _, a letter first.",
            where=where,
        )
    deadline = deadline_ms(options)
    if deadline is not None and deadline <= 0:
        faults.add("bad-deadline", f"{name}: a deadline of {deadline} ms lets nothing run", where=where)


def check_names(named: Sequence[Any], *, what: str, faults: Faults) -> None:
    """Note names of states or nodes that can not be used, or are used twice."""
    seen: dict[str, Any] = {}
    for definition in named:
        name = definition.name
        if name in RESERVED or not name.isidentifier():
            reason = "is reserved" if name in RESERVED else "is no identifier"
            faults.add(
                "bad-name", f"{what} {name!r}: the name {reason}", suggestion="Rename it.", where=definition.where
            )
        if name in seen and seen[name] is definition:
            twice = f"{what} {name!r} is listed twice"
            faults.add("listed-twice", twice, suggestion="Once is enough.", where=definition.where)
        elif name in seen:
            faults.add(
                "same-name",
                f"two {what}s are called {name!r}",
                suggestion=f"Rename one; the other is at {seen[name].where}.",
                where=definition.where,
            )
        seen.setdefault(name, definition)


def check_inputs(named: Sequence[Any], fields: Iterable[str], *, faults: Faults) -> None:
    """Note nodes called like a field of the input: a parameter could mean either."""
    known = set(fields)
    for definition in named:
        if definition.name in known:
            faults.add(
                "same-name",
                f"node {definition.name!r} is called like a field of the input",
                suggestion="Rename one: parameters find both by name.",
                where=definition.where,
            )


def record_codec(model: type[BaseModel], *, faults: Faults, where: Place | None) -> RecordCodec:
    """Return the codec of a machine's record or a workflow's input; what can not be stored is noted.

    Raises:
        DefinitionError: It is no pydantic model, so nothing further can be said.
    """
    if not is_model(model) or issubclass(model, RootModel):
        raise fault_now(
            "not-a-model",
            f"{model!r} is no pydantic model with fields",
            suggestion="Declare `class Data(BaseModel)` with the fields that the run works on.",
            where=where,
        )
    _check_model(model, faults=faults, where=where)
    before = len(faults)
    fields = {
        name: codec_of(info.annotation, f"the field {name!r} of {model.__name__}", faults=faults, where=where)
        for name, info in model.model_fields.items()
    }
    if len(faults) > before:
        return RecordCodec(model, fields, Codec(Any))
    return RecordCodec.of(model)


def check_gives(graph: Graph, types: Mapping[str, Any], *, faults: Faults, where: Place | None) -> None:
    """Note a result that may be skipped and whose type does not say so."""
    gives = graph.gives or ""
    if gives not in types or admits_none(types[gives]) or types[gives] is Any:
        return
    skipped_by = _skipped_by(graph, gives)
    if skipped_by:
        because = "" if skipped_by == gives else f", because {skipped_by} may be"
        faults.add(
            "gives-may-be-skipped",
            f"gives={gives}: it may be skipped{because} (when=), and its type"
            f" {type_text(types[gives])} does not admit None",
            suggestion=f"Let the parameter that takes {skipped_by!r} admit None, or annotate {gives} `-> … | None`."
            if skipped_by != gives
            else f"Annotate {gives} `-> {type_text(types[gives])} | None`.",
            where=graph.nodes[gives].where or where,
        )


def check_collected(definitions: Sequence[Any], types: Mapping[str, Any], *, faults: Faults) -> None:
    """Note maps whose results could not be told from the failures that stand among them."""
    for definition in definitions:
        kinds = members(item_type(types[definition.name]))
        if ItemFailed in kinds and any(map(is_open, kinds)):
            faults.add(
                "failures-not-told",
                f'node {definition.name}: with on_item_error="collect" its results can not be told from failures',
                suggestion="Let it give a model, or anything but dict and Any.",
                where=definition.where,
            )


def deadline_ms(options: WorkflowOptions) -> int | None:
    """Return how long a run may take; None for no limit."""
    deadline = options.get("deadline")
    return None if deadline is None else to_ms(deadline)


def on_failure_of(tools: Mapping[str, Declared], options: WorkflowOptions) -> OnFailure:
    """Return what a final failure leads to: what the author said, else compensation where there is any."""
    compensable = any(tool.compensation is not None for tool in tools.values())
    return options.get("on_failure", OnFailure.COMPENSATE if compensable else OnFailure.STOP)


def is_model(model: object) -> bool:
    """Claim that it is a pydantic model; authors without a type checker may pass anything."""
    return isinstance(model, type) and issubclass(model, BaseModel)


def _check_model(model: type[BaseModel], *, faults: Faults, where: Place | None) -> None:
    name = model.__name__
    if model.model_config.get("extra") == "allow":
        faults.add(
            "open-model",
            f'{name} allows fields that it does not declare (extra="allow"), and only declared ones are kept',
            suggestion="Declare them, or one field of type dict.",
            where=where,
        )
    if model.__pydantic_decorators__.model_serializers:
        faults.add(
            "own-serializer",
            f"{name} writes itself as a whole (@model_serializer), and its fields are stored one by one",
            suggestion="Use @field_serializer.",
            where=where,
        )
    for field, info in model.model_fields.items():
        if info.exclude or getattr(info, "exclude_if", None):
            faults.add(
                "excluded-field",
                f"the field {field!r} of {name} is excluded from its JSON form, so it would be lost between steps",
                suggestion="Remove exclude=, or make it a private attribute of a resource.",
                where=where,
            )


def _skipped_by(graph: Graph, name: str) -> str:
    """Return a node whose `when=` may make this one be skipped, the nearest of its kind; empty where none may."""
    ahead, seen = [name], set[str]()
    while ahead:
        node = graph.nodes.get(ahead.pop())
        if node is None or node.name in seen:
            continue
        if node.has_condition:
            return node.name
        seen.add(node.name)
        needed = [need.source for need in node.needs if not need.admits_none]
        ahead.extend(reversed(needed if node.each is None else [*needed, node.each]))
    return ""
