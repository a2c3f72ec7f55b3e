"""Whether a type can be workflow data: it has a JSON form, and holds no secret."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, cast, get_args, get_origin, get_type_hints, is_typeddict

from pydantic import BaseModel, SecretBytes, SecretStr

from podium.graph.nodes import Place
from podium.workflow.annotations import bare, type_text
from podium.workflow.codec import NOT_JSON, Codec
from podium.workflow.faults import Faults


def codec_of(hint: Any, what: str, *, faults: Faults, where: Place | None) -> Codec:
    """Return the codec of a type; where there is none, note it and return that of Any."""
    if any(inner in (SecretStr, SecretBytes) for inner in inner_types(hint)):
        faults.add(
            "secret-in-data",
            f"{what} holds a secret, and workflow data is stored and shown",
            suggestion="Take secrets from a resource inside the tool: `client: Client = FROM_ENGINE`.",
            where=where,
        )
        return Codec(Any)
    try:
        codec = Codec(hint)
        codec.schema()
    except NOT_JSON:
        faults.add(
            "not-json",
            f"{what} is {type_text(hint)}, which has no JSON form",
            suggestion="Use plain types, pydantic models, dataclasses or typed dicts of such; connections and clients"
            " are resources.",
            where=where,
        )
        return Codec(Any)
    return codec


def inner_types(hint: Any) -> list[Any]:
    """Return a type and all types inside it, models' and dataclasses' fields included, each once."""
    found: list[Any] = []
    todo = [hint]
    while todo:
        inner = bare(todo.pop())
        if inner in found:
            continue
        found.append(inner)
        todo.extend(_inside(inner))
    return found


def _inside(hint: Any) -> Iterator[Any]:
    yield from (inner for inner in get_args(hint) if get_origin(hint) is not None and not isinstance(inner, str))
    if isinstance(hint, type) and BaseModel in hint.__mro__:
        yield from (info.annotation for info in cast("type[BaseModel]", hint).model_fields.values())
    elif isinstance(hint, type) and (is_dataclass(hint) or is_typeddict(hint)):
        yield from _hints(hint)


def _hints(hint: type) -> list[Any]:
    try:
        return list(get_type_hints(hint).values())
    except NameError:
        return [item.type for item in fields(hint)] if is_dataclass(hint) else []
