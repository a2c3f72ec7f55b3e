"""Tokens reach whoever follows a run, and nothing else; a run that is called off ends its request."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic_ai.models.function import FunctionModel

from podium import Engine, Handle
from podium.agents import Agent
from podium.core.events import ReadDone
from podium.effects.ports import Token
from podium.errors import RunCancelledError
from tests.unit.engine.rig import turns


class Stream:
    """A model that says its words one by one, and stops before one of them until it is let go on."""

    def __init__(self, *words: str | Exception, stops_at: int = -1) -> None:
        self.words, self.stops_at = list(words), stops_at
        self.gate, self.stopped, self.closed = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.begun = 0
        self.model = FunctionModel(stream_function=self._say, model_name="stream")

    async def _say(self, messages: Any, info: Any) -> AsyncIterator[str]:
        del messages, info
        self.begun += 1
        try:
            for nth, word in enumerate(self.words):
                if nth == self.stops_at:
                    self.stopped.set()
                    await self.gate.wait()
                if isinstance(word, Exception):
                    self.words.remove(word)
                    raise word
                yield word
        finally:
            self.closed.set()


async def all_of(run: Handle[Any]) -> list[Token]:
    """Return all tokens of a run."""
    return [token async for token in run.tokens()]


async def test_tokens_reach_whoever_follows_the_run_before_the_answer_is_whole() -> None:
    stream = Stream("Once ", "upon ", "a time.", stops_at=2)
    heard: list[str] = []
    async with Engine("memory:") as engine:
        run = await engine.start(Agent("teller", stream.model, stream=True), "go")
        following = aiter(run.tokens())
        heard += [(await anext(following)).text, (await anext(following)).text]
        assert not [event for _, event in await engine.events(run.id) if isinstance(event, ReadDone)]
        stream.gate.set()
        heard += [token.text async for token in following]
        assert await run.result() == "Once upon a time."
    assert heard == ["Once ", "upon ", "a time."]


async def test_following_a_run_that_is_over_ends_at_once() -> None:
    async with Engine("memory:") as engine:
        run = await engine.start(Agent("teller", Stream("Hi.").model, stream=True), "go")
        await run.result()
        assert await all_of(run) == []


async def test_a_stream_that_breaks_off_is_begun_again_and_told_apart() -> None:
    stream = Stream("Once ", ConnectionResetError("gone"), "upon.", stops_at=0)
    async with Engine("memory:") as engine:
        run = await engine.start(Agent("teller", stream.model, stream=True), "go")
        following = asyncio.create_task(all_of(run))
        await turns()
        stream.gate.set()
        heard = await following
        assert await run.result() == "Once upon."
    assert (stream.begun, len({token.stream for token in heard})) == (2, 2)
    assert [token.text for token in heard if token.stream == heard[-1].stream] == ["Once ", "upon."]


async def test_a_run_that_is_called_off_ends_its_request_in_the_middle() -> None:
    stream = Stream("Once ", "upon.", stops_at=1)
    async with Engine("memory:") as engine:
        run = await engine.start(Agent("teller", stream.model, stream=True), "go")
        await stream.stopped.wait()
        await run.cancel()
        with pytest.raises(RunCancelledError):
            await run.result()
        await asyncio.wait_for(stream.closed.wait(), 5)
        assert not [event for _, event in await engine.events(run.id) if isinstance(event, ReadDone)]
    assert stream.begun == 1
