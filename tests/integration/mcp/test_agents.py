"""An agent with the tools of an MCP server: what it is shown, and what text of a server can not make it do."""

import json

import pytest

from podium import Engine
from podium.agents import Agent, Prompt
from podium.agents.mcp import McpServer, resources
from podium.testing import simulate
from podium.testing.models import Asked, Reply, ScriptedModel, call, function_model
from tests.integration.mcp.conftest import Desk
from tests.integration.mcp.served import INJECTED

pytestmark = pytest.mark.process


async def test_agent_reads_and_writes_over_a_server(server: McpServer, desk: Desk) -> None:
    model = ScriptedModel(
        [call("desk__search", pattern="Busan"), call("desk__book", city="Busan"), "A room is booked."]
    )
    async with Engine("memory:", resources=resources(server)) as engine:
        run = await engine.start(Agent("clerk", model, tools=server.tools), Prompt(prompt="A room, please."))
        assert await run.result() == "A room is booked."
    model.assert_asked("A room, please.", "Busan 1", "a room in Busan")
    assert [line.split()[:2] for line in desk.lines()] == [["search", "Busan"], ["book", "Busan"]]


async def test_model_is_shown_the_arguments_as_the_manifest_has_them(server: McpServer) -> None:
    model = ScriptedModel(["Nothing to do."])
    async with Engine("memory:", resources=resources(server)) as engine:
        await (await engine.start(Agent("clerk", model, tools=server.tools), Prompt(prompt="Go."))).result()
    shown = {tool.name: tool for tool in model.asked[0].parameters.function_tools}
    schema = shown["desk__search"].parameters_json_schema
    assert schema["required"] == ["pattern"]
    assert schema["properties"]["limit"]["type"] == "integer"
    assert shown["desk__search"].description == "Look for cities."
    assert "mcp_session" not in json.dumps(schema)


async def test_arguments_that_do_not_fit_go_back_to_the_model(server: McpServer, desk: Desk) -> None:
    wrong, right = call("desk__search", pattern="Busan", limit="many"), call("desk__search", pattern="Busan", limit=1)
    model = ScriptedModel([wrong, right, "Done."])
    async with Engine("memory:", resources=resources(server)) as engine:
        assert await (await engine.start(Agent("clerk", model, tools=server.tools), Prompt(prompt="Go."))).result()
    assert "is not of type 'integer'" in model.asked[1].text
    assert len(desk.lines("search")) == 1


async def test_text_of_a_server_reaches_the_model_as_a_result_and_nothing_else(desk: Desk) -> None:
    server = McpServer(desk.manifest, reads={"injected"})
    model = ScriptedModel([call("desk__injected", city="Busan"), "I read something odd."])
    async with Engine("memory:", resources=resources(server)) as engine:
        run = await engine.start(Agent("clerk", model, tools=server.tools), Prompt(prompt="Look."))
        assert await run.result() == "I read something odd."
    assert model.asked[1].results == (("desk__injected", {"result": INJECTED}),)
    roles = [part.part_kind for message in model.asked[1].messages for part in message.parts]
    assert roles == ["user-prompt", "tool-call", "tool-return"]
    assert desk.lines("book") == []


def test_agent_with_such_tools_is_simulated_without_a_server(server: McpServer) -> None:
    def answers(asked: Asked) -> Reply:
        return call("desk__book", city="Busan") if asked.turn == 0 else "Booked."

    model = function_model(answers, name="gpt")
    clerk = Agent("clerk", model, tools=[server["book"]])
    report = simulate(clerk, clerk.input.model(prompt="Go."), tools={"clerk@gpt": model}, runs=40)
    assert report.is_ok
