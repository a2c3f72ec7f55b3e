"""What goes wrong with a chaotic model is planned, or follows from the seed; and it looks like the real thing."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_ai.exceptions import ModelAPIError
from pydantic_ai.messages import ModelResponse

from podium.failure import FailureKind
from podium.guard.classify import meaning_of
from podium.testing.models import ChaosModel, ScriptedModel, Trouble, call, function_model
from podium.testing.models.replies import Reply
from podium.testing.models.trouble import SILENT, UNKNOWN_TOOL
from tests.unit.testing.models.asking import TRIP, Trip, agent_of, ask, said, stream

TEXT = '{"city":"Busan","nights":1}'
SPOILING = [trouble for trouble in Trouble if trouble not in SILENT]

SPOILT = {
    Trouble.TRUNCATED: ([TEXT[:13]], "length"),
    Trouble.BROKEN_JSON: (['{"city":"Busan","nights":1, "'], "stop"),
    Trouble.WRONG_TYPES: (['["no", {"such": "thing"}]'], "stop"),
    Trouble.REFUSAL: (["I'm sorry, but I can't help with that."], "content_filter"),
    Trouble.EMPTY: ([], "stop"),
    Trouble.REPEATED_ID: ([TEXT], "stop"),
    Trouble.UNKNOWN_TOOL: ([(UNKNOWN_TOOL, "{}")], "tool_call"),
}


def test_every_trouble_is_tried_here() -> None:
    assert set(SPOILT) | SILENT == set(Trouble)


@pytest.mark.parametrize("trouble", SPOILING)
async def test_answer_is_spoilt_the_same_whole_and_streamed(trouble: Trouble) -> None:
    for way in (ask, stream):
        response = await way(ChaosModel(ScriptedModel([Trip(city="Busan")]), [trouble]))
        assert (said(response), response.finish_reason) == SPOILT[trouble]


@pytest.mark.parametrize("trouble", [Trouble.TRUNCATED, Trouble.BROKEN_JSON])
async def test_arguments_of_calls_are_spoilt_too(trouble: Trouble) -> None:
    response = await ask(ChaosModel(ScriptedModel([Trip(city="Busan")]), [trouble]), parameters=TRIP)
    ((_, args),) = said(response)
    with pytest.raises(json.JSONDecodeError):
        json.loads(args)


KINDS = {
    Trouble.THROTTLED: FailureKind.RATE_LIMITED,
    Trouble.UNAVAILABLE: FailureKind.TRANSIENT,
    Trouble.SERVER_ERROR: FailureKind.TRANSIENT,
    Trouble.TIMEOUT: FailureKind.TRANSIENT,
    Trouble.RESET: FailureKind.TRANSIENT,
    Trouble.BROKEN_STREAM: FailureKind.TRANSIENT,
}


@pytest.mark.parametrize("trouble", sorted(SILENT))
async def test_failure_means_to_guards_what_the_real_one_does(trouble: Trouble) -> None:
    for way in (ask, stream):
        with pytest.raises(ModelAPIError) as raised:
            await way(ChaosModel(ScriptedModel(["Busan"]), [trouble]))
        meaning = meaning_of(raised.value)
        assert meaning.kind is KINDS[trouble]
        assert meaning.retry_after_ms == (7000 if trouble is Trouble.THROTTLED else None)


async def test_broken_stream_has_begun() -> None:
    model = ChaosModel(ScriptedModel(["a text that comes in pieces"]), [Trouble.BROKEN_STREAM])
    async with model.request_stream([], None, TRIP) as streamed:
        events = aiter(streamed)
        await anext(events)
        with pytest.raises(ModelAPIError):
            [event async for event in events]
    assert streamed.get().state == "incomplete"
    assert said(streamed.get()) == ["a text that co"]


async def test_call_repeats_the_id_of_an_earlier_one() -> None:
    script: list[Reply] = [call("weather", city="Busan"), call("weather", city="Seoul"), "Rain."]
    model = ChaosModel(ScriptedModel(script), [None, Trouble.REPEATED_ID])
    run = await agent_of(model).run("So?")
    calls = [part for message in run.all_messages() for part in message.parts if part.part_kind == "tool-call"]
    assert [part.tool_call_id for part in calls] == ["scripted-1-1", "scripted-1-1"]


async def test_agent_gets_over_what_can_be_said_again() -> None:
    model = ChaosModel(ScriptedModel([Trip(city="Busan")] * 3), [Trouble.WRONG_TYPES, Trouble.UNKNOWN_TOOL])
    assert (await agent_of(model, Trip).run("Where to?")).output == Trip(city="Busan")
    assert model.happened == [Trouble.WRONG_TYPES, Trouble.UNKNOWN_TOOL, None]


async def outcomes(seed: int, texts: list[str], rate: float = 0.5) -> list[tuple[str, Trouble | None]]:
    model = ChaosModel(function_model(lambda asked: asked.prompt), seed=seed, rate=rate)
    asked: list[str] = []

    async def one(text: str) -> None:
        asked.append(text)
        try:
            await ask(model, text)
        except ModelAPIError as error:
            assert error.model_name == "<lambda>"  # noqa: PT017  # what else is raised goes on

    await asyncio.gather(*map(one, texts))
    return list(zip(asked, model.happened, strict=True))


@given(st.integers(), st.permutations("aabbcdefgh"))
async def test_lot_hangs_on_the_seed_and_not_on_the_order(seed: int, texts: list[str]) -> None:
    assert sorted(map(str, await outcomes(seed, texts))) == sorted(map(str, await outcomes(seed, sorted(texts))))


async def test_another_seed_draws_something_else_and_everything_comes_up() -> None:
    texts = [f"question {n}" for n in range(400)]
    one, other = await outcomes(1, texts), await outcomes(2, texts)
    assert one != other
    assert {trouble for _, trouble in one} == {None, *Trouble}
    assert 140 < sum(trouble is not None for _, trouble in one) < 260


async def test_nothing_goes_wrong_at_a_rate_of_nothing() -> None:
    assert {trouble for _, trouble in await outcomes(1, list("abc"), rate=0)} == {None}


@given(st.sampled_from(SPOILING), st.text())
async def test_spoiling_leaves_a_response(trouble: Trouble, text: str) -> None:
    response = await ask(ChaosModel(ScriptedModel([text]), [trouble]))
    assert isinstance(response, ModelResponse)
