"""The record of a machine, or the input of a workflow: one JSON text per field, and what a step changed in it."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticSerializationError

from podium.errors import NotStorableError
from podium.workflow.codec import Codec, data_changed, differs, explain, same


class RecordCodec:
    """A model whose fields are stored one by one.

    A field's text is what the model's own serializers write for it, found by its position in the text of the whole,
    so that a step that changes nothing costs one encoding and one comparison.
    """

    __slots__ = ("_computed", "_heads", "_keys", "_parts", "_read", "_write", "fields", "model", "whole")

    def __init__(self, model: type[BaseModel], fields: Mapping[str, Codec], whole: Codec) -> None:
        self.model = model
        self.fields = fields
        self.whole = whole
        self._keys = {name: f'"{name}":' for name in self.fields}
        self._heads = tuple(("," if at else "{") + key for at, key in enumerate(self._keys.values()))
        self._read = model.__pydantic_validator__.validate_json
        self._write = model.__pydantic_serializer__.to_json
        self._computed = bool(model.model_computed_fields)
        self._parts = not _acts_as_a_whole(model)

    @classmethod
    def of(cls, model: type[BaseModel]) -> "RecordCodec":
        """Return the codec of a model whose fields all have a JSON form."""
        fields = {name: Codec(Annotated[info.annotation, info]) for name, info in model.model_fields.items()}
        return cls(model, fields, Codec(model))

    def decode(self, values: Mapping[str, str], place: str) -> Any:
        """Return a new instance from the texts of its fields.

        Raises:
            DataChangedError: They no longer fit; `place` says whose.
        """
        try:
            return self._read(self.text(values), by_alias=False, by_name=True)
        except ValidationError as error:
            raise data_changed(place, error) from error

    def from_outside(self, text: str) -> Any:
        """Return an instance from a text that a person or a client wrote; raise pydantic's `ValidationError`."""
        return self._read(text, by_alias=True, by_name=True)

    def text(self, values: Mapping[str, str]) -> str:
        """Return the JSON text of the whole record; a field without a text is left to its default."""
        if len(values) == len(self._keys):
            try:
                return "".join([head + values[name] for head, name in zip(self._heads, self._keys, strict=True)]) + "}"
            except KeyError:
                pass  # a field was renamed: the model decides whether the rest is enough
        return "{" + ",".join([key + values[name] for name, key in self._keys.items() if name in values]) + "}"

    def split(self, record: BaseModel) -> dict[str, str]:
        """Return the text of each field, unproven."""
        return {name: self._field(record, name) for name in self.fields}

    def store(self, record: BaseModel) -> dict[str, str]:
        """Return the text of each field of a record that reads back as the same.

        Raises:
            NotStorableError: A field does not; it is named.
        """
        texts = self.split(record)
        return self._proven(record, texts, tuple(texts), before={})

    def diff(self, record: BaseModel, before: Mapping[str, str]) -> tuple[dict[str, str] | None, dict[str, str] | None]:
        """Return what a step replaced, and what it added to the end of lists; None for nothing.

        Raises:
            NotStorableError: A changed field does not survive being written and read; it is named.
        """
        whole = self._whole(record)
        if whole == self.text(before):
            return None, None
        changed = self._changed(record, whole, before)
        changes, appends = self._sorted_out(record, changed, before)
        return changes or None, appends or None

    # ----- finding what changed

    def _whole(self, record: BaseModel) -> str:
        try:
            if self._computed:
                text = self._write(record, by_alias=False, warnings=False, exclude_computed_fields=True)
            else:
                text = self._write(record, by_alias=False, warnings=False)
        except PydanticSerializationError:
            return ""  # which field it is, the walk finds out
        return str(text, "utf-8")

    def _field(self, record: BaseModel, name: str) -> str:
        try:
            text = self._write(record, by_alias=False, warnings=False, include={name}, exclude_computed_fields=True)
        except PydanticSerializationError as error:
            raise NotStorableError(name, str(error)) from error
        if len(text) < len(self._keys[name]) + 2:
            raise NotStorableError(name, "the model leaves it out of its JSON form")
        return str(text[len(self._keys[name].encode()) + 1 : -1], "utf-8")

    def _changed(self, record: BaseModel, whole: str, before: Mapping[str, str]) -> dict[str, str]:
        """Walk along the text of the whole: a field whose old text stands at its place has not changed.

        A JSON value can not be the beginning of another one that goes on with `,` or `}`, so the match is exact.
        """
        changed: dict[str, str] = {}
        at, last = 0, len(self._heads) - 1
        for index, (name, head) in enumerate(zip(self._keys, self._heads, strict=True)):
            old = before.get(name)
            end = at + len(head) + (0 if old is None else len(old))
            if (
                old is not None
                and whole.startswith(head + old, at)
                and whole[end : end + 1] == ("," if index < last else "}")
            ):
                at = end
                continue
            changed[name] = self._field(record, name)
            at += len(head) + len(changed[name])
        return {name: text for name, text in changed.items() if text != before.get(name)}

    # ----- proving that it survives

    def _sorted_out(
        self, record: BaseModel, changed: Mapping[str, str], before: Mapping[str, str]
    ) -> tuple[dict[str, str], dict[str, str]]:
        changes: dict[str, str] = {}
        appends: dict[str, str] = {}
        for name, text in self._proven(record, changed, tuple(changed), before=before).items():
            added = _added(before.get(name), text)
            if added is None:
                changes[name] = text
            else:
                appends[name] = added
        return changes, appends

    def _proven(
        self, record: BaseModel, texts: Mapping[str, str], names: tuple[str, ...], *, before: Mapping[str, str]
    ) -> dict[str, str]:
        if not self._parts:
            return self._proven_whole(record, {**before, **texts}, names)
        return {name: self._proven_field(name, texts[name], getattr(record, name, None)) for name in names}

    def _proven_field(self, name: str, text: str, value: Any) -> str:
        codec = self.fields[name]
        try:
            back = codec.decode(text)
        except ValidationError as error:
            raise NotStorableError(name, explain(error)) from error
        again = codec.text_of(back)
        if again != text and not same(back, value):
            raise NotStorableError(name, differs(text, again))
        return again

    def _proven_whole(self, record: BaseModel, texts: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
        try:
            back = self._read(self.text(texts), by_alias=False, by_name=True)
        except ValidationError as error:
            raise NotStorableError(_culprit(error, names), explain(error)) from error
        again = self.split(back)
        for name, text in again.items():
            if text != texts.get(name) and not same(getattr(back, name), getattr(record, name, None)):
                raise NotStorableError(name, differs(texts.get(name, ""), text))
        return {name: again[name] for name in names}


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
