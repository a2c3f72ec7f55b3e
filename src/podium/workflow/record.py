"""The record of a machine, or the input of a workflow: one JSON text per field, and what a step changed in it."""

from collections.abc import Callable, Mapping
from functools import partial
from operator import itemgetter
from typing import Annotated, Any, Final, TypeAlias

from pydantic import BaseModel, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticSerializationError

from podium.errors import NotStorableError
from podium.workflow.codec import Codec, data_changed, differs, explain, same

Difference: TypeAlias = tuple[dict[str, str] | None, dict[str, str] | None]
"""Changes and appends, as of the core's `StepDone`."""

_ENDS: Final = frozenset({",", "}"})
"""What stands after the value of a field."""


class RecordCodec:
    """A model whose fields are stored one by one.

    A field's text is what the model's own serializers write for it, found by its position in the text of the whole,
    so that a step that changes nothing costs one encoding and one comparison.
    """

    __slots__ = ("_heads", "_parts", "_pick", "_read", "_template", "_write", "fields", "model", "whole")

    def __init__(self, model: type[BaseModel], fields: Mapping[str, Codec], whole: Codec) -> None:
        self.model = model
        self.fields = fields
        self.whole = whole
        self._heads = {name: len(f'{{"{name}":') for name in fields}
        self._template = "{" + ",".join(f'"{name}":%s' for name in fields) + "}"
        self._pick = itemgetter(*fields) if fields else _nothing
        self._read = model.__pydantic_validator__.validate_json
        self._write = _writer(model)
        self._parts = not _acts_as_a_whole(model)

    @classmethod
    def of(cls, model: type[BaseModel]) -> "RecordCodec":
        """Return the codec of a model whose fields all have a JSON form."""
        fields = {name: Codec(_field_type(info)) for name, info in model.model_fields.items()}
        return cls(model, fields, Codec(model))

    def decode(self, text: str, place: str) -> Any:
        """Return a new instance from what `text` gave.

        Raises:
            DataChangedError: It no longer fits; `place` says whose.
        """
        try:
            return self._read(text, by_alias=False, by_name=True)
        except ValidationError as error:
            raise data_changed(place, error) from error

    def from_outside(self, text: str) -> Any:
        """Return an instance from a text that a person or a client wrote; raise pydantic's `ValidationError`."""
        return self._read(text, by_alias=True, by_name=True)

    def text(self, values: Mapping[str, str]) -> str:
        """Return the JSON text of the whole record; a field without a text is left to its default."""
        try:
            return self._template % self._pick(values)
        except KeyError:
            return "{" + ",".join(f'"{name}":{values[name]}' for name in self.fields if name in values) + "}"

    def split(self, record: BaseModel) -> dict[str, str]:
        """Return the text of each field, unproven."""
        return {name: self._field(record, name) for name in self.fields}

    def store(self, record: BaseModel) -> dict[str, str]:
        """Return the text of each field of a record that reads back as the same.

        Raises:
            NotStorableError: A field does not; it is named.
        """
        texts = self.split(record)
        if not self._parts:
            return self._proven_whole(record, texts, tuple(texts))
        return {name: self._proven(name, text, getattr(record, name, None)) for name, text in texts.items()}

    def diff(self, record: BaseModel, before: Mapping[str, str], text: str) -> Difference:
        """Return what a step replaced, and what it added to the end of lists; None for nothing.

        Args:
            record: As the step left it.
            before: The texts of the fields that it began with.
            text: Those put together by `text`.

        Raises:
            NotStorableError: A changed field does not survive being written and read; it is named.
        """
        try:
            whole = str(self._write(record), "utf-8")
        except PydanticSerializationError:
            whole = ""  # which field it is, the walk finds out
        if whole == text:
            return None, None
        changed = self._changed(record, whole, before)
        if not self._parts:
            changed = self._proven_whole(record, {**before, **changed}, tuple(changed))
        changes: dict[str, str] = {}
        appends: dict[str, str] = {}
        for name, now in changed.items():
            if not self._is_reordered(record, name, now, before.get(name)):
                self._sort_out(record, name, now, before.get(name), changes=changes, appends=appends)
        return changes or None, appends or None

    # ----- finding what changed

    def _field(self, record: BaseModel, name: str) -> str:
        try:
            text = self._write(record, include={name})
        except PydanticSerializationError as error:
            raise NotStorableError(name, str(error)) from error
        return str(text, "utf-8")[self._heads[name] : -1]

    def _changed(self, record: BaseModel, whole: str, before: Mapping[str, str]) -> dict[str, str]:
        """Walk along the text of the whole: a field whose old text stands at its place has not changed.

        A JSON value can not be the beginning of another one that goes on with `,` or `}`, so the match is exact.
        """
        changed: dict[str, str] = {}
        at = 0
        for name, head in self._heads.items():
            at += head
            old = before.get(name)
            if old is not None and whole.startswith(old, at) and whole[at + len(old) : at + len(old) + 1] in _ENDS:
                at += len(old)
                continue
            now = changed[name] = self._field(record, name)
            at += len(now)
        return {name: text for name, text in changed.items() if text != before.get(name)}

    def _is_reordered(self, record: BaseModel, name: str, now: str, before: str | None) -> bool:
        """Claim that a field differs in nothing but the order in which its sets were written."""
        codec = self.fields[name]
        if not codec.is_unordered or before is None or len(before) != len(now):
            return False
        return same(codec.decode(before), getattr(record, name))

    def _sort_out(self, record: BaseModel, name: str, now: str, before: str | None, **found: dict[str, str]) -> None:
        """Prove one changed field, and put it under `changes` or `appends`."""
        added = _added(before, now)
        if added is not None and self._parts and self.fields[name].is_plain_list:
            items = f"[{added}]"
            if self._proven(name, items, None, is_final=False) == items:
                found["appends"][name] = added
                return
        if self._parts:
            now = self._proven(name, now, getattr(record, name, None))
            added = _added(before, now)
        if added is None:
            found["changes"][name] = now
        else:
            found["appends"][name] = added

    # ----- proving that it survives

    def _proven(self, name: str, text: str, value: Any, *, is_final: bool = True) -> str:
        """Return what the text of a field reads back as; raise where that is another value and this is final."""
        codec = self.fields[name]
        if codec.is_safe(value):
            return text
        try:
            back = codec.decode(text)
        except ValidationError as error:
            raise NotStorableError(name, explain(error)) from error
        again = codec.text_of(back)
        if is_final and again != text and not same(back, value):
            raise NotStorableError(name, differs(text, again))
        return again

    def _proven_whole(self, record: BaseModel, texts: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
        """Prove fields that can not be read without the model around them."""
        try:
            back = self._read(self.text(texts), by_alias=False, by_name=True)
        except ValidationError as error:
            raise NotStorableError(_culprit(error, names), explain(error)) from error
        again = self.split(back)
        for name, text in again.items():
            if text != texts.get(name) and not same(getattr(back, name), getattr(record, name, None)):
                raise NotStorableError(name, differs(texts.get(name, ""), text))
        return {name: again[name] for name in names}


def _field_type(info: FieldInfo) -> Any:
    """Return a field's type with its rules and its description; names and defaults are the model's business."""
    marks = list(info.metadata)
    if info.discriminator or info.title or info.description:
        marks.append(Field(discriminator=info.discriminator, title=info.title, description=info.description))
    return Annotated[(info.annotation, *marks)] if marks else info.annotation


def _writer(model: type[BaseModel]) -> Callable[..., bytes]:
    """Return the model's own way into JSON, with the options bound that are always the same."""
    write = model.__pydantic_serializer__.to_json
    if model.model_computed_fields:
        return partial(write, by_alias=False, warnings=False, exclude_computed_fields=True)
    return partial(write, by_alias=False, warnings=False)


def _nothing(_: object) -> tuple[()]:
    """Pick no value: a model without fields is still a record."""
    return ()


def _acts_as_a_whole(model: type[BaseModel]) -> bool:
    """Claim that a field can not be validated and written without the model around it."""
    made = model.__pydantic_decorators__
    whole = made.validators or made.field_validators or made.root_validators or made.model_validators
    return bool(
        whole or made.field_serializers or made.model_serializers or set(model.model_config) - {"extra", "title"}
    )


def _added(before: str | None, now: str) -> str | None:
    """Return the text of the items at the end of a list that were not there before; None where it is not so."""
    if before is None or before[0] != "[" or now[0] != "[" or len(now) <= len(before):
        return None
    if before == "[]":
        return now[1:-1]
    kept = len(before) - 1
    return now[kept + 1 : -1] if now[kept] == "," and now.startswith(before[:-1]) else None


def _culprit(error: ValidationError, names: tuple[str, ...]) -> str:
    place = error.errors(include_url=False, include_input=False, include_context=False)[0]["loc"]
    return str(place[0]) if place else ", ".join(names)
