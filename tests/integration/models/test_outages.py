"""A server that is starting, killed, or stopped under an agent that runs: the agent gets its answer all the same."""

import asyncio
from typing import Any

import pytest

from podium import Breaker, Engine, Retry
from podium.agents import Agent
from tests.integration.models.conftest import Llama

pytestmark = [pytest.mark.process, pytest.mark.slow]

PATIENT = Retry(attempts=200, base=0.05, cap=0.2)

PATIENT_TOO = Breaker("llama", calls_min=10_000, consecutive=None)


def counting(llama: Llama, words: int = 1, **said: Any) -> Agent[str]:
    """Make an agent that goes on counting for so many words."""
    model = llama.model(grammar=f'root ::= (" " [a-z] [a-z]+ ","){{{words}}}', max_tokens=400)
    return Agent("counter", model, output=str, retry=PATIENT, breaker=PATIENT_TOO, **said)


async def test_agent_waits_for_a_server_that_loads_its_model(own: Llama) -> None:
    own.start()
    async with asyncio.timeout(60):
        while await own.status() != 503:
            await asyncio.sleep(0)
    async with Engine("memory:") as engine:
        run = await engine.start(counting(own), "One, two,")
        assert (await run.result()).count(",") == 1


async def test_agent_goes_on_when_its_server_is_killed_and_started_again(own: Llama) -> None:
    own.start()
    await own.ready()
    async with Engine("memory:") as engine:
        run = await engine.start(counting(own, 10), "One, two,")
        await own.works(1)
        own.kill()
        own.start()
        assert (await run.result()).count(",") == 10


async def test_server_that_stands_still_is_given_up_and_asked_again(own: Llama) -> None:
    own.start()
    await own.ready()
    async with Engine("memory:") as engine:
        own.stop()
        run = await engine.start(counting(own, timeout=2), "One, two,")
        asked = asyncio.create_task(run.result())
        await asyncio.wait((asked,), timeout=3)
        assert not asked.done()
        own.go_on()
        assert (await asked).count(",") == 1
