"""A request to a model as plain JSON that is the same each time: without times, ids of runs, and secrets.

What is left out is what the model does not read (usage, names of providers, metadata) or what differs from run to run.
Ids of tool calls become `call-1`, `call-2` in the order in which they appear.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter
from pydantic_ai.messages import ModelMessage, ModelMessagesTypeAdapter, ModelResponse
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.settings import ModelSettings
from pydantic_core import to_jsonable_python

REDACTED = "<redacted>"

_KEY_DIGITS = 16

_NOT_READ = frozenset(
    {
        "canonical_system", "context_id", "conversation_id", "cost", "dynamic_ref", "failed_attempts", "finish_reason",
        "history_digest", "metadata", "model_id", "model_name", "provider_details", "provider_name",
        "provider_response_id", "provider_url", "run_id", "scope", "state", "timestamp", "usage", "workspace_ref",
    }
)  # fmt: skip
"""Fields of messages that no model is sent, or that differ from run to run."""

_NOT_KEPT = frozenset(
    {"conversation_id", "failed_attempts", "history_digest", "model_id", "run_id", "timestamp", "workspace_ref"}
)
"""Fields of a recorded response that would differ each time."""

_SETTINGS_NOT_READ = frozenset(
    {"cache", "extra_headers", "first_event_timeout", "max_retries", "request_timeout", "service_tier", "timeout"}
)
"""Settings of the way there, not of what the model is to say."""

_PARAMETERS_READ = (
    "function_tools",
    "native_tools",
    "output_mode",
    "output_object",
    "output_tools",
    "allow_text_output",
)

_PARAMETERS: TypeAdapter[ModelRequestParameters] = TypeAdapter(ModelRequestParameters)

_SECRET_NAME = re.compile(r"(?i)(api[-_]?key|authorization|cookie|credential|passw|secret|(^|[-_])token$)")
_SECRET_TEXT = re.compile(
    r"(?i:bearer|basic)\s+[\w.~+/=-]{8,}"
    r"|\b(?:sk|rk|pk)-[\w-]{16,}"
    r"|\bAKIA[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_\w{20,}"
    r"|\bxox[abprs]-[\w-]{10,}"
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+"
)


class Redactor:
    """Takes secrets out of JSON values: fields by their name, known forms of keys, and texts that were named.

    Args:
        secrets: Texts that must not be in a file.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        named = [re.escape(secret) for secret in secrets if secret]
        self._text = re.compile("|".join([*named, f"(?:{_SECRET_TEXT.pattern})"]))

    def clean(self, value: Any) -> Any:
        """Return a JSON value without secrets."""
        if isinstance(value, str):
            return self._text.sub(REDACTED, value)
        if isinstance(value, Mapping):
            return {name: self._field(name, inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.clean(inner) for inner in value]
        return value

    def _field(self, name: str, value: Any) -> Any:
        return REDACTED if isinstance(value, str) and _SECRET_NAME.search(name) else self.clean(value)


def request_of(
    messages: Sequence[ModelMessage], settings: ModelSettings | None, parameters: ModelRequestParameters
) -> dict[str, Any]:
    """Return a request as JSON; see the module."""
    told = _PARAMETERS.dump_python(parameters, mode="json", exclude_defaults=True)
    wanted: dict[str, Any] = to_jsonable_python(dict(settings or {}))
    dumped = ModelMessagesTypeAdapter.dump_python(list(messages), mode="json")
    return {
        "messages": _named_anew([_without(message, _NOT_READ) for message in dumped]),
        "settings": {name: value for name, value in wanted.items() if name not in _SETTINGS_NOT_READ},
        "parameters": {name: told[name] for name in _PARAMETERS_READ if name in told},
    }


def response_as_json(response: ModelResponse) -> Any:
    """Return a response as JSON, without what differs each time."""
    (dumped,) = ModelMessagesTypeAdapter.dump_python([response], mode="json")
    return _without(dumped, _NOT_KEPT)


def response_from_json(value: Any) -> ModelResponse:
    """Return the response that was written so; raise ValidationError where it was not."""
    (response,) = ModelMessagesTypeAdapter.validate_python([value])
    if not isinstance(response, ModelResponse):
        message = "it is a request"
        raise TypeError(message)
    return response


def as_text(value: Any) -> str:
    """Return JSON for people and for diffs: indented, sorted."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)


def key_of(request: Mapping[str, Any]) -> str:
    """Return what tells requests apart."""
    return hashlib.sha256(as_text(request).encode()).hexdigest()[:_KEY_DIGITS]


def _without(message: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """Leave fields of a message and of its parts out, and those that say nothing; what is inside of them stays."""
    parts = [_fields(part, names) for part in message["parts"]]
    return {**_fields(message, names), "parts": parts}


def _fields(of: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in of.items() if name not in names and value is not None}


def _named_anew(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Number the ids of tool calls, and read arguments that are JSON text, so that its form makes no difference."""
    known: dict[str, str] = {}
    for part in (part for message in messages for part in message["parts"]):
        if "tool_call_id" in part:
            part["tool_call_id"] = known.setdefault(part["tool_call_id"], f"call-{len(known) + 1}")
        if isinstance(part.get("args"), str):
            part["args"] = _read(part["args"])
    return messages


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
