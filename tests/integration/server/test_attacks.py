"""What attackers do, over sockets, to the real server; each part of the gate alone: tests/unit/server/gate."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from podium import END, FROM_ENGINE, START, StateMachine, Status, step, tool
from podium.server.gate import Limits, Scope
from podium.server.gate.connection import PromptConnection
from podium.server.gate.headers import DATA_POLICY, PAGE_POLICY
from podium.server.gate.tokens import TokenFile
from tests.integration.server.exercises import until
from tests.integration.server.flows import WORKFLOWS, Note, counting
from tests.integration.server.raw import head, wire
from tests.integration.server.serving import Served, served

START_RUN = b'{"workflow": "counting", "text": "", "input": {"text": "x"}}'
JSON = "application/json"
DAY_MS = 86_400_000


async def nothing_began(server: Served) -> bool:
    return await server.engine.runs() == []


# ----- other sites


FOREIGN: list[dict[str, str]] = [
    {"content_type": "text/plain"},
    {"content_type": "application/x-www-form-urlencoded"},
    {"content_type": JSON, "origin": "https://evil.example"},
    {"content_type": JSON, "origin": "null"},
    {"content_type": JSON, "sec_fetch_site": "cross-site"},
    {"content_type": JSON, "host": "evil.example"},
    {"content_type": JSON, "host": "127.0.0.1.evil.example:80"},
]


async def test_page_of_another_site_begins_no_run(server: Served) -> None:
    for headers in FOREIGN:
        async with wire(server.url) as line:
            said = head("POST", "/api/v1/runs", content_length=str(len(START_RUN)), **headers)
            await line.send(said + START_RUN)
            reply = await line.reply()
        assert reply.status in (403, 415, 421), headers
        assert reply.headers["content-type"] == "application/problem+json"
        assert "access-control-allow-origin" not in reply.headers
    assert await nothing_began(server)


async def test_browser_that_asks_for_leave_of_another_site_gets_none(server: Served) -> None:
    async with wire(server.url) as line:
        asked = {"origin": "https://evil.example", "access_control_request_method": "POST"}
        await line.send(head("OPTIONS", "/api/v1/runs", **asked))
        reply = await line.reply()
    assert not [name for name in reply.headers if name.startswith("access-control")]


async def test_name_that_was_made_to_point_here_reads_nothing(server: Served) -> None:
    for path in ("/", "/api/v1/runs", "/metrics", "/api/v1/runs/stream"):
        async with wire(server.url) as line:
            await line.send(head("GET", path, host="rebound.example"))
            assert (await line.reply()).status == 421, path


# ----- tokens


async def test_without_the_right_token_nothing_is_read_or_done(server: Served, tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "tokens.json")
    now_ms = 1_900_000_000_000
    over = file.add("over", Scope.ADMIN, now_ms=0, lives_ms=1)
    reader = file.add("reader", Scope.READ, now_ms=now_ms, lives_ms=DAY_MS * 36_500)
    body = {"workflow": "counting", "input": {"text": "x"}}
    for token, reads in (("", 401), ("podium_wrong", 401), (over, 401), (reader, 200)):
        headers = {"authorization": f"Bearer {token}"} if token else {}
        for path in ("", "/runs", "/tasks", "/guards"):
            assert (await server.http.get(path, headers=headers)).status_code == reads, (token, path)
        posted = await server.http.post("/runs", json=body, headers=headers)
        assert posted.status_code == (403 if token == reader else 401)
    assert await nothing_began(server)


async def test_acts_are_noted_under_the_name_of_the_token(server: Served, tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "tokens.json")
    token = file.add("ada", Scope.ADMIN, now_ms=0, lives_ms=DAY_MS * 365_000)
    headers = {"authorization": f"Bearer {token}"}
    started = await server.http.post(
        "/runs", json={"workflow": "checking", "input": {"text": "x"}, "id": "r"}, headers=headers
    )
    assert started.status_code == 201
    await until(await server.engine.get("r"), Status.WAITING)
    assert (await server.http.post("/runs/r/cancel", json={"reason": "no"}, headers=headers)).is_success
    told: list[dict[str, str]] = []
    async with asyncio.timeout(60):  # how an act ended is noted right after it was answered
        while not told or not all(entry["outcome"].startswith(("done", "accepted")) for entry in told):
            told = (await server.http.get("/audit", headers=headers)).json()["entries"]
    assert [(entry["by"], entry["act"], entry["target"]) for entry in told] == [
        ("ada", "cancel", "r"),
        ("ada", "start", "checking r"),
    ]
    assert token not in (tmp_path / "audit.jsonl").read_text("utf-8")


async def test_stream_ends_when_its_token_is_revoked(server: Served, tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "tokens.json")
    token = file.add("ada", Scope.READ, now_ms=0, lives_ms=DAY_MS * 365_000)
    async with wire(server.url) as line:
        await line.send(head("GET", "/api/v1/runs/stream", authorization=f"Bearer {token}"))
        assert b" 200 " in await line.reader.readline()
        file.revoke("ada")
        await server.engine.start(counting, Note(text="news"), id="news")
        told = await asyncio.wait_for(line.reader.readuntil(b"\r\n0\r\n\r\n"), 60)
    assert b"news" not in told


# ----- too much


async def test_body_of_a_hundred_megabytes_is_refused_before_it_is_sent(server: Served) -> None:
    async with wire(server.url) as line:
        await line.send(head("POST", "/api/v1/runs", content_type=JSON, content_length="100000000"))
        reply = await line.reply()
    assert reply.status == 413
    assert reply.headers["connection"] == "close"


async def test_body_that_does_not_say_its_length_is_cut_off(server: Served) -> None:
    sent = 0
    async with wire(server.url) as line:
        await line.send(head("POST", "/api/v1/runs", content_type=JSON, transfer_encoding="chunked"))
        part = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        while not line.writer.transport.is_closing() and not line.reader.at_eof() and sent < 100_000_000:
            await line.send(part)
            sent += len(part)
    assert sent < 50_000_000
    assert (await server.http.get("/runs")).status_code == 200


async def test_json_that_is_ten_thousand_deep_is_refused(server: Served) -> None:
    for text in ('{"a":' * 10_000 + "1" + "}" * 10_000, "[" * 10_000, '[{"a":' * 10_000):
        for path in ("/runs", "/tasks/answer", "/journals/read", "/session"):
            reply = await server.http.post(path, content=text, headers={"content-type": JSON})
            assert reply.status_code == 400, path
    assert await nothing_began(server)


async def test_long_address_and_long_headers_are_refused(server: Served) -> None:
    assert (await server.http.get("/runs", params={"text": "x" * 10_000})).status_code == 414
    assert (await server.http.get("/runs", headers={"x": "x" * 40_000})).status_code == 431
    async with wire(server.url) as line:
        await line.send(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx: " + b"x" * 500_000)
        assert (await line.reply()).status in (0, 400, 431)


# ----- paths

TRAVERSALS = [
    "/assets/../../../../../../etc/passwd",
    "/assets/..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/assets/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/assets/..%252f..%252f..%252fetc/passwd",
    "/assets/..%5c..%5c..%5cetc%5cpasswd",
    "/assets//etc/passwd",
    "/assets/%00/../../etc/passwd",
    "/..%c0%af..%c0%afetc/passwd",
    "/api/v1/runs/..%2f..%2f..%2fetc%2fpasswd/export",
    "/./pyproject.toml",
]


async def test_no_path_leads_out(server: Served) -> None:
    for path in TRAVERSALS:
        async with wire(server.url) as line:
            await line.send(head("GET", path))
            reply = await line.reply()
        assert reply.status in (400, 404), path
        assert b"root:" not in reply.body


# ----- many and slow


@asynccontextmanager
async def limited(folder: Path, **limits: Any) -> AsyncIterator[Served]:
    url = f"sqlite:///{folder / 'podium.db'}"
    async with served(url, folder, WORKFLOWS, gate={"limits": Limits(**limits)}) as server:
        yield server


async def test_flood_of_streams_is_bounded_and_others_are_served(tmp_path: Path) -> None:
    async with limited(tmp_path, streams_per_client=5) as server, AsyncExitStack() as stack:
        statuses = []
        for _ in range(20):
            line = await stack.enter_async_context(wire(server.url))
            await line.send(head("GET", "/api/v1/runs/stream"))
            first = await line.reader.readline()
            statuses.append(int(first.split()[1]))
        assert statuses == [200] * 5 + [429] * 15
        assert (await server.http.get("/runs")).status_code == 200


async def test_flood_of_requests_is_told_when_to_come_again(tmp_path: Path) -> None:
    async with limited(tmp_path, per_minute=1, burst=5) as server:
        replies = [await server.http.get("") for _ in range(8)]
    assert [reply.status_code for reply in replies] == [200] * 5 + [429] * 3
    assert int(replies[-1].headers["retry-after"]) >= 1


async def test_body_that_comes_letter_by_letter_is_not_waited_for(tmp_path: Path) -> None:
    async with limited(tmp_path, body_s=0.2) as server, wire(server.url) as line:
        await line.send(head("POST", "/api/v1/runs", content_type=JSON, content_length="50") + b"{")
        assert (await line.reply()).status == 408


async def test_head_that_comes_letter_by_letter_is_not_waited_for(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PromptConnection, "head_s", 0.2)
    async with wire(server.url) as silent, wire(server.url) as slow:
        for letter in b"GET / HTTP/1.1":
            await slow.send(bytes([letter]))
        assert (await slow.reply()).status == 0
        assert (await silent.reply()).status == 0
    monkeypatch.undo()
    assert (await server.http.get("/runs")).status_code == 200


# ----- what is shown

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"


@step
async def shouts(note: Note) -> None:
    note.booking = SCRIPT
    raise ValueError(f"it failed: {note.text}")


shouting = StateMachine("shouting", Note, START >> shouts >> END)


async def test_script_in_names_inputs_and_errors_stays_text(tmp_path: Path) -> None:
    async with served("memory:", tmp_path, (*WORKFLOWS, shouting)) as server:
        run_id = 'a<script>alert("id")</script>'
        run = await server.engine.start(shouting, Note(text=SCRIPT), id=run_id)
        await until(run, Status.FAILED)
        path = f"/runs/{run_id.replace('<', '%3C').replace('>', '%3E').replace('/', '%2F')}"
        for more in ("", "/journal", "/timeline", "/row", "/picture", "/nowhere"):
            reply = await server.http.get(f"{path}{more}")
            assert reply.headers["content-type"] in (JSON, "application/problem+json"), more
            assert reply.headers["content-security-policy"] == DATA_POLICY
            assert reply.headers["x-content-type-options"] == "nosniff"
        for more in ("/picture.svg", "/report"):
            reply = await server.http.get(f"{path}{more}")
            assert reply.status_code == 200, more
            assert "<script" not in reply.text, more
            assert "<img" not in reply.text, more
        exported = await server.http.get(f"{path}/export")
        assert exported.headers["content-disposition"].startswith("attachment")


async def test_page_may_run_only_what_is_shipped(server: Served) -> None:
    for path in ("/", "/runs/x", "/login"):
        async with wire(server.url) as line:
            await line.send(head("GET", path, sec_fetch_site="cross-site"))
            reply = await line.reply()
        assert reply.headers["content-security-policy"] == PAGE_POLICY
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert "server" not in reply.headers


# ----- secrets

TOKEN = "t0ps3cret-t0ken"


@dataclass
class Desk:
    token: SecretStr


@tool.read
async def asks(text: str, *, desk: Desk = FROM_ENGINE) -> str:
    if text == "fail":
        raise ValueError(f"401 for Bearer {desk.token.get_secret_value()} at https://ada:hunter22@desk.example")
    return f"you are {desk.token.get_secret_value()}"


@step
async def asking(note: Note) -> None:
    note.booking = await asks(note.text)


asker = StateMachine("asker", Note, START >> asking >> END)


@asynccontextmanager
async def desk() -> AsyncIterator[Desk]:
    yield Desk(SecretStr(TOKEN))


async def test_secrets_come_into_no_journal_log_page_metric_or_audit(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="podium")
    async with served(f"sqlite:///{tmp_path / 'p.db'}", tmp_path, (asker,), resources=desk) as server:
        shown = []
        for text in ("fail", "echo"):
            body = {"workflow": "asker", "input": {"text": text}, "id": text}
            assert (await server.http.post("/runs", json=body)).status_code == 201
            await asyncio.wait_for(server.http.get(f"/runs/{text}/result", params={"wait": 30}), 40)
            shown += [await server.http.get(f"/runs/{text}{more}") for more in ("", "/journal", "/export", "/report")]
        refused = await server.http.post("/runs", json={"workflow": "asker", "input": {"text": TOKEN}})
        assert refused.status_code == 400
        shown += [refused, await server.http.get("/audit"), await server.http.get(f"{server.url}/metrics")]
    for reply in shown:
        assert TOKEN not in reply.text, reply.url
        assert "hunter22" not in reply.text, reply.url
    assert "[redacted]" in shown[0].text
    assert TOKEN not in caplog.text
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert TOKEN.encode() not in kept
    assert b"hunter22" not in kept
