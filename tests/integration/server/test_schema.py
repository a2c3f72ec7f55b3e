"""Whatever the API's document allows may be asked, and so may what it does not: the answer is never a 5xx.

schemathesis makes the requests, the same ones each time, valid and not. Half of those about a run are about one that
is there: over, waiting for a person, parked, failed.
"""

import asyncio
import itertools
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok

from podium import Status
from podium.server.describing import document
from podium.server.gate import Limits
from podium.server.table import routes
from tests.integration.server.exercises import until
from tests.integration.server.flows import WORKFLOWS, Note, booking_flow, checking, counting, failing
from tests.integration.server.serving import Served, served

pytestmark = [pytest.mark.slow]

EXAMPLES = 25
"""Of each operation and mode."""
NEVER_ENDING = ("/stream", "/tokens")
THERE = ("done", "asked", "failed", "parked")
LIMITS = Limits(per_minute=1_000_000, burst=1_000_000, requests_per_client=500)


async def runs_to_look_at(server: Served) -> None:
    for workflow, run_id, text, status in (
        (counting, "done", "a b", Status.COMPLETED),
        (checking, "asked", "a", Status.WAITING),
        (failing, "failed", "fail", Status.FAILED),
        (booking_flow, "parked", "doubt", Status.PARKED),
    ):
        await until(await server.engine.start(workflow, Note(text=text), id=run_id), status)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve from a thread with a loop of its own: schemathesis waits where it stands."""
    folder: Path = tmp_path_factory.mktemp("schema")
    told: list[str] = []
    ready, over = threading.Event(), threading.Event()

    async def live() -> None:
        database = f"sqlite:///{folder / 'p.db'}"
        async with served(database, folder, WORKFLOWS, gate={"limits": LIMITS}, act_s=0.2, demo="checking") as server:
            await runs_to_look_at(server)
            told.append(server.url)
            ready.set()
            await asyncio.to_thread(over.wait)

    def serve() -> None:
        try:
            asyncio.run(live())
        finally:
            ready.set()

    thread = threading.Thread(target=serve)
    thread.start()
    ready.wait()
    yield told[0]
    over.set()
    thread.join()


@schemathesis.serializer("application/x-ndjson")
def lines(_: Any, value: Any) -> bytes:
    """Return what is made up for an exported journal as its text, or as a line of JSON."""
    return value.encode("utf-8", "replace") if isinstance(value, str) else json.dumps(value).encode()


SCHEMA = schemathesis.openapi.from_dict(document(routes()), config=SchemathesisConfig())
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)]
ASKED = [operation for operation in OPERATIONS if not operation.path.endswith(NEVER_ENDING)]


def there(case: Any, run_id: str | None) -> None:
    """Let a request be about something that is there; None: leave what was made up."""
    if "wait" in case.query:
        case.query["wait"] = 0
    if run_id is None:
        return
    about = {"id": run_id, "run_id": run_id, "left": run_id, "right": "done", "workflow": "counting", "seq": 2}
    about["name"] = "desk" if "breakers" in case.path else "counting"
    for given_by_name in (case.path_parameters, case.query, case.body):
        for name in about.keys() & given_by_name.keys() if isinstance(given_by_name, dict) else ():
            if name != "id" or given_by_name is case.path_parameters:
                given_by_name[name] = about[name]


CASES = [
    pytest.param(operation, mode, id=f"{operation.label} {mode.value}")
    for operation in ASKED
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    if mode is GenerationMode.POSITIVE or operation.query or operation.path_parameters or operation.body
]
"""What takes nothing can not be given anything wrong."""


@pytest.mark.parametrize(("operation", "mode"), CASES)
def test_no_request_that_can_be_thought_of_breaks_the_server(url: str, operation: Any, mode: GenerationMode) -> None:
    turns = itertools.cycle((None, *THERE[:2], None, *THERE[2:]))
    seen: list[tuple[int, str]] = []

    @seed(6)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        there(case, next(turns))
        reply = case.call(base_url=url)
        seen.append((reply.status_code, case.as_curl_command()))

    ask()
    assert [told for told in seen if told[0] >= 500] == []
    assert seen


def test_server_answers_when_all_was_asked(url: str) -> None:
    assert httpx.get(f"{url}/readyz").status_code == 200
    assert set(THERE) <= {row["id"] for row in httpx.get(f"{url}/api/v1/runs").json()["runs"]}
