"""The engine over a real Temporal server is held to what every engine is held to; time is real there."""

import asyncio
import os
import random
import secrets
from collections.abc import Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from podium.testing.conformance.engines import CASES, RACES, Case, UrlStage, check, check_race
from tests.conformance.growing import grow
from tests.conformance.stages import RigStage
from tests.conformance.telling import tell
from tests.conformance.test_differential import agree
from tests.integration.temporal.server import Server
from tests.simulation.graphs import Dice

pytestmark = [
    pytest.mark.process,
    pytest.mark.filterwarnings("ignore:.*TMPRL1102"),  # an update that a cancel overtakes is asked again by its client
    pytest.mark.filterwarnings("ignore:Cannot find activity to cancel"),
]

AT_A_TIME = 4
GROUPS = 8
WAIT_S_MAX = 120
RANDOM = 8
"""Random workflows; give more in PODIUM_RANDOM_WORKFLOWS."""

PLAYABLE = [case for case in CASES if not case.needs_crash]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a running server."""
    server = Server(tmp_path_factory.mktemp("temporal") / "temporal.db")
    server.start()
    yield server
    server.kill()


def stage_on(server: Server) -> UrlStage:
    """Return a ground of its own: a task queue that nothing else is on."""
    return UrlStage(server.url(f"q-{secrets.token_hex(4)}"))


async def side_by_side(works: Sequence[tuple[str, Coroutine[Any, Any, Any]]]) -> None:
    """Do several things at a time, all of them, and tell which failed."""
    turn = asyncio.Semaphore(AT_A_TIME)

    async def one(work: Coroutine[Any, Any, Any]) -> None:
        async with turn, asyncio.timeout(WAIT_S_MAX):
            await work

    ended = await asyncio.gather(*(one(work) for _, work in works), return_exceptions=True)
    failed = [(name, repr(error)) for (name, _), error in zip(works, ended, strict=True) if error is not None]
    assert failed == []


@pytest.mark.parametrize("nth", range(GROUPS))
async def test_temporal_does_what_the_cases_say(nth: int, server: Server) -> None:
    chosen: Sequence[Case] = PLAYABLE[nth::GROUPS]
    await side_by_side([(case.name, check(case, stage_on(server))) for case in chosen])


async def test_one_wins_and_the_other_is_told_on_temporal(server: Server) -> None:
    chosen = [race for race in RACES if race.name.endswith("-0")]
    await side_by_side([(race.name, check_race(race, stage_on(server))) for race in chosen])


async def test_random_workflows_come_out_on_temporal_as_in_memory(server: Server, tmp_path: Path) -> None:
    lot = random.Random("differential")

    async def both(shape: bytes, seed: int) -> None:
        workflow, run_id = grow(Dice(shape)), f"told-{secrets.token_hex(4)}"
        plain = await tell(workflow, seed, RigStage(tmp_path, file=None), run_id=run_id)
        agree(workflow, plain, await tell(workflow, seed, stage_on(server), run_id=run_id))

    drawn = [
        (lot.randbytes(50), lot.randrange(2**16)) for _ in range(int(os.environ.get("PODIUM_RANDOM_WORKFLOWS", RANDOM)))
    ]
    await side_by_side([(f"{shape.hex()} {seed}", both(shape, seed)) for shape, seed in drawn])
