"""What stands in for a model in a simulation: it calls each tool once, then gives its output; or says what is said.

Its answers take the way of real ones: what is wrong with them is mended, told, asked again, or fails, by the same code.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

from pydantic_ai.messages import ModelResponse, ToolReturnPart
from pydantic_ai.models import Model
from pydantic_core import to_json

from podium.agents.request import REQUEST, Answer, Request, recorded
from podium.testing.models.asked import Asked
from podium.testing.models.played import PlayedModel
from podium.testing.models.replies import Reply, call
from podium.testing.models.trouble import Trouble, spoilt
from podium.testing.simulation.faults import OF_AN_ANSWER, Fault
from podium.testing.simulation.parts import Part
from podium.testing.simulation.values import Maker
from podium.testing.simulation.world import World

_TROUBLES = {fault: trouble for fault in OF_AN_ANSWER for trouble in Trouble if trouble == fault.value}


class Mind:
    """Answers one request. Made where the request is, and asked where the other side is.

    Args:
        model: Who answers.
        now: The request.
        world: Has the time.
    """

    def __init__(self, model: Model[Any], now: Request, world: World) -> None:
        self._model, self._now, self._world = model, now, world

    async def answer(self) -> Answer:
        """Return what is recorded of an answer without fault."""
        return self._recorded(await self._asked())

    def spoilt(self, fault: Fault) -> Callable[[], Awaitable[Answer]]:
        """Return what gives an answer with that fault."""

        async def answer() -> Answer:
            now = self._now
            return self._recorded(spoilt(_TROUBLES[fault], await self._asked(), now.messages, now.parameters))

        return answer

    async def _asked(self) -> ModelResponse:
        now = self._now
        response = await self._model.request(list(now.messages), now.settings, now.parameters)
        return replace(response, timestamp=datetime.fromtimestamp(self._world.now_ms() / 1000, UTC))

    def _recorded(self, response: ModelResponse) -> Answer:
        return recorded(response, self._model, self._now)


def mind_of(name: str, part: Part, fake: Callable[[], Any], world: World) -> Mind:
    """Return who answers the request that is about to be made.

    Args:
        name: Of the tool that asks: `writer@gpt-4o`.
        part: A pydantic-ai model, a fake, or None for answers that are made up.
        fake: Asks the fake.
        world: Has the time.
    """
    if isinstance(part, Model):
        model: Model[Any] = part
    elif part is None:
        model = PlayedModel(made_up_reply, name=name)
    else:
        model = PlayedModel(lambda _: cast("Reply", fake()), name=name)
    return Mind(model, REQUEST.get(), world)


def made_up_reply(asked: Asked) -> Reply:
    """Return calls of all tools of which nothing came back yet; then the output."""
    parts = (part for message in asked.messages for part in message.parts)
    back = {part.tool_name for part in parts if isinstance(part, ToolReturnPart) and _came_back(part)}
    left = [tool for tool in asked.parameters.function_tools if tool.name not in back]
    if left:
        return [
            call(tool.name, raw=_made(tool.parameters_json_schema, tool.name), id=f"call-{asked.turn}-{nth}")
            for nth, tool in enumerate(left)
        ]
    if asked.parameters.output_tools:
        tool = asked.parameters.output_tools[0]
        return call(tool.name, raw=_made(tool.parameters_json_schema, "output"), id=f"call-{asked.turn}")
    output = asked.parameters.output_object
    return "made up" if output is None else _made(output.json_schema, "output")


def _came_back(part: ToolReturnPart) -> bool:
    """Claim that a call was made: one that was cut off, or is to be written again, was not."""
    return part.retry is None and part.outcome != "interrupted"


def _made(schema: Any, word: str) -> str:
    return to_json(Maker(schema, word).value()).decode()
