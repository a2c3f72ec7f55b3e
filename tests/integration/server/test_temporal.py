"""The same server over a real Temporal server."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from podium import Status
from tests.integration.server import exercises as ex
from tests.integration.server.flows import WORKFLOWS
from tests.integration.server.serving import Served, served
from tests.integration.temporal.server import Server

pytestmark = [pytest.mark.process, pytest.mark.slow]

SOME = (
    ex.a_run_gives_its_typed_result,
    ex.the_same_id_is_the_same_run_and_another_input_is_refused,
    ex.what_is_not_there_is_not_found,
    ex.events_come_until_the_run_is_over_and_after_a_number,
    ex.an_answer_is_checked_and_edits_what_goes_on,
    ex.a_signal_counts_once_for_its_id,
    ex.a_cancel_ends_the_run_and_says_so,
    ex.what_was_written_is_undone,
    ex.a_parked_step_is_told_whole_and_resolved,
)


@pytest.fixture(scope="module")
def temporal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a Temporal server that is up."""
    server = Server(tmp_path_factory.mktemp("temporal") / "temporal.db")
    server.start()
    yield server
    server.kill()


async def test_api_over_temporal_does_what_it_does_over_a_file(temporal: Server, tmp_path: Path) -> None:
    async with served(temporal.url("served"), tmp_path, WORKFLOWS) as server:
        for exercise in SOME:
            async with asyncio.timeout(ex.LIMIT_S):
                await exercise(server.client)
        await _looked_at(server)


async def _looked_at(server: Served) -> None:
    assert (await server.get("/"))["engine"] == "temporal"
    assert (await server.get("/runs/typed"))["standing"]["nodes"]["count"]["status"] == "done"
    assert (await server.get("/runs/undoes/timeline"))["bars"]
    assert (await server.get("/runs/parks/step", address="booking"))["decisions"]
    listed = {row["id"]: row["status"] for row in (await server.get("/runs"))["runs"]}
    assert listed["cancels"] == Status.CANCELLED
    body = {"workflow": "counting", "input": {"text": "once"}}
    first = await server.post("/runs", body, key="k")
    assert (await server.post("/runs", body, key="k")).json() == first.json()
    assert (await server.http.get("/runs/nobody/row")).status_code == 404
