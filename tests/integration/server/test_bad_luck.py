"""The server where its store stalls, and where what is sent to it is out of the ordinary."""

import base64
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from podium import Status
from tests.integration.server.exercises import until
from tests.integration.server.flows import WORKFLOWS
from tests.integration.server.serving import Served, served
from tests.integration.server.test_api import problem


@pytest.fixture
async def hasty(tmp_path: Path) -> AsyncIterator[Served]:
    """Serve the test's workflows, with little patience for verdicts."""
    async with served(f"sqlite:///{tmp_path / 'podium.db'}", tmp_path, WORKFLOWS, act_s=0.2) as found:
        yield found


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Let nobody else write to a database."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.close()


@pytest.mark.slow
async def test_what_is_not_on_disk_is_not_said_to_stay_asked(hasty: Served, tmp_path: Path) -> None:
    run = await hasty.client.start("checking", {"text": "x"}, id="kept")
    await until(run, Status.WAITING)
    with held(tmp_path / "podium.db"):
        answer = await hasty.post("/runs/kept/cancel", key="once")
        assert "Idempotency-Key" in problem(answer, 503, "store.unavailable")["detail"]
        bulk = (await hasty.post("/runs/bulk", {"act": "cancel", "ids": ["kept"]})).json()
        assert "stays asked" not in bulk["refused"]["kept"]
    await until(run, Status.CANCELLED)
    again = await hasty.post("/runs/kept/cancel", key="once")
    assert (again.status_code, again.json()["status"]) == (200, "cancelled")


ODD_CURSORS = [
    b'[1e999,"a","b"]',
    b'[9223372036854775808,"a","b"]',
    b'[-9223372036854775809,"a","b"]',
    b'[1,"\\ud800","b"]',
    b'["\\udfff"]',
    b"[" * 700,
]


@pytest.mark.parametrize("inside", ODD_CURSORS)
async def test_cursors_that_the_server_did_not_make_are_refused(server: Served, inside: bytes) -> None:
    cursor = base64.urlsafe_b64encode(inside).rstrip(b"=").decode()
    for path in ("/tasks", "/parked", "/runs"):
        said = problem(await server.http.get(path, params={"cursor": cursor}), 400, "ask.bad_request")
        assert said["faults"][0]["at"] == "query.cursor"


@pytest.mark.parametrize("text", ["NaN", "[1e999]", '{"a": -Infinity}'])
async def test_numbers_that_json_does_not_have_are_not_kept(server: Served, text: str) -> None:
    run = await server.client.start("paying", {"text": "x"}, id="odd")
    await until(run, Status.WAITING)
    bodies = {
        "/runs": f'{{"workflow": "counting", "input": {text}}}',
        "/runs/odd/signal": f'{{"name": "payment", "payload": {text}}}',
        "/tasks/answer": f'{{"run_id": "odd", "path": "x", "answer": {text}}}',
        "/parked/resolve": f'{{"run_id": "odd", "path": "x", "verb": "done", "answer": {text}}}',
    }
    for path, body in bodies.items():
        answer = await server.http.post(path, content=body, headers={"content-type": "application/json"})
        assert "finite" in problem(answer, 400, "ask.bad_request")["detail"], path
    assert (await server.get("/runs/odd/row"))["seq"] == (await server.get("/runs/odd/journal"))["total"] == 2


async def test_the_audit_has_one_address(server: Served) -> None:
    problem(await server.http.get("/audit/"), 404, "ask.nothing_there")


async def test_another_fork_under_a_taken_id_is_refused_and_the_same_one_is_not(server: Served) -> None:
    run = await server.client.start("paying", {"text": "x"}, id="origin")
    await until(run, Status.WAITING)
    await run.signal("other", 1)
    asked = {"id": "copy", "at": 1}
    statuses = [(await server.post("/runs/origin/fork", asked, key=key)).status_code for key in ("one", "two")]
    assert statuses == [201, 200]
    for other in ({"id": "copy", "at": 3}, {"id": "copy", "at": 1, "writes": True}):
        problem(
            await server.post("/runs/origin/fork", other, key=f"{other}".replace(" ", "")), 409, "ask.duplicate_run"
        )


async def test_nobody_begins_to_wait_for_a_run_while_the_server_drains(server: Served) -> None:
    run = await server.client.start("checking", {"text": "x"}, id="waits")
    await until(run, Status.WAITING)
    server.app.drain.begin()
    answer = await server.http.get("/runs/waits/result", params={"wait": 20})
    problem(answer, 503, "ask.draining")
    assert answer.headers["retry-after"] == "1"
    assert (await server.http.get("/runs/waits/result")).status_code == 202


def hurt(file: Path, run_id: str) -> None:
    """Change what is on record of a run, its second event."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        where = "run = (SELECT rowid FROM runs WHERE id = ?)"
        assert connection.execute(f"UPDATE journal SET body = '[1]' WHERE seq = 2 AND {where}", [run_id]).rowcount == 1  # noqa: S608


async def test_a_damaged_journal_is_a_problem_and_no_half_export(server: Served, tmp_path: Path) -> None:
    run = await server.client.start("checking", {"text": "x"}, id="hurt")
    await until(run, Status.WAITING)
    hurt(tmp_path / "podium.db", "hurt")
    for path in ("/journal", "/export", "/report", "/stream"):
        assert "event 2" in problem(await server.http.get(f"/runs/hurt{path}"), 500, "store.damaged")["detail"], path
    assert (await server.get("/runs"))["runs"][0]["id"] == "hurt"


async def test_a_damaged_run_hides_no_other(server: Served, tmp_path: Path) -> None:
    for run_id in ("whole", "hurt"):
        run = await server.client.start("booking", {"text": "doubt"}, id=run_id)
        await until(run, Status.PARKED)
    await server.post("/breakers/desk/order", {"switch": "open"})
    asking = await server.client.start("checking", {"text": "x"}, id="other")
    await until(asking, Status.WAITING)
    hurt(tmp_path / "podium.db", "hurt")
    hurt(tmp_path / "podium.db", "other")
    rows = {row["run_id"]: row for row in (await server.get("/parked"))["parked"]}
    assert rows["whole"]["actions"]
    assert (rows["hurt"]["actions"], rows["hurt"]["workflow"]) == ([], "booking")
    assert "event 2" in rows["hurt"]["unknown"][0]
    states = {row["name"]: row["state"] for row in (await server.get("/guards"))["breakers"]}
    assert states["desk"] == "forced_open"
    assert {row["run_id"] for row in (await server.get("/tasks"))["tasks"]} == {"other"}


@pytest.mark.parametrize("name", ["..", "a/../b", "./a", "a\\b"])
async def test_no_run_is_begun_under_an_id_that_no_address_can_hold(server: Served, name: str) -> None:
    refused = await server.post("/runs", {"workflow": "counting", "text": "x", "id": name})
    problem(refused, 400, "ask.bad_request")
    run = await server.client.start("checking", {"text": "x"}, id="fine..")
    await until(run, Status.WAITING)
    problem(await server.post("/runs/fine../fork", {"id": name}), 400, "ask.bad_request")
