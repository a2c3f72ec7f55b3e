"""An agent whose model and tools are lines in a file, and a process that is killed at a line of its choice."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic_ai.messages import ModelMessage, ModelResponse, ToolCallPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from podium import FROM_ENGINE, Engine, IdempotencyKey, tool
from podium.agents import Agent

TURNS: tuple[list[tuple[str, Any]], ...] = (
    [("look", {"city": "a"})],
    [("look", {"city": "b"}), ("look", {"city": "b"})],
    [("book", {"city": "a"}), ("look", {"city": "c"}), ("book", {"city": "b"})],
    [("look", '{"city": "d",}')],
    [("hotel", {"city": "d"})],
    [("look", {"city": "e"})],
    [("book", {"city": "e"})],
    [("look", {"city": "f"})],
    [("final_result", {"wrong": 1})],
    [("final_result", {"summary": "done"})],
)
"""Ten requests: reads at once and equal, writes, JSON to mend, a tool that is not there, an output that misfits."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a process is to do.

    Attributes:
        folder: Where the database is, and the file of lines.
        dies_at: It is killed at this line, counted from 0 in this process; -1 for never.
        is_before: Before the line is written; else after it, with nothing answered.
    """

    folder: Path
    dies_at: int = -1
    is_before: bool = False


class World:
    """The other side: a line for each request that reaches it, which is what is paid for."""

    def __init__(self, job: Job) -> None:
        self._job, self._count = job, -1

    def note(self, line: str) -> None:
        """Be asked."""
        self._count += 1
        self._may_die(is_before=True)
        with (self._job.folder / "lines").open("a") as file:
            file.write(f"{line}\n")
            file.flush()
        self._may_die(is_before=False)

    def _may_die(self, *, is_before: bool) -> None:
        if self._count == self._job.dies_at and is_before == self._job.is_before:
            os.kill(os.getpid(), signal.SIGKILL)


class Trip(BaseModel):
    summary: str


@tool.read
async def look(city: str, *, world: World = FROM_ENGINE) -> str:
    """Look a city up."""
    world.note(f"look {city}")
    return f"{city} is fine"


@tool.write(idempotent=True)
async def book(city: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    """Book a room."""
    world.note(f"book {city} {key}")
    return f"room in {city}"


def desk(world: World) -> Agent[Trip]:
    """Return the agent."""

    async def answer(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        del info
        nth = sum(isinstance(message, ModelResponse) for message in messages)
        world.note(f"ask {nth}")
        return ModelResponse(parts=[ToolCallPart(name, args, tool_call_id="same") for name, args in TURNS[nth]])

    return Agent("desk", FunctionModel(answer, model_name="played"), output=Trip, tools=[look, book])


@asynccontextmanager
async def given(world: World) -> AsyncIterator[World]:
    """Give tools the world."""
    yield world


def main(job: Job, told: Connection) -> None:
    """Run the agent to its end, in a process of its own."""
    told.send(asyncio.run(_run(job)))


async def _run(job: Job) -> str:
    world = World(job)
    agent, url = desk(world), f"sqlite:///{job.folder / 'runs.db'}"
    async with Engine(url, resources=lambda: given(world), workflows=[agent]) as engine:
        run = await engine.start(agent, "go", id="r")
        return (await run.result()).summary
