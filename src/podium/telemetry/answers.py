"""What a model answered, as it is on record: read for what is told of it. It needs nothing of the extra `agents`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json, to_json

from podium.redaction import without_known
from podium.telemetry import names
from podium.telemetry.span import Value


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of a model; what is not known of it is 0 or empty. `money`: in millionths of USD."""

    input_tokens: int = 0
    output_tokens: int = 0
    money: int = 0
    model: str = ""
    provider: str = ""
    id: str = ""
    finish: str = ""
    messages: str = ""

    def attributes(self, tool: str) -> dict[str, Value]:
        """Return what a span carries of it; `tool`: that which asked, `agent@model`."""
        agent, _, model = tool.partition("@")
        given: dict[str, Value] = {
            names.OPERATION: names.CHAT,
            names.AGENT_NAME: agent,
            names.REQUEST_MODEL: model,
            names.PROVIDER: self.provider or "_OTHER",
            names.RESPONSE_MODEL: self.model,
            names.RESPONSE_ID: self.id,
            names.OUTPUT_MESSAGES: self.messages,
            names.INPUT_TOKENS: self.input_tokens,
            names.OUTPUT_TOKENS: self.output_tokens,
            names.COST: self.money,
            names.FINISH_REASONS: (self.finish,) if self.finish else (),
        }
        return {name: value for name, value in given.items() if value}


_NOTHING = Answer()


def answer_of(text: str, *, has_content: bool) -> Answer:
    """Read the JSON text of an answer; one that is no answer of a model says nothing."""
    try:
        plain = from_json(text)
    except ValueError:
        return _NOTHING
    response = _mapping(_mapping(plain).get("response"))
    if not response:
        return _NOTHING
    usage = _mapping(response.get("usage"))
    return Answer(
        input_tokens=_count(usage.get("input_tokens")),
        output_tokens=_count(usage.get("output_tokens")),
        money=_count(plain.get("money")),
        model=_text(response.get("model_name")),
        provider=_text(response.get("provider_name")),
        id=_text(response.get("provider_response_id")),
        finish=_text(response.get("finish_reason")),
        messages=_messages(response) if has_content else "",
    )


def _messages(response: Mapping[str, Any]) -> str:
    """Return the answer as the conventions write messages down."""
    parts = [_part(_mapping(part)) for part in response.get("parts", ())]
    finish = _text(response.get("finish_reason")) or "stop"
    return without_known(to_json([{"role": "assistant", "parts": parts, "finish_reason": finish}]).decode())


def _part(part: Mapping[str, Any]) -> dict[str, Any]:
    kind = part.get("part_kind")
    if kind == "tool-call":
        asked = {"name": part.get("tool_name"), "arguments": part.get("args")}
        return {"type": "tool_call", "id": part.get("tool_call_id"), **asked}
    return {"type": "reasoning" if kind == "thinking" else "text", "content": part.get("content", "")}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _count(value: Any) -> int:
    return value if isinstance(value, int) and value >= 0 else 0
