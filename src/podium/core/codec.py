"""Events as rows, `(kind, path, at, body)`, and back: the one form in which a journal is stored and exported.

`kind` is the name of the event's class. `body` is a compact JSON object of the remaining fields, defaults left out.
Texts that are JSON stay JSON *strings*, so that an author's bytes come back as they were. A body is data: it is
checked against the fields that the class declares, and nothing in it is executed or looked up.
"""

from collections.abc import Callable
from dataclasses import MISSING, fields
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias, get_args

from pydantic_core import PydanticSerializationError, SchemaValidator, ValidationError, core_schema, from_json, to_json

from podium.core.events import CORE_VERSION, Event
from podium.core.upcast import UPCASTERS
from podium.errors import DamagedError, UnknownEventError
from podium.failure import Failure, FailureKind

Row: TypeAlias = tuple[str, str, int, str]
"""An event's kind, its path ("" where it concerns the whole run), its time and its body."""


class _Form(NamedTuple):
    """How a class of events is stored: what makes one, whether it has a path, the fields of its body with defaults."""

    make: Callable[..., Event]
    has_path: bool
    body: tuple[tuple[str, object], ...]


def _form(cls: type[Event]) -> _Form:
    body = tuple((field.name, field.default) for field in fields(cls) if field.name not in {"at", "path"})
    return _Form(cls, "path" in cls.__annotations__, body)


_CLASSES: MappingProxyType[str, type[Event]] = MappingProxyType({cls.__name__: cls for cls in get_args(Event)})
_FORMS = MappingProxyType({kind: _form(cls) for kind, cls in _CLASSES.items()})


def encode(event: Event) -> Row:
    r"""Return an event as a row.

    A lone surrogate, for which UTF-8 has no bytes, becomes its escape (`\udc80` as six characters). It can only come
    from a text for people, such as an error's message: texts that are JSON hold none.
    """
    kind = event.__class__.__name__
    form = _FORMS[kind]
    given = {}
    for name, default in form.body:
        value = getattr(event, name)
        if value != default:
            given[name] = value
    return kind, event.path if form.has_path else "", event.at, to_text(given)  # type: ignore[union-attr]  # it has one


def decode(kind: str, path: str, at: int, body: str) -> Event:
    """Return the event that a row holds.

    Raises:
        UnknownEventError: No class of events has this name, or a later version of the core wrote it.
        DamagedError: The body is not JSON, or not the fields of that class. Whoever reads the row adds which it is.
    """
    form = _FORMS.get(kind)
    if form is None:
        raise _unknown(kind)
    place = {"path": path} if form.has_path else {}
    plain = _body(kind, body)
    if plain.get("core", CORE_VERSION) > CORE_VERSION:
        raise _later(kind, plain["core"])
    return form.make(at=at, **place, **plain)


def read_failure(text: str) -> Failure:
    """Return the failure that a JSON object holds; raise ValueError where it holds none."""
    failure: Failure = SchemaValidator(_FAILURE).validate_json(text)
    return failure


def to_text(plain: Any) -> str:
    """Return a value as JSON text, with lone surrogates escaped (see `encode`)."""
    try:
        return to_json(plain).decode()
    except PydanticSerializationError:
        return to_json(_legible(plain)).decode()


def legible(text: str) -> str:
    """Return `text` with lone surrogates escaped, so that it can be stored as UTF-8."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _legible(value: Any) -> Any:
    """Make every text inside a value legible."""
    match value:
        case str():
            return legible(value)
        case dict():
            return {legible(name): _legible(inner) for name, inner in value.items()}
        case Failure():
            return {field.name: _legible(getattr(value, field.name)) for field in fields(value)}
        case tuple() | list():
            return [_legible(inner) for inner in value]
        case _:
            return value


def _body(kind: str, body: str) -> dict[str, Any]:
    """Return the fields that a body holds, those of an older core as they are called now."""
    try:
        plain: dict[str, Any] = _validator(kind).validate_json(body)
    except ValidationError as error:
        older = _upcast(kind, body)
        if older is None:
            raise _damaged(kind, error) from error
        return older
    return plain


def _upcast(kind: str, body: str) -> dict[str, Any] | None:
    """Read a body that an older core wrote; None where none did."""
    if kind not in UPCASTERS:
        return None
    try:
        found: dict[str, Any] = _validator(kind).validate_python(UPCASTERS[kind](from_json(body)))
    except ValueError:  # as it is damaged, it is reported as what it should be now
        return None
    return found


def _later(kind: str, core: int) -> UnknownEventError:
    return UnknownEventError(f"the {kind} is of core {core}, and this is {CORE_VERSION}: a later Podium wrote the run")


def _unknown(kind: str) -> UnknownEventError:
    return UnknownEventError(f"no event is called {kind!r}: the journal was written by another version of Podium")


def _damaged(kind: str, error: ValidationError) -> DamagedError:
    """Say what is wrong without showing the value, which may be long or secret."""
    story = "; ".join(
        f"{'.'.join(str(part) for part in fault['loc']) or 'all of it'}: {fault['msg']}"
        for fault in error.errors(include_input=False, include_url=False)
    )
    return DamagedError(f"the body of a {kind} can not be read: {story}")


@cache
def _validator(kind: str) -> SchemaValidator:
    """Return what turns a body into the fields of an event; made when the first of its kind is read."""
    declared = {
        field.name: core_schema.typed_dict_field(_TYPES[field.type], required=field.default is MISSING)
        for field in fields(_CLASSES[kind])
        if field.name not in {"at", "path"}
    }
    return SchemaValidator(core_schema.typed_dict_schema(declared, extra_behavior="forbid"))


def _failure(causes: core_schema.CoreSchema) -> core_schema.CoreSchema:
    texts = core_schema.tuple_variable_schema(_TEXT)
    types = {
        "kind": core_schema.enum_schema(FailureKind, list(FailureKind), sub_type="str"),
        "types": texts,
        "retry_at": core_schema.nullable_schema(core_schema.int_schema(strict=True)),
        "causes": causes,
    }
    declared = [
        core_schema.dataclass_field(field.name, _optional(types.get(field.name, _TEXT), field.default), kw_only=True)
        for field in fields(Failure)
    ]
    names = [field.name for field in fields(Failure)]
    arguments = core_schema.dataclass_args_schema(Failure.__name__, declared, extra_behavior="forbid")
    return core_schema.dataclass_schema(Failure, arguments, names, slots=True, frozen=True)


def _optional(schema: core_schema.CoreSchema, default: object) -> core_schema.CoreSchema:
    return schema if default is MISSING else core_schema.with_default_schema(schema, default=default)


_TEXT = core_schema.str_schema(strict=True)
_TEXTS = core_schema.dict_schema(_TEXT, _TEXT)
_LISTS = core_schema.dict_schema(_TEXT, core_schema.tuple_variable_schema(_TEXT))
_NONE = core_schema.tuple_variable_schema(_TEXT, max_length=0)
_FAILURE = _failure(core_schema.tuple_variable_schema(_failure(_NONE)))
_TYPES: MappingProxyType[object, core_schema.CoreSchema] = MappingProxyType(
    {
        str: _TEXT,
        str | None: core_schema.nullable_schema(_TEXT),
        int: core_schema.int_schema(strict=True),
        int | None: core_schema.nullable_schema(core_schema.int_schema(strict=True)),
        bool: core_schema.bool_schema(strict=True),
        tuple[str, ...]: core_schema.tuple_variable_schema(_TEXT),
        dict[str, str]: _TEXTS,
        dict[str, str] | None: core_schema.nullable_schema(_TEXTS),
        dict[str, tuple[str, ...]] | None: core_schema.nullable_schema(_LISTS),
        Failure: _FAILURE,
        Failure | None: core_schema.nullable_schema(_FAILURE),
        tuple[Failure, ...]: core_schema.tuple_variable_schema(_FAILURE),
    }
)
"""What the types of fields mean in a body. A type that is not here fails the first time an event with it is read."""
