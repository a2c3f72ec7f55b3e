import pathlib
from typing import Any

import pytest

from podium.server.gate import GateSettings
from podium.server.gate.origin import Origins
from podium.server.gate.refusal import Refusal
from tests.unit.server.gate.inside import Gated, code

RETRY = "/api/v1/runs/r/retry"


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8800",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "0.0.0.0:8800",
        "10.0.0.7",
    ],
)
async def test_server_is_not_reached_under_a_name_that_is_not_its_own(tmp_path: pathlib.Path, host: str) -> None:
    gated = Gated(tmp_path)
    for path in ("/", "/api/v1/runs", "/metrics"):
        reply = await gated.ask("GET", path, headers={"host": host})
        assert (reply.status_code, code(reply)) == (421, "bad-host")
    assert gated.inside.bodies == []


@pytest.mark.parametrize("host", ["localhost:8800", "127.0.0.1", "[::1]:8800", "LOCALHOST"])
async def test_loopback_has_three_names(tmp_path: pathlib.Path, host: str) -> None:
    assert (await Gated(tmp_path).ask("GET", "/api/v1", headers={"host": host})).status_code == 200


def scope(host: str, **headers: str) -> dict[str, Any]:
    lines = [(name.replace("_", "-").encode(), value.encode()) for name, value in {"host": host, **headers}.items()]
    return {"method": "POST", "path": RETRY, "scheme": "http", "headers": lines}


def test_public_name_is_a_name_and_an_origin() -> None:
    origins = Origins(GateSettings(host="0.0.0.0", public_url="https://podium.example"))  # noqa: S104
    origins.check(scope("podium.example", origin="https://podium.example"))
    origins.check(scope("10.0.0.7:8800"))
    with pytest.raises(Refusal, match="foreign-origin"):
        origins.check(scope("podium.example", origin="https://podium.example:444"))
    with pytest.raises(Refusal, match="bad-host"):
        origins.check(scope("other.example"))


def test_two_host_headers_are_none() -> None:
    asked = scope("localhost")
    asked["headers"].append((b"host", b"localhost"))
    with pytest.raises(Refusal, match="bad-host"):
        Origins(GateSettings()).check(asked)


async def test_health_is_told_under_any_name(tmp_path: pathlib.Path) -> None:
    assert (await Gated(tmp_path).ask("GET", "/healthz", headers={"host": "10.1.2.3"})).status_code == 200


FOREIGN = [
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://127.0.0.1:3000"},
    {"origin": "https://127.0.0.1:8800"},
    {"origin": "http://127.0.0.1:8800.evil.example"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
]


@pytest.mark.parametrize("headers", FOREIGN)
async def test_request_of_another_site_changes_nothing(tmp_path: pathlib.Path, headers: dict[str, str]) -> None:
    gated = Gated(tmp_path)
    reply = await gated.ask("POST", RETRY, headers=headers, json={})
    assert (reply.status_code, code(reply)) == (403, "foreign-origin")
    assert gated.inside.bodies == []


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_other_sites_open_no_streams_and_read_nothing(tmp_path: pathlib.Path, site: str) -> None:
    gated = Gated(tmp_path)
    assert code(await gated.ask("GET", "/api/v1/runs/stream", headers={"sec-fetch-site": site})) == "foreign-origin"
    assert (await gated.ask("GET", "/runs/r", headers={"sec-fetch-site": site})).status_code == 200  # a link


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json", ""]
)
async def test_body_that_a_form_can_send_is_refused(tmp_path: pathlib.Path, kind: str) -> None:
    gated = Gated(tmp_path)
    headers = {"content-type": kind} if kind else {}
    reply = await gated.ask("POST", RETRY, headers=headers, content=b'{"a": 1}')
    assert (reply.status_code, code(reply)) == (415, "not-json")
    assert gated.inside.bodies == []


@pytest.mark.parametrize("headers", [{}, {"origin": "http://127.0.0.1:8800", "sec-fetch-site": "same-origin"}])
async def test_own_page_and_programs_are_let_through(tmp_path: pathlib.Path, headers: dict[str, str]) -> None:
    gated = Gated(tmp_path)
    assert (await gated.ask("POST", RETRY, headers=headers, json={"a": 1})).status_code == 200
    assert (await gated.ask("POST", RETRY, headers=headers)).status_code == 200
    assert gated.inside.bodies == [b'{"a":1}', b""]
