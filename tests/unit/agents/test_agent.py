"""An agent is a workflow: it runs, is a state, a node or a child, and gives its output."""

import asyncio
import subprocess
import sys
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_ai import Agent as PydanticAgent
from pydantic_ai import DeferredToolRequests, ModelRetry, RunContext

from podium import END, START, Dag, Engine, StateMachine, node, tool
from podium.agents import Agent, Prompt
from podium.core.events import ReadDone
from podium.errors import DefinitionError, InvalidInputError
from tests.unit.agents.script import Script, final
from tests.unit.engine.rig import Rig
from tests.unit.engine.world import World


class Draft(BaseModel):
    title: str
    body: str = ""


class Maybe(BaseModel):
    title: str | None


class Topic(BaseModel):
    about: str
    words: int = 100


@tool.read
async def search(query: str, limit: int = 3) -> list[str]:
    """Search the library.

    Args:
        query: What for.
        limit: How many at most.
    """
    return [f"{query} {nth}" for nth in range(limit)]


@tool.write(irreversible=True)
async def send(text: str) -> str:
    """Send it."""
    return text


async def test_an_agent_gives_what_its_model_says() -> None:
    script = Script("Hello.")
    async with Engine("memory:") as engine:
        run = await engine.start(Agent("greeter", script.model), Prompt(prompt="Greet."))
        assert await run.result() == "Hello."
    assert script.heard == [["Greet."]]


async def test_a_text_is_a_prompt() -> None:
    async with Engine("memory:") as engine:
        run = await engine.start(Agent("greeter", Script("Hello.").model), "Greet.")
        assert await run.result() == "Hello."


async def test_the_input_of_a_run_is_what_was_given() -> None:
    agent = Agent("greeter", Script("Hello.").model)
    async with Engine("memory:") as engine:
        run = await engine.start(agent, "Greet.")
        await run.result()
        assert (await run.status()).input == '{"prompt":"Greet."}'
    assert agent.parse_input('"Greet."') == agent.parse_input('{"prompt": "Greet."}') == {"prompt": '"Greet."'}


async def test_typed_input_is_shown_to_the_model_and_typed_output_is_given() -> None:
    script = Script(final(title="Owls"))
    writer = Agent("writer", script.model, output=Draft, input=Topic)
    async with Engine("memory:") as engine:
        assert await (await engine.start(writer, Topic(about="owls"))).result() == Draft(title="Owls")
        with pytest.raises(InvalidInputError):
            await engine.start(writer, Prompt(prompt="owls"))
    assert '"about": "owls"' in script.heard[0][0]


async def test_an_agent_of_pydantic_ai_brings_its_output_and_its_instructions() -> None:
    script = Script(final(title="Owls"))
    inner = PydanticAgent(script.model, output_type=Draft, instructions="Be brief.")
    async with Engine("memory:") as engine:
        agent = Agent("writer", inner, instructions="Be kind.")
        assert await (await engine.start(agent, "owls")).result() == Draft(title="Owls")
    assert script.told == ["Be brief.\n\nBe kind."]


async def test_a_model_is_told_the_instructions_of_its_agent() -> None:
    script = Script("Hello.")
    async with Engine("memory:") as engine:
        await (await engine.start(Agent("greeter", script.model, instructions="Be kind."), "go")).result()
    assert script.told == ["Be kind."]


@pytest.mark.parametrize("tools", [[], [send]], ids=["reads", "writes"])
async def test_output_validators_of_an_agent_are_a_rung_of_the_ladder(tools: list[Any]) -> None:
    script = Script(final(title="owls"), final(title="Owls"))
    inner = PydanticAgent(script.model, output_type=[Draft, DeferredToolRequests] if tools else Draft)

    @inner.output_validator
    async def capital(draft: Draft) -> Draft:
        if not draft.title.istitle():
            message = "begin with a capital"
            raise ModelRetry(message)
        return draft

    agent: Agent[Any] = Agent("writer", inner, tools=tools)
    async with Engine("memory:") as engine:
        assert await (await engine.start(agent, "owls")).result() == Draft(title="Owls")
    assert "begin with a capital" in str(script.heard[1])


async def test_what_an_agent_depends_on_is_a_resource_of_the_engine(rig: Rig, world: World) -> None:
    script = Script("Hello.")
    inner = PydanticAgent(script.model, deps_type=World)
    seen: list[World] = []

    @inner.instructions
    async def who(context: RunContext[World]) -> str:
        seen.append(context.deps)
        return "You are at the desk."

    engine = await rig.open()
    assert await (await engine.start(Agent("greeter", inner, deps=World), "go")).result() == "Hello."
    assert seen == [world]


async def test_reads_of_one_response_run_side_by_side() -> None:
    both = asyncio.Barrier(2)

    @tool.read
    async def meet(who: str) -> str:
        await both.wait()
        return who

    script = Script([("meet", {"who": "a"}), ("meet", {"who": "b"})], "met")
    async with Engine("memory:") as engine:
        assert await (await engine.start(Agent("host", script.model, tools=[meet]), "go")).result() == "met"
    assert script.heard[1] == ["a", "b"]


async def test_fifty_reads_of_one_response_are_all_answered() -> None:
    script = Script([("search", {"query": str(nth), "limit": 1}, f"c{nth}") for nth in range(50)], "read")
    async with Engine("memory:") as engine:
        assert await (await engine.start(Agent("reader", script.model, tools=[search]), "go")).result() == "read"
    assert script.heard[1] == [[f"{nth} 0"] for nth in range(50)]


async def test_an_output_may_be_nothing() -> None:
    agent: Agent[Any] = Agent("reader", Script(final(title=None)).model, output=Maybe)
    optional: Any = Draft | None
    none: Agent[Any] = Agent("asker", Script([("final_result_None", {"response": None})]).model, output=optional)
    async with Engine("memory:") as engine:
        assert await (await engine.start(agent, "go")).result() == Maybe(title=None)
        assert await (await engine.start(none, "go")).result() is None


def test_an_agent_whose_tools_nobody_declared_is_refused() -> None:
    def look(query: str) -> str:
        return query

    with pytest.raises(DefinitionError, match="tools of its own"):
        Agent("writer", PydanticAgent(Script("x").model, tools=[look]))


def test_an_option_that_is_none_is_refused() -> None:
    with pytest.raises(DefinitionError, match="max_requests"):
        Agent("writer", Script("x").model, max_request=3)  # type: ignore[call-overload]


def test_an_agent_without_a_model_is_refused() -> None:
    with pytest.raises(DefinitionError, match="has no model"):
        Agent("writer", PydanticAgent(output_type=Draft))


async def test_tools_that_read_are_called_where_the_model_thinks_and_are_on_record() -> None:
    script = Script([("search", {"query": "owl"}), ("search", '{"query": "bat", "limit": 1}')], "Read.")
    async with Engine("memory:") as engine:
        run = await engine.start(Agent("reader", script.model, tools=[search]), "go")
        assert await run.result() == "Read."
        reads = [event.call for _, event in await engine.events(run.id) if isinstance(event, ReadDone)]
    assert [call.partition(":")[0] for call in reads] == ["reader@played", "search", "search", "reader@played"]
    assert script.heard[1] == [["owl 0", "owl 1", "owl 2"], ["bat 0"]]


async def test_a_model_is_shown_the_parameters_that_it_fills_with_what_they_mean() -> None:
    seen: list[Any] = []
    script = Script("done")
    agent = Agent("reader", script.model, tools=[search])

    async def spy(messages: Any, info: Any) -> Any:
        seen.extend(info.function_tools)
        return await script._answer(messages, info)

    script.model.function = spy
    async with Engine("memory:") as engine:
        await (await engine.start(agent, "go")).result()
    (shown,) = seen
    assert (shown.name, shown.description.splitlines()[0]) == ("search", "Search the library.")
    assert shown.parameters_json_schema["required"] == ["query"]
    assert shown.parameters_json_schema["properties"]["limit"]["description"] == "How many at most."


async def test_a_sync_tool_that_reads_is_called_too() -> None:
    @tool.read
    def shout(text: str) -> str:
        return text.upper()

    script = Script([("shout", {"text": "hey"})], "ok")
    async with Engine("memory:") as engine:
        assert await (await engine.start(Agent("loud", script.model, tools=[shout]), "go")).result() == "ok"
    assert script.heard[1] == ["HEY"]


async def test_a_read_that_fails_is_told_to_the_model_as_a_failure() -> None:
    @tool.read
    async def broken(text: str) -> str:
        raise ValueError(text)

    script = Script([("broken", {"text": "no such page"})], "I could not read it.")
    async with Engine("memory:") as engine:
        assert await (await engine.start(Agent("a", script.model, tools=[broken]), "go")).result()
    assert script.heard[1] == ['{"failed": "permanent", "error": "ValueError", "message": "no such page"}']


@pytest.mark.process
def test_a_missing_extra_is_named_when_an_agent_is_asked_for_and_not_before() -> None:
    code = "import sys; sys.modules['pydantic_ai'] = None; import podium.agents; print('here'); podium.agents.Agent"
    ended = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert ended.stdout == "here\n"
    assert "pip install 'podium[agents]'" in ended.stderr


class Article(BaseModel):
    topic: str
    draft: Draft | None = None


async def test_an_agent_is_a_state_of_a_machine() -> None:
    writer = Agent("writer", Script(final(title="Owls")).model, output=Draft)
    machine = StateMachine("article", Article, START >> writer.as_state(take={"prompt": "topic"}, give="draft") >> END)
    async with Engine("memory:") as engine:
        article = await (await engine.start(machine, Article(topic="owls"))).result()
    assert article.draft == Draft(title="Owls")


async def test_an_agent_is_a_node_of_a_dag_once_for_each_item() -> None:
    class Brief(BaseModel):
        topics: list[str]

    @node
    async def titles(drafts: list[Draft]) -> list[str]:
        return [draft.title for draft in drafts]

    writer = Agent("writer", Script(final(title="Owls")).model, output=Draft)
    drafts = writer.as_node("drafts", take={"prompt": "item"}, each="topics")
    dag = Dag("brief", Brief, drafts, titles, gives=titles)
    async with Engine("memory:") as engine:
        assert await (await engine.start(dag, Brief(topics=["a", "b"]))).result() == ["Owls", "Owls"]
