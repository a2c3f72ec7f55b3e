"""A scripted model says what the test wrote, in order, and a test can see what it was asked."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.messages import ModelResponse, TextPart, ThinkingPart

from podium.testing.models import Asked, ScriptedModel, ScriptEndedError, call, function_model, truncated
from podium.testing.models.replies import Reply
from podium.testing.models.stream import pieces
from tests.unit.testing.models.asking import TRIP, Trip, agent_of, ask, said, stream


async def test_agent_is_led_through_a_script() -> None:
    model = ScriptedModel([call("weather", city="Busan"), Trip(city="Busan", nights=2)])
    result = await agent_of(model, Trip).run("Where to?")
    assert result.output == Trip(city="Busan", nights=2)
    model.assert_asked("Where to?", "rain in Busan")
    model.assert_ended()
    assert model.asked[1].results == (("weather", "rain in Busan"),)
    assert model.asked[0].tools == ("weather",)


async def test_streamed_agent_is_led_through_the_same_script() -> None:
    model = ScriptedModel([call("weather", city="Busan"), "It rains, take a coat."])
    seen = []
    async with agent_of(model).run_stream("What is it like?") as run:
        async for text in run.stream_text(delta=True, debounce_by=None):
            seen.append(text)  # noqa: PERF401  # each as it comes
    assert "".join(seen) == "It rains, take a coat."
    assert len(seen) > 1
    model.assert_asked("What is it like?", "rain in Busan")


async def test_script_that_has_ended_shows_the_request() -> None:
    model = ScriptedModel(["Busan"])
    await ask(model)
    with pytest.raises(ScriptEndedError, match="the script has 1 replies, and this is request 2") as ended:
        await ask(model, "And then?")
    assert ended.value.asked == "system: Be brief.\nuser: And then?"


async def test_several_calls_of_one_reply_have_ids_of_their_own() -> None:
    response = await ask(ScriptedModel([["Look:", call("weather", city="Busan"), call("weather", city="Seoul")]]))
    ids = [part.tool_call_id for part in response.parts if part.part_kind == "tool-call"]
    assert ids == ["scripted-1-2", "scripted-1-3"]
    assert response.finish_reason == "tool_call"


async def test_call_may_have_any_id_and_any_text() -> None:
    response = await ask(ScriptedModel([call("weather", id="x", raw='{"city": ')]))
    assert said(response) == [("weather", '{"city": ')]
    assert [part.tool_call_id for part in response.parts if part.part_kind == "tool-call"] == ["x"]


@pytest.mark.parametrize("reply", [Trip(city="Busan"), {"city": "Busan", "nights": 1}])
async def test_structured_output_comes_in_the_form_that_is_wanted(reply: Reply) -> None:
    text = '{"city":"Busan","nights":1}'
    assert said(await ask(ScriptedModel([reply]))) == [text]
    assert said(await ask(ScriptedModel([reply]), parameters=TRIP)) == [("final_result", text)]


async def test_reply_that_is_too_long_says_so() -> None:
    response = await ask(ScriptedModel([truncated('{"city": "Bu')]))
    assert (said(response), response.finish_reason) == (['{"city": "Bu'], "length")


async def test_exception_of_a_script_is_raised() -> None:
    model = ScriptedModel([ModelHTTPError(503, "scripted"), "Busan"])
    with pytest.raises(ModelHTTPError):
        await ask(model)
    assert said(await ask(model)) == ["Busan"]


async def test_whole_response_is_given_as_it_is() -> None:
    whole = ModelResponse(parts=[ThinkingPart("hm"), TextPart("Busan")])
    assert await ask(ScriptedModel([whole])) is whole
    assert (await stream(ScriptedModel([whole]))).parts == whole.parts


async def test_what_was_left_out_is_found() -> None:
    model = ScriptedModel(["one", "two"])
    await ask(model, "Where to?")
    with pytest.raises(AssertionError, match="1 of 2 replies were not asked for"):
        model.assert_ended()
    with pytest.raises(AssertionError, match="asked 1 times, not 2"):
        model.assert_asked("", "")
    with pytest.raises(AssertionError, match="request 1 does not hold 'Who'"):
        model.assert_asked("Who")


async def test_function_sees_the_turn_and_serves_streams_too() -> None:
    def answers(asked: Asked) -> Reply:
        return call("weather", city="Busan") if asked.turn == 0 else f"{asked.prompt}: {asked.results[0][1]}"

    for _ in range(2):  # nothing is counted, so that it says the same again
        assert (await agent_of(function_model(answers)).run("So")).output == "So: rain in Busan"
    assert said(await stream(function_model(answers))) == [("weather", '{"city":"Busan"}')]


async def test_function_may_be_async() -> None:
    async def answers(asked: Asked) -> Reply:
        return asked.prompt.upper()

    model = function_model(answers)
    assert said(await ask(model)) == ["WHERE TO?"]
    assert model.model_name == "answers"


async def test_tokens_are_counted_the_same_each_time() -> None:
    one, other = [await ask(ScriptedModel(["Busan " * 40])) for _ in range(2)]
    assert one.usage == other.usage
    assert one.usage.output_tokens == 61


async def test_stream_that_is_cancelled_gives_no_more() -> None:
    model = ScriptedModel(["a b c d e f g h"])
    async with model.request_stream([], None, TRIP) as streamed:
        seen = 0
        async for _ in streamed:
            seen += 1
            await streamed.cancel()
    assert seen == 1
    assert streamed.get().state == "interrupted"


@given(st.text())
def test_pieces_of_a_text_are_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text
    assert len(pieces(text)) <= 4


@given(
    st.lists(
        st.one_of(
            st.text(min_size=1),
            st.builds(lambda city: call("weather", city=city), st.text()),
        ),
        min_size=1,
        max_size=4,
    )
)
async def test_stream_gives_what_the_whole_gives(reply: list[str]) -> None:
    whole = await ask(ScriptedModel([reply]))
    streamed = await stream(ScriptedModel([reply]))
    assert said(streamed) == said(whole)
    assert (streamed.usage, streamed.finish_reason) == (whole.usage, whole.finish_reason)


def test_testing_without_models_needs_no_pydantic_ai() -> None:
    code = "import sys, podium.testing; assert 'pydantic_ai' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_missing_extra_is_named() -> None:
    code = "import sys; sys.modules['pydantic_ai'] = None; import podium.testing.models"
    ended = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert "pip install 'podium[agents]'" in ended.stderr
