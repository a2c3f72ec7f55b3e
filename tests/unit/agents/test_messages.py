"""What tells requests apart, and what does not."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)

from podium.agents.messages import digest_of, dump, load, unique_calls


def talk(when: int = 1, call: str = "c1", said: str = "go", city: str = "a", run: str = "r") -> list[ModelMessage]:
    at = datetime.fromtimestamp(when, UTC)
    return [
        ModelRequest(parts=[UserPromptPart(said, timestamp=at)], run_id=run, conversation_id=run, timestamp=at),
        ModelResponse(parts=[ToolCallPart("look", {"city": city}, call)], run_id=run, timestamp=at),
        ModelRequest(parts=[ToolReturnPart("look", "fine", call, timestamp=at)], run_id=run, timestamp=at),
    ]


@pytest.mark.parametrize("other", [{"when": 2}, {"call": "c2"}, {"run": "s"}])
def test_times_and_ids_do_not_tell_requests_apart(other: dict[str, Any]) -> None:
    assert digest_of(talk()) == digest_of(talk(**other))


@pytest.mark.parametrize("other", [{"said": "stop"}, {"city": "b"}])
def test_what_is_said_does(other: dict[str, Any]) -> None:
    assert digest_of(talk())[0] != digest_of(talk(**other))[0]


def test_so_do_settings_and_tools() -> None:
    assert digest_of(talk(), {"temperature": 0})[0] != digest_of(talk(), {"temperature": 1})[0]


def test_a_setting_without_a_json_form_is_told_by_its_kind() -> None:
    assert digest_of(talk(), {"http": object()}) == digest_of(talk(), {"http": object()})


def test_which_of_two_calls_a_result_is_for_tells_requests_apart() -> None:
    def answered(first: str, second: str) -> list[ModelMessage]:
        calls = [ToolCallPart("look", {}, "c1"), ToolCallPart("look", {}, "c2")]
        return [
            ModelResponse(parts=calls),
            ModelRequest(parts=[ToolReturnPart("look", "x", first), ToolReturnPart("look", "y", second)]),
        ]

    assert digest_of(answered("c1", "c2"))[0] != digest_of(answered("c2", "c1"))[0]


def test_messages_read_back_as_they_were() -> None:
    messages = [*talk(), ModelResponse(parts=[TextPart("done")], timestamp=datetime.fromtimestamp(3, UTC))]
    assert load(dump(messages)) == messages


def test_ids_that_a_model_repeats_are_made_unique_over_the_whole_conversation() -> None:
    response = ModelResponse(parts=[ToolCallPart("look", {}, "c1"), ToolCallPart("look", {}, "c1")])
    unique_calls(response, talk(call="c1"))
    assert [call.tool_call_id for call in response.tool_calls] == ["c1_2", "c1_3"]
