"""The input of a run from the words of a command: `-i '{json}'`, `-i @file`, `-i -`, `field=value` each, or a text."""

import json
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from podium.errors import InvalidAnswerError, InvalidInputError
from podium.workflow.sentence import sentence_input
from podium.workflow.workflow import Workflow


def given(workflow: Workflow[Any, Any], text: str | None, words: Sequence[str]) -> dict[str, str]:
    """Return a run's input, as texts by field.

    Raises:
        InvalidInputError: It can not be read, or does not fit the workflow; the message says where.
    """
    if text is None:
        return workflow.parse_input(_sentence(workflow, words) or _of_words(workflow, words))
    if words:
        message = f"give the input with -i or as field=value, not both (there is {words[0]!r})"
        raise InvalidInputError(message)
    return workflow.parse_input(read(text))


def read(text: str) -> str:
    """Return what `-i` names: a file's content after `@`, standard input for `-`, otherwise the text itself.

    Raises:
        InvalidInputError: The file can not be read.
    """
    if text == "-":
        return sys.stdin.read()
    if not text.startswith("@"):
        return text
    try:
        return Path(text[1:]).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"the input file {text[1:]} can not be read: {error}"
        raise InvalidInputError(message) from error


def _sentence(workflow: Workflow[Any, Any], words: Sequence[str]) -> str | None:
    """Return the input as JSON where all that is said is one text, and the workflow takes one; None otherwise."""
    if len(words) != 1 or words[0].partition("=")[0] in workflow.asked.fields:
        return None
    is_field = "=" in words[0] and words[0].partition("=")[0].isidentifier()
    return None if is_field and workflow.wanted is not str else sentence_input(workflow, words[0])


def _of_words(workflow: Workflow[Any, Any], words: Sequence[str]) -> str:
    values: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            message = f"{word!r} is not field=value; {_fields(workflow)}"
            raise InvalidInputError(message)
        if name in values:
            message = f"the field {name!r} is given twice"
            raise InvalidInputError(message)
        values[name] = _value(workflow, name, value)
    return json.dumps(values)


def _value(workflow: Workflow[Any, Any], name: str, text: str) -> Any:
    """Return what a word means: JSON where it is JSON that fits the field, otherwise the text as it is."""
    codec = workflow.asked.fields.get(name)
    if codec is None:
        near = get_close_matches(name, workflow.asked.fields, n=1)
        hint = f"did you mean {near[0]}?" if near else _fields(workflow)
        message = f"{workflow.name} has no field {name!r}; {hint}"
        raise InvalidInputError(message)
    try:
        codec.decode(text)
        return json.loads(text)
    except (ValidationError, ValueError):
        return text


def _fields(workflow: Workflow[Any, Any]) -> str:
    names = ", ".join(workflow.asked.fields)
    return f"{workflow.name} takes {names}" if names else f"{workflow.name} takes no input"


def json_given(text: str) -> str:
    """Return the JSON text that a word names, as `read` does.

    Raises:
        InvalidAnswerError: It is no JSON.
    """
    found = read(text)
    try:
        json.loads(found)
    except ValueError as error:
        message = f"this is no JSON ({error}): {found[:80]}; a text needs its quotes: '\"like this\"'"
        raise InvalidAnswerError(message) from error
    return found
