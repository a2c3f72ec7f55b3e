"""An answer that does not fit is mended, asked for again, asked of another model; then the agent fails, typed."""

import json
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_ai import NativeOutput
from pydantic_ai.messages import ModelResponse

from podium import END, START, Engine, Failure, StateMachine, step, tool
from podium.agents import Agent, MalformedOutput, OutOfRequests
from podium.agents.record import Rung
from podium.core.events import ReadDone
from podium.errors import RunFailedError
from tests.unit.agents.script import Script, cut, final


class Draft(BaseModel):
    title: str
    body: str = ""


@tool.read
async def search(query: str, limit: int = 3) -> str:
    """Search."""
    return query * limit


async def climb(agent: Agent[Any]) -> tuple[Any, list[tuple[str, str]], int]:
    """Run an agent; return what it gave, the rungs it took, and how many model requests are on record."""
    async with Engine("memory:") as engine:
        run = await engine.start(agent, "go")
        given = await run.result()
        state = await engine.state(run.id)
        asked = sum(isinstance(event, ReadDone) and "@" in event.call for _, event in await engine.events(run.id))
    rungs = [Rung.model_validate(rung) for rung in json.loads(state.root.data["ladder"])]
    return given, [(rung.rung, rung.model) for rung in rungs], asked


@pytest.mark.parametrize(
    "args",
    [
        '{"title": "Owls",}',
        "{'title': 'Owls'}",
        '```json\n{"title": "Owls"}\n```',
        '{"title": "Owls"',
        'Sure! {"title": "Owls"}',
    ],
)
async def test_what_is_written_badly_is_mended_without_asking(args: str) -> None:
    script = Script([("final_result", args)])
    given, rungs, asked = await climb(Agent("writer", script.model, output=Draft))
    assert (given, rungs, asked) == (Draft(title="Owls"), [("repaired", "function:played")], 1)


@pytest.mark.parametrize("output", [Draft, NativeOutput(Draft)])
async def test_text_that_is_to_be_json_is_mended_too(output: Any) -> None:
    script = Script('{"title": "Owls",}')
    given, rungs, _ = await climb(Agent("writer", script.model, output=output))
    assert (given, rungs) == (Draft(title="Owls"), [("repaired", "function:played")])


@pytest.mark.parametrize(
    ("turn", "why"),
    [
        (final(tittle="Owls"), "Field required"),
        ([("final_result", '{"title": "Owls", "body": "They fl')], "JSON"),
        (cut([("final_result", '{"title": "Owls"}')]), "cut off"),
        (cut("I can not help with that.", "content_filter"), "refused"),
        ("Here is your draft: Owls", "Invalid JSON"),
        ([("publish", {})], "Unknown tool"),
        ([("search", {"query": "owls", "limit": "many"})], "valid integer"),
        (ModelResponse(parts=[]), "Please return text"),
    ],
    ids=["schema", "truncated", "cut off", "refused", "text", "unknown tool", "argument", "nothing"],
)
async def test_a_model_is_told_once_what_is_wrong(turn: Any, why: str) -> None:
    script = Script(turn, final(title="Owls"))
    given, rungs, asked = await climb(Agent("writer", script.model, output=Draft, tools=[search]))
    assert (given, rungs, asked) == (Draft(title="Owls"), [("asked_again", "function:played")], 2)
    assert why.lower() in str(script.heard[1]).lower()


async def test_a_plain_text_that_was_cut_off_is_no_answer() -> None:
    script = Script(cut("Once upon a ti"), "Once upon a time.")
    given, rungs, _ = await climb(Agent("writer", script.model))
    assert (given, rungs) == ("Once upon a time.", [("asked_again", "function:played")])


async def test_then_another_model_is_asked() -> None:
    first, second = Script(final(a=1), final(b=2)), Script(final(title="Owls"), name="other", first=2)
    agent = Agent("writer", first.model, output=Draft, fallback_models=[second.model])
    given, rungs, asked = await climb(agent)
    assert (given, asked) == (Draft(title="Owls"), 3)
    assert rungs == [("asked_again", "function:played"), ("fallback", "function:other")]


async def test_then_the_agent_fails_with_its_story_and_no_text_of_a_model_is_its_answer() -> None:
    first, second = Script(final(a=1), final(b=2)), Script(final(c=3), name="other", first=2)
    agent = Agent("writer", first.model, output=Draft, fallback_models=[second.model])
    async with Engine("memory:") as engine:
        run = await engine.start(agent, "go")
        with pytest.raises(RunFailedError) as failed:
            await run.result()
    failure = failed.value.failure
    assert failure is not None
    assert (failure.kind, failure.type) == ("malformed_output", "MalformedOutput")
    assert failure.message.count("Field required") == 3
    assert "function:played (asked again)" in failure.message


async def test_a_workflow_goes_another_way_when_no_answer_fits() -> None:
    class Article(BaseModel):
        topic: str
        draft: Draft | None = None
        why: str = ""

    @step
    async def sorry(article: Article, failure: Failure) -> None:
        article.why = failure.kind

    script = Script(final(a=1), final(b=2))
    writer = Agent("writer", script.model, output=Draft)
    writing = writer.as_state(take={"prompt": "topic"}, give="draft").on_error(MalformedOutput, to=sorry)
    machine = StateMachine("article", Article, START >> writing >> END, sorry >> END)
    async with Engine("memory:") as engine:
        article = await (await engine.start(machine, Article(topic="owls"))).result()
    assert (article.draft, article.why) == (None, "malformed_output")


async def test_a_good_answer_between_bad_ones_begins_the_ladder_anew() -> None:
    script = Script(final(a=1), [("search", {"query": "a"})], final(b=2), final(title="Owls"))
    given, rungs, _ = await climb(Agent("writer", script.model, output=Draft, tools=[search]))
    assert (given, [rung for rung, _ in rungs]) == (Draft(title="Owls"), ["asked_again", "asked_again"])


async def test_a_loop_without_end_is_ended_at_so_many_requests() -> None:
    script = Script(*([("search", {"query": "again"})],) * 9)
    async with Engine("memory:") as engine:
        run = await engine.start(Agent("reader", script.model, tools=[search], max_requests=5), "go")
        with pytest.raises(RunFailedError) as failed:
            await run.result()
    assert failed.value.failure is not None
    assert (failed.value.failure.kind, failed.value.failure.type) == ("permanent", OutOfRequests.__name__)
    assert len(script.paid) == 5


async def test_a_model_that_fails_is_stood_in_for_by_the_next() -> None:
    first = Script(PermissionError("no key"))
    second = Script("From the other.", name="other")
    given, rungs, _ = await climb(Agent("writer", first.model, fallback_models=[second.model]))
    assert (given, rungs) == ("From the other.", [("fallback", "function:other")])
