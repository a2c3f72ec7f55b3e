"""Values as JSON text and back, by their declared type, and the proof that a value survives the way.

Everything that can be made once is made here when a workflow is compiled: a decode or encode is one call into
pydantic's compiled core.
"""

from collections.abc import Mapping
from typing import Annotated, Any, cast, get_args, get_origin

from pydantic import BaseModel, Field, PydanticSchemaGenerationError, PydanticUserError, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticSerializationError, to_json
from typing_extensions import TypedDict

from podium.errors import DataChangedError, InvalidAnswerError, InvalidInputError, NotStorableError
from podium.graph.nodes import JsonSchema
from podium.workflow.annotations import inner_types, members

_SAFE = (str, int, bool, type(None))
"""Types whose values, when exactly of that type and once written, always survive."""

NOT_JSON = (PydanticSchemaGenerationError, PydanticUserError)
"""What pydantic raises where a type has no JSON form."""


class Codec:
    """One declared type: decode, encode, and check that what is encoded reads back as the same."""

    __slots__ = ("_read", "_safe", "_write", "adapter", "is_plain_list", "is_unordered", "type")

    def __init__(self, declared: Any) -> None:
        self.type = declared
        self.adapter: TypeAdapter[Any] = TypeAdapter(declared)
        self._read = self.adapter.validator.validate_json
        self._write = self.adapter.serializer.to_json
        self._safe = _safe_type(declared)
        self.is_unordered = any((get_origin(kind) or kind) in (set, frozenset) for kind in inner_types(declared))
        self.is_plain_list = _is_plain_list(declared)

    def is_safe(self, value: Any) -> bool:
        """Claim that a value survives by its type alone."""
        return type(value) is self._safe

    def decode(self, text: str) -> Any:
        """Return the value that `text` stands for; raise pydantic's `ValidationError` where it does not fit."""
        return self._read(text, by_alias=False, by_name=True)

    def stored(self, text: str, place: str) -> Any:
        """Return the value of a stored text.

        Raises:
            DataChangedError: It no longer fits the declared type; `place` says whose.
        """
        try:
            return self._read(text, by_alias=False, by_name=True)
        except ValidationError as error:
            raise data_changed(place, error) from error

    def encode(self, value: Any, place: str) -> str:
        """Return the text of a value that reads back as the same.

        Raises:
            NotStorableError: It does not; `place` names it.
        """
        text = self._text(value, place)
        if type(value) is self._safe:
            return text
        return self._proven(text, value, place)

    def from_outside(self, text: str) -> str:
        """Return the stored form of a text that a person or a client wrote; raise pydantic's `ValidationError`."""
        value = self._read(text, by_alias=True, by_name=True)
        return str(self._write(value, by_alias=False), "utf-8")

    def schema(self) -> JsonSchema:
        """Return the JSON schema of the stored form."""
        return cast("JsonSchema", self.adapter.json_schema(by_alias=False))

    def text_of(self, value: Any) -> str:
        """Return the text of a value that was decoded here."""
        return str(self._write(value, by_alias=False, warnings=False), "utf-8")

    def _text(self, value: Any, place: str) -> str:
        try:
            return self.text_of(value)
        except (PydanticSerializationError, UnicodeError) as error:
            raise NotStorableError(place, str(error)) from error

    def _proven(self, text: str, value: Any, place: str) -> str:
        try:
            back = self._read(text, by_alias=False, by_name=True)
        except ValidationError as error:
            raise NotStorableError(place, explain(error)) from error
        again = self._text(back, place)
        if again != text and not same(back, value):
            raise NotStorableError(place, differs(text, again))
        return again


def arguments_codec(name: str, parameters: Mapping[str, Any]) -> Codec:
    """Return the codec of a dict with exactly these keys, each of its type."""
    return Codec(TypedDict(name, dict(parameters)))  # type: ignore[operator]  # made from what the author declared


def reads_as(codec: Codec, value: Any) -> str:
    """Return the stored form of a value that came as JSON from outside; raise pydantic's `ValidationError`."""
    return codec.from_outside(str(to_json(value, inf_nan_mode="constants"), "utf-8"))


def answer_type(hint: Any) -> Any:
    """Return the type to decode an answer with: models that carry a `choice` are told apart by it and nothing else."""
    kinds = members(hint)
    if len(kinds) > 1 and all(_has_choice(kind) for kind in kinds):
        return Annotated[hint, Field(discriminator="choice")]
    return hint


def explain(error: ValidationError) -> str:
    """Return what is wrong with a value, in one line, without the value itself."""
    parts = []
    for found in error.errors(include_url=False, include_input=False, include_context=False):
        place = ".".join(map(str, found["loc"]))
        parts.append(f"{place}: {found['msg']}" if place else found["msg"])
    return "; ".join(parts)


def data_changed(place: str, error: ValidationError) -> DataChangedError:
    """Return the error of a stored text that does not fit."""
    return DataChangedError(f"{place}: a stored value does not fit its declared type: {explain(error)}")


def invalid_answer(name: str, error: ValidationError) -> InvalidAnswerError:
    """Return the error of something that a person gave for a step or tool."""
    return InvalidAnswerError(f"what was given for {name} does not fit: {explain(error)}")


def invalid_input(name: str, detail: str) -> InvalidInputError:
    """Return the error of an input that a workflow can not take."""
    return InvalidInputError(f"the input of {name} does not fit: {detail}")


def differs(text: str, again: str) -> str:
    """Return where two texts part."""
    at = next(
        (index for index, (a, b) in enumerate(zip(text, again, strict=False)) if a != b), min(len(text), len(again))
    )
    start = max(0, at - 20)
    return f"it reads back as another value: …{text[start : at + 20]}… becomes …{again[start : at + 20]}…"


def fits(text: str, hint: Any) -> bool:
    """Claim that a stored text is a value of a type."""
    try:
        Codec(hint).decode(text)
    except ValidationError:
        return False
    return True


def same(back: Any, value: Any) -> bool:
    """Claim that two values are equal, by type and content (a set may be written in another order)."""
    return type(back) is type(value) and bool(back == value)


def _safe_type(declared: Any) -> type | None:
    """Return the one class whose values survive whatever they are; None where that depends on the value."""
    plain = _undescribed(declared)
    return plain if plain in _SAFE else None


def _is_plain_list(declared: Any) -> bool:
    """Claim that a list's items are all that is checked of it, so that items added to it can be checked alone."""
    return (get_origin(_undescribed(declared)) or _undescribed(declared)) is list


def _undescribed(declared: Any) -> Any:
    """Return a type without its field's description, where that adds no rule; None where it does."""
    if get_origin(declared) is not Annotated:
        return declared
    inner, *marks = get_args(declared)
    rules = (mark for mark in marks if not isinstance(mark, FieldInfo) or mark.metadata or mark.discriminator)
    return None if any(True for _ in rules) else inner


def _has_choice(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel) and "choice" in kind.model_fields
