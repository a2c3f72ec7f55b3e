"""Questions about annotations, answered without values: what admits None, what can not possibly fit."""

import types
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from typing import Annotated, Any, Literal, NewType, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from typing_extensions import is_typeddict

_UNIONS = (Union, types.UnionType)
_SCALARS = (bool, int, float, str, type(None))
_WIDER: Mapping[type, tuple[type, ...]] = {bool: (int, float), int: (float,)}


def bare(hint: Any) -> Any:
    """Return a type without what only describes it: `Annotated`, `NewType`, the names of aliases."""
    while True:
        if get_origin(hint) is Annotated:
            hint = get_args(hint)[0]
        elif isinstance(hint, NewType):
            hint = hint.__supertype__
        elif type(hint).__name__ == "TypeAliasType":
            hint = hint.__value__
        else:
            return type(None) if hint is None else hint


def members(hint: Any) -> tuple[Any, ...]:
    """Return the members of a union, flat and bare; a type that is none is its only member."""
    hint = bare(hint)
    if get_origin(hint) not in _UNIONS:
        return (hint,)
    return tuple(inner for member in get_args(hint) for inner in members(member))


def admits_none(hint: Any) -> bool:
    """Claim that a type says in so many words that None may stand there."""
    return type(None) in members(hint) or None in literals(hint)


def without_none(hint: Any) -> Any:
    """Return the other member of an optional type; other types as they are."""
    others = tuple(member for member in members(hint) if member is not type(None))
    return others[0] if len(others) == 1 else hint


def is_open(hint: Any) -> bool:
    """Claim that any JSON object is a value of the type."""
    return any(kind in (Any, object) or _class(kind) is dict for kind in members(hint))


def literals(hint: Any) -> tuple[Any, ...]:
    """Return the values of the literal types in a type."""
    return tuple(value for member in members(hint) if get_origin(member) is Literal for value in get_args(member))


def item_type(hint: Any) -> Any:
    """Return the type of the items of a list-like type; Any where it can not be told, None where it is no list."""
    hint = without_none(hint)
    origin = get_origin(hint) or hint
    if origin in (Any, object) or isinstance(origin, TypeVar) or get_origin(bare(hint)) in _UNIONS:
        return Any
    if not _is_list(origin):
        return None
    inside = get_args(bare(hint))
    if isinstance(origin, type) and issubclass(origin, tuple) and not (len(inside) == 2 and inside[1] is ...):  # noqa: PLR2004
        return Any
    return inside[0] if inside else Any


def is_wrong(source: Any, target: Any) -> bool:
    """Claim that no value of type `source` can stand where `target` is wanted.

    What can not be proven is not claimed: a value is validated anyway when it arrives.
    """
    wanted = members(target)
    return all(all(_clash(given, want) for want in wanted) for given in members(source))


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


def type_text(hint: Any) -> str:
    """Return a type as an author would write it."""
    if isinstance(hint, type) and not get_args(hint):
        return "None" if hint is type(None) else hint.__qualname__.rpartition("<locals>.")[2]
    return str(hint).replace("typing.", "").replace("NoneType", "None")


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


def _clash(source: Any, target: Any) -> bool:
    if get_origin(source) is Literal or get_origin(target) is Literal:
        return _literal_clash(source, target)
    from_class, to_class = _class(source), _class(target)
    if not isinstance(from_class, type) or not isinstance(to_class, type) or object in (from_class, to_class):
        return False
    if _is_list(from_class) and _is_list(to_class):
        return _inner_clash(source, target)
    if issubclass(from_class, to_class) or issubclass(to_class, from_class):
        return to_class is bool and from_class is int
    return _kinds_clash(from_class, to_class)


def _class(hint: Any) -> Any:
    """Return the class behind a type; typed dicts allow no questions about subclasses, so `dict` stands for them."""
    origin = get_origin(hint) or hint
    return dict if is_typeddict(origin) else origin


def _kinds_clash(source: type, target: type) -> bool:
    """Claim it for two classes neither of which is the other's subclass."""
    given, wanted = _kind(source), _kind(target)
    if given is None or wanted is None or target in _WIDER.get(source, ()):
        return False
    return given != wanted or not (_is_mapping(source) or _is_mapping(target))


def _literal_clash(source: Any, target: Any) -> bool:
    if get_origin(source) is not Literal:
        kinds = {type(value) for value in get_args(target)}
        return all(_clash(source, kind) for kind in kinds)
    if get_origin(target) is Literal:
        return not set(get_args(source)) & set(get_args(target))
    return all(_clash(type(value), target) for value in get_args(source))


def _inner_clash(source: Any, target: Any) -> bool:
    given, wanted = item_type(source), item_type(target)
    return given is not None and wanted is not None and is_wrong(given, wanted)


def _kind(cls: type) -> str | None:
    """Return a word for what a class certainly is as JSON; None where a string or number may stand for it."""
    if cls in _SCALARS:
        return cls.__name__
    if issubclass(cls, BaseModel) or is_dataclass(cls) or _is_mapping(cls):
        return "object"
    return "array" if _is_list(cls) else None


def _is_list(cls: Any) -> bool:
    return (
        isinstance(cls, type)
        and issubclass(cls, Sequence | AbstractSet)
        and not issubclass(cls, str | bytes | bytearray)
    )


def _is_mapping(cls: type) -> bool:
    return issubclass(cls, Mapping)
