"""The services are processes: killed ones lose nothing that was acknowledged, orphans end, failures are named."""

import asyncio
import json
import os
import select
import signal
import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest

from podium.demo.desk.ledger import open_store
from podium.demo.desk.models import ServiceSpec
from podium.demo.desk.process import Desk, DeskNotStartedError, travel_desk

CONDUCTOR = """
import asyncio, json, sys
from pathlib import Path
from podium.demo.desk.process import travel_desk

async def conduct():
    async with travel_desk(Path(sys.argv[1])) as desk:
        print(json.dumps({"pids": dict(desk.pids), "urls": dict(desk.urls)}), flush=True)
        await asyncio.Event().wait()

asyncio.run(conduct())
"""
END_MS_MAX = 20_000
ASKS_MAX = 1_000


async def book(client: httpx.AsyncClient, key: str) -> httpx.Response:
    return await client.post("/bookings", json={"city": "Busan", "order": key}, headers={"Idempotency-Key": key})


def wait_for_end(pidfds: list[int]) -> None:
    """Wait until every process has ended; fails when one has not within `END_MS_MAX`."""
    for pidfd in pidfds:
        poll = select.poll()
        poll.register(pidfd, select.POLLIN)
        assert poll.poll(END_MS_MAX), "a process outlived its parent"
        os.close(pidfd)


def leave_hanging(url: str) -> HTTPConnection:
    """Send a booking that will hang, and return its connection once the service is at it."""
    httpx.post(f"{url}/faults", json=[{"operation": "book", "fault": "hang"}])
    connection = HTTPConnection(url.removeprefix("http://"))
    connection.request("POST", "/bookings", body='{"city": "Busan"}', headers={"Idempotency-Key": "k"})
    for _ in range(ASKS_MAX):
        if httpx.get(f"{url}/bookings/by-key/k").status_code == httpx.codes.CONFLICT:
            return connection
    pytest.fail("the booking never arrived")


@pytest.mark.asyncio
async def test_a_kill_between_requests_loses_nothing_acknowledged(flight: httpx.AsyncClient, desk: Desk) -> None:
    first = await book(flight, "a")
    pid = desk.pids["flight"]
    await desk.restart("flight")
    second = await book(flight, "b")
    await desk.restart("flight")
    again = [await book(flight, key) for key in "ab"]

    assert desk.pids["flight"] != pid
    assert [reply.content for reply in again] == [first.content, second.content]
    assert all(reply.headers["Idempotent-Replayed"] == "true" for reply in again)


@pytest.mark.asyncio
async def test_a_kill_under_load_loses_nothing_acknowledged_and_doubles_nothing(
    flight: httpx.AsyncClient, desk: Desk
) -> None:
    keys = [f"key-{number}" for number in range(50)]
    posts = [asyncio.create_task(book(flight, key)) for key in keys]
    await asyncio.wait(posts, return_when=asyncio.FIRST_COMPLETED)
    await desk.restart("flight")
    before = await asyncio.gather(*posts, return_exceptions=True)
    after = [await book(flight, key) for key in keys]

    acknowledged = [(one, two) for one, two in zip(before, after, strict=True) if isinstance(one, httpx.Response)]
    assert acknowledged
    for one, two in acknowledged:
        assert (two.content, two.headers["Idempotent-Replayed"]) == (one.content, "true")
    assert sorted(effect["key"] for effect in (await flight.get("/ledger")).json()) == sorted(keys)


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waiting for a process that is not a child needs pidfd")
def test_services_end_when_their_conductor_is_killed_even_in_the_middle_of_a_request(tmp_path: Path) -> None:
    conductor = subprocess.Popen([sys.executable, "-c", CONDUCTOR, tmp_path], stdout=subprocess.PIPE)
    assert conductor.stdout is not None
    told = json.loads(conductor.stdout.readline())
    pidfds = [os.pidfd_open(pid) for pid in told["pids"].values()]
    with closing(leave_hanging(told["urls"]["flight"])):
        conductor.send_signal(signal.SIGKILL)
        conductor.communicate()

        assert len(pidfds) == 3
        wait_for_end(pidfds)


@pytest.mark.asyncio
async def test_services_end_with_the_block_and_close_their_disks(tmp_path: Path) -> None:
    async with travel_desk(tmp_path) as desk:
        pids = dict(desk.pids)
        async with httpx.AsyncClient() as client:
            kinds = [(await client.get(f"{url}/healthz")).json()["kind"] for url in desk.urls.values()]

    assert kinds == list(pids) == ["flight", "hotel", "car"]
    for pid in pids.values():
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert not list(tmp_path.glob("*.db-wal"))


@pytest.mark.asyncio
async def test_a_service_that_does_not_start_is_named_with_its_log(tmp_path: Path) -> None:
    (tmp_path / "hotel.db").write_text("this is no database, and long enough to be read as a header of one" * 20)

    with pytest.raises(DeskNotStartedError, match=r"hotel service ended at its start; .*: file is not a database"):
        async with travel_desk(tmp_path, [ServiceSpec("flight"), ServiceSpec("hotel")]):
            pytest.fail("the desk claims to be up")

    assert (tmp_path / "flight.db").exists()
    assert not (tmp_path / "flight.db-wal").exists(), "the service that did start still runs"


@pytest.mark.asyncio
async def test_a_service_that_does_not_end_when_asked_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("podium.demo.desk.process._GRACE_S", 0.1)
    async with travel_desk(tmp_path, [ServiceSpec("flight")]) as desk:
        pid = desk.pids["flight"]
        os.kill(pid, signal.SIGSTOP)

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_the_disk_is_asked_to_survive_a_power_cut(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "flight.db")) as connection:
        pragmas = ("journal_mode", "synchronous", "fullfsync")
        assert [connection.execute(f"PRAGMA {pragma}").fetchone()[0] for pragma in pragmas] == ["wal", 2, 1]


def test_without_the_extra_the_import_says_what_to_install() -> None:
    code = "import sys; sys.modules['uvicorn'] = None; import podium.demo.desk.process"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert "ModuleNotFoundError: the travel desk needs uvicorn" in ended.stderr
    assert "pip install 'podium[demo]'" in ended.stderr
