import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from podium.asgi.wire import Message, Scope
from podium.server.gate import Limits
from podium.server.gate.body import check_json
from podium.server.gate.crowd import Crowd, Kind, kind_of
from podium.server.gate.headers import PAGE_POLICY
from podium.server.gate.rates import Rate
from podium.server.gate.refusal import Refusal
from podium.server.gate.shape import check_shape
from tests.unit.server.gate.inside import Gated, code, in_parts

RETRY = "/api/v1/runs/r/retry"
JSON = {"content-type": "application/json"}


async def test_body_is_refused_by_its_length_before_it_is_read(tmp_path: Path) -> None:
    gated = Gated(tmp_path)
    asked: list[str] = []

    async def receive() -> Message:
        asked.append("read")
        return {"type": "http.disconnect"}

    told: list[Message] = []

    async def send(message: Message) -> None:
        told.append(message)

    headers = [(b"host", b"localhost"), (b"content-type", b"application/json"), (b"content-length", b"100000000")]
    scope: dict[str, Any] = {"type": "http", "method": "POST", "path": RETRY, "query_string": b"", "headers": headers}
    await gated.app({**scope, "client": ("127.0.0.1", 1), "scheme": "http"}, receive, send)
    assert told[0]["status"] == 413
    assert (b"connection", b"close") in told[0]["headers"]
    assert asked == []


async def test_body_that_does_not_say_how_long_it_is_is_read_no_further_than_allowed(tmp_path: Path) -> None:
    gated = Gated(tmp_path, limits={"body_bytes": 100})
    reply = await gated.ask("POST", RETRY, headers=JSON, content=in_parts([b"x" * 60] * 1000))
    assert (reply.status_code, code(reply)) == (413, "body-too-long")
    assert gated.inside.bodies == []


async def test_body_that_does_not_come_is_not_waited_for(tmp_path: Path) -> None:
    gated = Gated(tmp_path, limits={"body_s": 0.01})
    told: list[Message] = []

    async def never() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        told.append(message)

    headers = [(b"host", b"localhost"), (b"content-type", b"application/json"), (b"content-length", b"5")]
    scope: Scope = {"type": "http", "method": "POST", "path": RETRY, "query_string": b"", "headers": headers}
    await gated.app({**scope, "client": None, "scheme": "http"}, never, send)
    assert told[0]["status"] == 408


def check(text: str, **limits: int) -> str:
    try:
        check_json(text.encode(), Limits(**limits))
    except Refusal as refusal:
        return refusal.code
    return ""


@pytest.mark.parametrize(
    "text",
    ["[" * 10_000, "[" * 10_000 + "]" * 10_000, '{"a":' * 10_000 + "1" + "}" * 10_000, '[{"a":' * 51 + "1" + "}]" * 51],
)
def test_json_that_is_too_deep_is_refused_before_it_is_parsed(text: str) -> None:
    assert check(text) == "body-too-deep"


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100 + "]" * 100,
        json.dumps("[" * 10_000),
        json.dumps('"\\["' * 10_000),
        json.dumps([[n] for n in range(10_000)]),
        "no json",
        '"' + "[" * 10_000,
    ],
)
def test_brackets_in_texts_and_beside_one_another_are_not_deep(text: str) -> None:
    assert check(text) == ""


def test_values_are_counted() -> None:
    assert check(json.dumps(list(range(101))), values=100) == "too-many-values"
    assert check(json.dumps([[] for _ in range(60)]), values=100, depth=5) == "too-many-values"
    assert check(json.dumps([",,,,"] * 50), values=100, depth=5) == ""


async def test_lines_of_a_journal_are_looked_at_one_by_one(tmp_path: Path) -> None:
    gated = Gated(tmp_path, limits={"body_bytes": 10})
    kind = {"content-type": "application/x-ndjson"}
    flat = b'{"a": [1]}\n' * 1000
    assert (await gated.ask("POST", "/api/v1/journals/read", headers=kind, content=flat)).status_code == 200
    deep = flat + b"[" * 101
    assert code(await gated.ask("POST", "/api/v1/journals/read", headers=kind, content=deep)) == "body-too-deep"


async def test_requests_of_one_client_are_counted(tmp_path: Path) -> None:
    gated = Gated(tmp_path, limits={"per_minute": 60, "burst": 3})
    told = [(await gated.ask("GET", "/api/v1")).status_code for _ in range(4)]
    assert told == [200, 200, 200, 429]
    async with gated.client(address="127.0.0.2") as other:
        assert (await other.get("/api/v1")).status_code == 200
    reply = await gated.ask("GET", "/api/v1")
    assert (code(reply), reply.headers["retry-after"]) == ("too-many-requests", "1")
    await gated.clock.skip(1000)
    assert (await gated.ask("GET", "/api/v1")).status_code == 200


def test_rate_says_when_to_come_again_and_that_holds() -> None:
    rate, now_ms = Rate(60, burst=2), 10_000
    assert [rate.take("a", now_ms) for _ in range(3)] == [0.0, 0.0, 1.0]
    assert rate.take("a", now_ms + 999) > 0
    assert rate.take("a", now_ms + 1000) == 0.0


def test_places_are_given_back() -> None:
    crowd = Crowd(Limits(requests=2, requests_per_client=1, streams=1))
    with crowd.place("a", Kind.REQUEST):
        with pytest.raises(Refusal, match="too-many-at-once"), crowd.place("a", Kind.REQUEST):
            pass
        with crowd.place("b", Kind.REQUEST), pytest.raises(Refusal, match="server-busy"):  # noqa: SIM117
            with crowd.place("c", Kind.REQUEST):
                pass
        with crowd.place("a", Kind.STREAM):
            pass
    with crowd.place("a", Kind.REQUEST):
        pass


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/api/v1/runs/stream", Kind.STREAM),
        ("/api/v1/runs/r/tokens", Kind.STREAM),
        ("/api/v1/journals/read", Kind.JOURNAL),
        ("/runs/stream", Kind.REQUEST),
        ("/api/v1/runs", Kind.REQUEST),
    ],
)
def test_what_lasts_and_what_is_large_have_places_of_their_own(path: str, kind: Kind) -> None:
    assert kind_of(path) is kind


@pytest.mark.parametrize(
    "path",
    ["/assets/../../etc/passwd", "/assets/..", "/..", "/a/./b", "/assets/%2e%2e/x", "/assets\\..\\x", "/assets//etc",
     "/assets/c:x", "/a\x00b", "/a\nb", "/api/v1/runs/../audit"],
)  # fmt: skip
def test_path_that_leads_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(Refusal, match="bad-path"):
        check_shape({"path": path, "query_string": b"", "headers": []}, Limits())


@pytest.mark.parametrize(
    "path", ["/", "/assets/app-1.2.js", "/runs/order-17", "/api/v1/runs/100%25", "/api/v1/runs/a:b"]
)
def test_path_of_ours_is_not(path: str) -> None:
    check_shape({"path": path, "query_string": b"", "headers": []}, Limits())


async def test_long_addresses_and_headers_are_refused(tmp_path: Path) -> None:
    gated = Gated(tmp_path)
    assert code(await gated.ask("GET", f"/api/v1?x={'x' * 9000}")) == "url-too-long"
    assert code(await gated.ask("GET", "/api/v1", headers={"x": "x" * 40_000})) == "headers-too-long"


async def test_every_answer_says_what_a_browser_may_do(tmp_path: Path) -> None:
    gated = Gated(tmp_path)
    page, data = await gated.ask("GET", "/"), await gated.ask("GET", "/api/v1")
    refused = await gated.ask("GET", "/", headers={"host": "evil.example"})
    for reply in (page, data, refused):
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["referrer-policy"] == "no-referrer"
        assert reply.headers["cross-origin-opener-policy"] == "same-origin"
        assert reply.headers["cross-origin-resource-policy"] == "same-origin"
        assert reply.headers["x-request-id"]
        assert "server" not in reply.headers
    assert page.headers["content-security-policy"] == PAGE_POLICY
    assert "script-src 'self'" in PAGE_POLICY
    assert "unsafe" not in PAGE_POLICY
    assert data.headers["content-security-policy"].endswith("sandbox")
    assert data.headers.get_list("cache-control") == ["no-store"]
    assert page.headers["cache-control"] == "public"
