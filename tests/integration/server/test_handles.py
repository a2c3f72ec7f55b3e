"""An engine's handle and a client's handle do the same, and raise the same."""

import asyncio

import pytest

from tests.integration.server.exercises import EXERCISES, LIMIT_S, Exercise
from tests.integration.server.serving import Served


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.__name__)
@pytest.mark.parametrize("whose", ["engine", "client"])
async def test_handles_do_the_same(server: Served, exercise: Exercise, whose: str) -> None:
    async with asyncio.timeout(LIMIT_S):
        await exercise(server.engine if whose == "engine" else server.client)
