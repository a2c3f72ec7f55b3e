"""The schema of an MCP tool becomes parameters, whatever its words, and what does not fit is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from podium.agents.mcp_schema import Field, fields_of, typed


def fields(properties: dict[str, Any], **more: Any) -> dict[str, Field]:
    return {field.sent_as: field for field in fields_of({"type": "object", "properties": properties, **more})}


def fits(hint: Any, value: Any) -> bool:
    try:
        TypeAdapter(hint).validate_python(value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    ("sent_as", "name"),
    [("max-results", "max_results"), ("from", "from_"), ("2nd", "_2nd"), ("größe", "größe"), ("", "_")],
)
def test_argument_has_a_name_that_python_can_write(sent_as: str, name: str) -> None:
    assert fields({sent_as: {}})[sent_as].name == name
    assert name.isidentifier()


@given(st.dictionaries(st.text(), st.just({}), max_size=4))
def test_any_names_make_identifiers_or_are_refused(properties: dict[str, Any]) -> None:
    try:
        made = fields(properties)
    except ValueError as error:
        assert "are called" in str(error)  # noqa: PT017  # either is right
        return
    assert len({field.name for field in made.values()}) == len(properties)
    assert all(field.name.isidentifier() for field in made.values())


def test_argument_that_may_be_left_out_may_be_none() -> None:
    made = fields({"a": {"type": "integer"}, "b": {"type": "integer"}}, required=["a"])
    assert (made["a"].is_required, made["b"].is_required) == (True, False)
    assert not fits(made["a"].type, None)
    assert fits(made["b"].type, None)
    assert not fits(made["b"].type, "many")


def test_argument_may_be_called_like_a_word_of_the_schema() -> None:
    made = fields({"pattern": {"type": "string"}, "definitions": {"type": "integer"}})
    assert fits(made["pattern"].type, "x")
    assert not fits(made["pattern"].type, 5)
    assert not fits(made["definitions"].type, "x")


def test_references_are_followed_and_what_contains_itself_is_cut_off() -> None:
    tree = {"type": "object", "properties": {"left": {"$ref": "#/$defs/Tree"}, "n": {"$ref": "#/$defs/N"}}}
    made = fields({"tree": {"$ref": "#/$defs/Tree"}}, **{"$defs": {"Tree": tree, "N": {"type": "integer"}}})
    assert fits(made["tree"].type, {"left": {"left": {"n": 1}}})
    assert not fits(made["tree"].type, {"left": {"left": {"n": "one"}}})


@pytest.mark.parametrize(
    "reference", ["https://example.com/schema", "#/nowhere", "#/$defs/None/x", "file:///etc/passwd"]
)
def test_reference_to_elsewhere_is_never_fetched_and_admits_anything(reference: str) -> None:
    assert fits(fields({"a": {"$ref": reference}})["a"].type, {"any": ["thing"]})


def test_regular_expressions_of_somebody_else_are_not_run() -> None:
    made = fields({"a": {"type": "string", "pattern": "(a+)+$"}})
    assert fits(made["a"].type, "a" * 40 + "!")


def test_schema_of_an_argument_is_what_a_model_is_shown() -> None:
    schema = {"type": "string", "enum": ["a", "b"], "description": "Which."}
    hint: Any = fields({"a": schema})["a"].type
    assert TypeAdapter(hint).json_schema() == schema


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array"},
        {"type": "object", "properties": []},
        {"type": "object", "properties": {"a": {"type": "no such type"}}},
        {"type": "object", "properties": {"a-b": {}, "a_b": {}}},
    ],
)
def test_schema_of_which_no_parameters_can_be_made_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="it has|its arguments|two of"):
        list(fields_of(schema))


def test_what_does_not_fit_is_said_with_its_place_and_in_few_words() -> None:
    hint = typed({"type": "object", "properties": {"a": {"items": {"type": "integer"}}}})
    with pytest.raises(ValidationError, match=r"a\.1: 'xx*' is not of type 'integer'|a\.1: 'x") as wrong:
        TypeAdapter(hint).validate_python({"a": [1, "x" * 5_000]})
    assert len(wrong.value.errors()[0]["msg"]) < 300
