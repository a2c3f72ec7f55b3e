"""Conversations as JSON: kept without what is at its default, told apart without what differs each time."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic_ai.messages import (
    ModelMessage,
    ModelMessagesTypeAdapter,
    ModelRequest,
    ModelResponse,
    RetryFeedbackPart,
    ToolCallPart,
    ToolReturnPart,
)
from pydantic_core import to_json

from podium.agents.record import Message

_DIGITS = 32
_VOLATILE = frozenset({"timestamp", "run_id", "conversation_id"})
"""What differs between two entries of a step though nothing was said differently."""


def load(stored: Sequence[Message]) -> list[ModelMessage]:
    """Return the messages that `dump` wrote."""
    return ModelMessagesTypeAdapter.validate_python(list(stored))


def dump(messages: Sequence[ModelMessage]) -> list[Message]:
    """Return messages as JSON."""
    written = ModelMessagesTypeAdapter.dump_python(list(messages), mode="json")
    return [_lean(message) for message in written]


def _lean(message: dict[str, Any]) -> Message:
    """Drop what is None, and counts of tokens that are zero: reading gives them back."""
    parts = [
        {name: value for name, value in part.items() if value is not None or name == "content"}
        for part in message["parts"]
    ]
    lean = {name: value for name, value in message.items() if value is not None}
    if "usage" in lean:
        lean["usage"] = {name: value for name, value in lean["usage"].items() if value}
    return {**lean, "parts": parts}


def digest_of(messages: Sequence[ModelMessage], *about: Any) -> tuple[str, int]:
    """Return what tells a request from others, and how many characters it has.

    Args:
        messages: The conversation. Times, ids of runs, and how tool calls are called do not count.
        about: What else the model is given; anything that has a JSON form.
    """
    calls: dict[str, int] = {}
    said = [_said(message, calls) for message in dump(messages)]
    text = to_json([said, *about], fallback=_named, serialize_unknown=False)
    return hashlib.sha256(text).hexdigest()[:_DIGITS], len(text)


def _said(message: Message, calls: dict[str, int]) -> dict[str, Any]:
    parts: Any = message["parts"]
    kept = {name: value for name, value in message.items() if name not in _VOLATILE}
    return {**kept, "parts": [_part(part, calls) for part in parts]}


def _part(part: dict[str, Any], calls: dict[str, int]) -> dict[str, Any]:
    kept = {name: value for name, value in part.items() if name not in _VOLATILE}
    if "tool_call_id" in kept:
        kept["tool_call_id"] = calls.setdefault(kept["tool_call_id"], len(calls))
    return kept


def _named(value: object) -> str:
    """Stand in for what has no JSON form: two of a kind are the same."""
    return f"<{type(value).__qualname__}>"


def unique_calls(response: ModelResponse, before: Iterable[ModelMessage]) -> None:
    """Give the tool calls of a response ids of their own: some models repeat them, and results go by id."""
    seen = {call.tool_call_id for message in before for call in calls_in(message)}
    for call in calls_in(response):
        base, nth = call.tool_call_id, 1
        while call.tool_call_id in seen:
            nth += 1
            call.tool_call_id = f"{base}_{nth}"
        seen.add(call.tool_call_id)


def calls_in(message: ModelMessage) -> Iterator[ToolCallPart]:
    """Give the calls of tools in a message, in order."""
    return (part for part in message.parts if isinstance(part, ToolCallPart))


def complaints(messages: Sequence[ModelMessage]) -> list[str]:
    """Return what was wrong with each of the last answers in a row that did not fit, the oldest first."""
    found: list[str] = []
    for message in reversed(messages):
        if isinstance(message, ModelRequest):
            wrongs = [_complaint(part) for part in message.parts if _is_complaint(part)]
            if not wrongs:
                break
            found.append("; ".join(wrongs))
    return found[::-1]


def _is_complaint(part: object) -> bool:
    if isinstance(part, ToolReturnPart):
        return part.outcome == "retried"
    return isinstance(part, RetryFeedbackPart)


def _complaint(part: Any) -> str:
    what = part.content
    if isinstance(what, list):
        what = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in what)
    tool = getattr(part, "tool_name", None)
    return f"{tool}: {what}" if tool else str(what)
