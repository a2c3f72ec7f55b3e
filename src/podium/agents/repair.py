"""Mends JSON that a model wrote badly, without asking it again; what was cut off is not made up.

A comma too many, quotes of the wrong kind, a fence around it, brackets that were not closed at the very end: all of it
says the same as before. Where the text ends inside a value, something is missing that nobody knows.
"""

import json
from dataclasses import replace
from typing import Any

import json_repair
from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart

_OPEN, _CLOSED = "{[", "}]"


def repaired(response: ModelResponse, *, is_text_json: bool) -> tuple[ModelResponse, list[str]]:
    """Return an answer with what can be mended mended, and what that was.

    Args:
        response: The answer.
        is_text_json: Its text is to be JSON, too, beside the arguments of calls.
    """
    parts: list[Any] = []
    repairs: list[str] = []
    for part in response.parts:
        mended = _mended(part, is_text_json=is_text_json)
        if mended is not None:
            repairs.append(f"mended JSON of {_called(part)}")
        parts.append(mended or part)
    return (replace(response, parts=parts), repairs) if repairs else (response, [])


def mend(text: str) -> str | None:
    """Return JSON that says what `text` does; None where it is JSON already, or can not be mended."""
    try:
        json.loads(text)
    except ValueError:
        pass
    else:
        return None
    body = _body(text)
    if not body or _is_cut(body):
        return None
    found = json_repair.loads(body)
    return json.dumps(found, ensure_ascii=False) if isinstance(found, dict | list) and found else None


def _mended(part: Any, *, is_text_json: bool) -> Any:
    if isinstance(part, ToolCallPart) and isinstance(part.args, str) and part.args:
        text = mend(part.args)
        return None if text is None else replace(part, args=text)
    if isinstance(part, TextPart) and is_text_json:
        text = mend(part.content)
        return None if text is None else replace(part, content=text)
    return None


def _called(part: Any) -> str:
    return str(part.tool_name) if isinstance(part, ToolCallPart) else "the text"


def _body(text: str) -> str:
    """Return the text from its first bracket on, without what comes after a fence."""
    at = min((found for found in map(text.find, _OPEN) if found >= 0), default=-1)
    return "" if at < 0 else text[at:].partition("```")[0].rstrip()


def _is_cut(body: str) -> bool:
    """Claim that the text ends inside a value, or where one would come: then something is missing."""
    scan = _Scan()
    for char in body:
        scan.take(char)
    return scan.in_text or (bool(scan.open) and not scan.has_value)


class _Scan:
    """Where in a JSON text one is, as far as its brackets and double quotes say.

    Attributes:
        open: The brackets that are not closed.
        in_text: Between double quotes.
        has_value: What was read last is a whole value.
    """

    def __init__(self) -> None:
        self.open: list[str] = []
        self.in_text = self.has_value = self._is_escaped = False
        self._before = ""

    def take(self, char: str) -> None:
        """Read on."""
        if self.in_text:
            self.in_text = self._is_escaped or char != '"'
            self._is_escaped = not self._is_escaped and char == "\\"
            self.has_value = not self.in_text and (self._before == ":" or self.open[-1:] == ["["])
        elif char == '"':
            self.in_text, self.has_value = True, False
        elif not char.isspace():
            self._outside(char)

    def _outside(self, char: str) -> None:
        if char in _OPEN:
            self.open.append(char)
        elif char in _CLOSED and self.open:
            self.open.pop()
        self.has_value = char in _CLOSED
        self._before = char
