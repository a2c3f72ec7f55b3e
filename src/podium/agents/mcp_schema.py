"""The JSON schema of a tool's arguments as parameters with types, so that it is a tool like any other.

A schema comes from outside. References are followed inside of it only, each so deep; what can not be followed admits
anything, and the server says what it thinks of it.
"""

import keyword
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no types of its own
from jsonschema.exceptions import SchemaError, best_match  # type: ignore[import-untyped]
from pydantic import AfterValidator, WithJsonSchema

_DEEP = 12
_SHOWN_MAX = 200
_DROPPED = frozenset(
    {
        "$anchor",
        "$defs",
        "$dynamicAnchor",
        "$dynamicRef",
        "$id",
        "$schema",
        "definitions",
        "pattern",
        "patternProperties",
    }
)
"""Words that have said what they have to say once references are followed, and regular expressions: somebody else wrote
them, and one can take for ever. The server checks them."""

_VALUES = frozenset({"const", "default", "enum", "examples", "required"})
_BY_NAME = frozenset({"dependentSchemas", "properties"})


@dataclass(frozen=True, slots=True)
class Field:
    """One argument.

    Attributes:
        name: As Python has it.
        sent_as: As the server calls it.
        type: What is checked of it before it is sent.
        is_required: It has to be there; one that may be left out is, where it is None.
    """

    name: str
    sent_as: str
    type: Any
    is_required: bool


def fields_of(schema: Mapping[str, Any]) -> Iterator[Field]:
    """Give the arguments of a tool, in the order of its schema.

    Raises:
        ValueError: It is no schema of an object.
    """
    whole = _inlined(dict(schema), schema, 0)
    properties = whole.get("properties", {})
    if whole.get("type", "object") != "object" or not isinstance(properties, dict):
        message = "its arguments are no object"
        raise ValueError(message)
    required, taken = set(whole.get("required", ())), set[str]()
    for sent_as, inner in properties.items():
        name = _python_name(sent_as)
        if name in taken:
            message = f"two of its arguments are called {name!r} in Python"
            raise ValueError(message)
        taken.add(name)
        yield Field(name, sent_as, typed(inner, or_none=sent_as not in required), sent_as in required)


def typed(schema: Any, *, or_none: bool = False) -> Any:
    """Return a type of the values that fit a schema, which says so to whoever asks for its JSON schema.

    Args:
        schema: Of a value; references are followed in itself.
        or_none: None fits too.

    Raises:
        ValueError: It is no JSON schema.
    """
    root = schema if isinstance(schema, dict) else {}
    whole = _inlined(root, root, 0)
    try:
        Draft202012Validator.check_schema(whole)
    except SchemaError as error:
        message = f"it has a schema that is none: {error.message[:_SHOWN_MAX]}"
        raise ValueError(message) from error
    validator = Draft202012Validator(whole)

    def check(value: Any) -> Any:
        wrong = None if or_none and value is None else best_match(validator.iter_errors(value))
        if wrong is not None:
            place = ".".join(map(str, wrong.absolute_path))
            raise ValueError(f"{place}: {wrong.message[:_SHOWN_MAX]}" if place else wrong.message[:_SHOWN_MAX])
        return value

    return Annotated[Any, AfterValidator(check), WithJsonSchema(whole)]


def _inlined(schema: Any, root: Mapping[str, Any], depth: int) -> Any:
    """Return a schema with what it refers to in its place; what is too deep, or elsewhere, is left open."""
    if isinstance(schema, list):
        return [_inlined(inner, root, depth) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        found = _found(str(schema["$ref"]), root) if depth < _DEEP else None
        return {} if found is None else _inlined(found, root, depth + 1)
    kept = {word: inner for word, inner in schema.items() if word not in _DROPPED}
    return {word: _below(word, inner, root, depth) for word, inner in kept.items()}


def _below(word: str, inner: Any, root: Mapping[str, Any], depth: int) -> Any:
    if word in _VALUES:
        return inner
    if word in _BY_NAME and isinstance(inner, dict):
        return {name: _inlined(one, root, depth) for name, one in inner.items()}
    return _inlined(inner, root, depth)


def _found(reference: str, root: Mapping[str, Any]) -> Any:
    """Return what `#/$defs/Name` leads to; None where it leads nowhere."""
    here: Any = root
    if not reference.startswith("#/"):
        return None
    for part in reference[2:].split("/"):
        here = here.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(here, dict) else None
    return here


def _python_name(name: str) -> str:
    cleaned = "".join(letter if f"_{letter}".isidentifier() else "_" for letter in name)
    if not cleaned.isidentifier():
        cleaned = f"_{cleaned}"
    return f"{cleaned}_" if keyword.iskeyword(cleaned) else cleaned
