"""A recorded model says again what it said to the same request, and says what differs where there is none."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.messages import ModelRequest, ModelResponse, ToolCallPart, ToolReturnPart, UserPromptPart
from pydantic_ai.models import ModelRequestParameters

from podium.testing.models import BadRecordingError, NotRecordedError, RecordedModel, ScriptedModel, call
from podium.testing.models.canonical import REDACTED, Redactor, key_of, request_of
from tests.unit.testing.models.asking import TRIP, Trip, agent_of, ask, asks, said, stream


def recording(folder: Path, *replies: Any, **more: Any) -> RecordedModel:
    return RecordedModel(folder, ScriptedModel(replies), mode="record", **more)


async def test_what_was_recorded_is_replayed_without_the_model(tmp_path: Path) -> None:
    script = (call("weather", city="Busan"), Trip(city="Busan"))
    first = await agent_of(recording(tmp_path, *script), Trip).run("Where to?")
    again = await agent_of(RecordedModel(tmp_path), Trip).run("Where to?")
    assert again.output == first.output == Trip(city="Busan")
    assert len(list(tmp_path.iterdir())) == 2


async def test_stream_is_recorded_and_replayed(tmp_path: Path) -> None:
    whole = await stream(recording(tmp_path, "It rains."))
    assert said(await stream(RecordedModel(tmp_path))) == said(whole) == ["It rains."]
    assert said(await ask(RecordedModel(tmp_path))) == ["It rains."]


async def test_stream_that_was_not_read_to_its_end_is_not_kept(tmp_path: Path) -> None:
    async with recording(tmp_path, "It rains all day.").request_stream(asks("So?"), None, ModelRequestParameters()):
        pass
    assert list(tmp_path.iterdir()) == []


async def test_recording_asks_only_what_is_not_on_record(tmp_path: Path) -> None:
    model = recording(tmp_path, "Busan", "Seoul")
    assert [said(await ask(model, text)) for text in ("one", "one", "two")] == [["Busan"], ["Busan"], ["Seoul"]]
    assert model.misses == 2


async def test_recording_once_more_writes_the_same_bytes(tmp_path: Path) -> None:
    files = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        await agent_of(recording(folder, call("weather", city="Busan"), "It rains.")).run("So?")
        files.append({file.name: file.read_bytes() for file in folder.iterdir()})
    assert files[0] == files[1]
    assert len(files[0]) == 2


async def test_failure_is_raised_and_not_kept(tmp_path: Path) -> None:
    with pytest.raises(ModelHTTPError):
        await ask(recording(tmp_path, ModelHTTPError(503, "scripted")))
    assert not list(tmp_path.iterdir())


async def test_miss_shows_the_nearest_and_the_difference(tmp_path: Path) -> None:
    model = recording(tmp_path, "one", "two")
    await ask(model, "Where to in spring?")
    await ask(model, "Something else", parameters=TRIP)
    with pytest.raises(NotRecordedError) as missed:
        await ask(RecordedModel(tmp_path), "Where to in autumn?")
    changed = [
        line for line in missed.value.difference.splitlines() if line[0] in "+-" and line[:3] not in ("+++", "---")
    ]
    assert changed == ['-          "content": "Where to in spring?",', '+          "content": "Where to in autumn?",']
    assert missed.value.nearest in str(missed.value)
    assert (tmp_path / missed.value.nearest).exists()


async def test_miss_in_an_empty_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotRecordedError, match="nothing is recorded there"):
        await ask(RecordedModel(tmp_path / "none"))


async def test_long_difference_is_cut(tmp_path: Path) -> None:
    await ask(recording(tmp_path, "one"), "a")
    long = ModelRequestParameters(instruction_parts=None, output_tools=TRIP.output_tools * 9)
    with pytest.raises(NotRecordedError) as missed:
        await ask(RecordedModel(tmp_path), "b", parameters=long)
    assert missed.value.difference.splitlines()[-1].endswith("lines more")


@pytest.mark.parametrize("text", ["{", "[]", '{"request": {}, "response": {"kind": "request", "parts": []}}'])
async def test_file_that_can_not_be_read_is_named(tmp_path: Path, text: str) -> None:
    await ask(recording(tmp_path, "one"))
    (file,) = tmp_path.iterdir()
    file.write_text(text, "utf-8")
    with pytest.raises(BadRecordingError, match=file.name):
        await ask(RecordedModel(tmp_path))


async def test_secrets_stay_out_of_files(tmp_path: Path) -> None:
    reply = call("login", api_key="abc", note="use Bearer abcdefgh12345 and hunter2")
    model = recording(tmp_path, reply, secrets=["hunter2"])
    await model.request(asks("my key is sk-abcdefghijklmnopqrstuv, hunter2"), None, ModelRequestParameters())
    (file,) = tmp_path.iterdir()
    for secret in ("abcdefgh12345", "sk-abc", "hunter2"):
        assert secret not in file.read_text("utf-8")
    assert file.read_text("utf-8").count(REDACTED) >= 4
    assert json.loads(file.read_text("utf-8"))["response"]["kind"] == "response"


async def test_another_secret_finds_the_same_recording(tmp_path: Path) -> None:
    await ask(recording(tmp_path, "fine"), "key sk-aaaaaaaaaaaaaaaaaaaa")
    assert said(await ask(RecordedModel(tmp_path), "key sk-bbbbbbbbbbbbbbbbbbbb")) == ["fine"]


def test_recording_needs_a_model(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="needs the model"):
        RecordedModel(tmp_path, mode="record")


def conversation(call_id: str, args: str | dict[str, Any], run: str) -> list[ModelRequest | ModelResponse]:
    return [
        ModelRequest(parts=[UserPromptPart("So?")], run_id=run),
        ModelResponse(parts=[ToolCallPart("weather", args, tool_call_id=call_id)], run_id=run, model_name=run),
        ModelRequest(parts=[ToolReturnPart("weather", "rain", tool_call_id=call_id)], run_id=run),
    ]


@given(st.text(min_size=1), st.text(min_size=1), st.dictionaries(st.text(), st.integers()))
def test_key_is_of_what_the_model_reads(call_id: str, run: str, args: dict[str, int]) -> None:
    parameters = ModelRequestParameters()
    one = request_of(conversation("x", args, "r"), {"timeout": 3}, parameters)
    other = request_of(conversation(call_id, json.dumps(args, indent=3), run), None, parameters)
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize("settings", [{"temperature": 0.5}, {"extra_body": {"grammar": "root ::= x"}}, {"seed": 2}])
def test_key_is_of_settings_that_change_the_answer(settings: Any) -> None:
    parameters = ModelRequestParameters()
    assert key_of(request_of(asks("a"), settings, parameters)) != key_of(request_of(asks("a"), None, parameters))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(JSON, st.text(min_size=4, max_size=12))
def test_what_is_clean_stays_so(value: Any, secret: str) -> None:
    redactor = Redactor([secret])
    cleaned = redactor.clean(value)
    assert redactor.clean(cleaned) == cleaned or secret in REDACTED
