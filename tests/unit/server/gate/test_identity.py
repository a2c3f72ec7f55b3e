import json
import stat
from pathlib import Path

import pytest

from podium.errors import PodiumError
from podium.gate_errors import BadTokenError, ExposedError, TokenFileError
from podium.server.gate import GateSettings, Scope, gate
from podium.server.gate.tokens import TokenFile
from tests.unit.server.gate.inside import DAY_MS, Gated, code

START = 1_800_000_000_000


async def test_whoever_sits_at_this_machine_is_admin_while_there_are_no_tokens(tmp_path: Path) -> None:
    said = (await Gated(tmp_path).ask("POST", "/api/v1/breakers/airline/order", json={})).json()
    assert said["scope"] == "admin"
    assert said["who"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "podium.example"])  # noqa: S104
def test_server_is_not_shown_to_others_without_tokens(tmp_path: Path, host: str) -> None:
    settings = GateSettings(host=host, tokens=tmp_path / "tokens.json", audit=tmp_path / "audit")
    with pytest.raises(ExposedError, match="podium tokens add"):
        gate(Gated(tmp_path).inside, settings)
    TokenFile(settings.tokens).add("ada", Scope.READ, now_ms=START, lives_ms=DAY_MS)
    assert gate(Gated(tmp_path).inside, settings) is not None


async def test_server_behind_a_proxy_is_open_to_nobody_without_tokens(tmp_path: Path) -> None:
    with pytest.raises(ExposedError, match=r"podium\.example"):
        Gated(tmp_path, public_url="https://podium.example")
    TokenFile(tmp_path / "tokens.json").add("ada", Scope.READ, now_ms=START, lives_ms=DAY_MS)
    gated = Gated(tmp_path, public_url="https://podium.example")
    gated.settings.tokens.unlink()
    assert code(await gated.ask("GET", "/api/v1")) == "no-token"
    assert (await Gated(tmp_path, public_url="http://localhost:9000").ask("GET", "/api/v1")).status_code == 200


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        (Scope.READ, {"read"}),
        (Scope.OPERATE, {"read", "operate"}),
        (Scope.ADMIN, {"read", "operate", "admin"}),
    ],
)
async def test_token_does_what_its_scope_says_and_no_more(tmp_path: Path, scope: Scope, allowed: set[str]) -> None:
    gated = Gated(tmp_path)
    token = gated.token(scope)
    asked = {
        "read": ("GET", "/api/v1/runs"),
        "operate": ("POST", "/api/v1/runs/r/cancel"),
        "admin": ("POST", "/api/v1/breakers/airline/order"),
    }
    for needed, (method, path) in asked.items():
        reply = await gated.ask(method, path, token=token)
        assert reply.status_code == (200 if needed in allowed else 403), needed
    assert (await gated.ask("GET", "/api/v1/audit", token=token)).status_code == (200 if scope == "admin" else 403)


async def test_without_a_token_there_is_only_the_page(tmp_path: Path) -> None:
    gated = Gated(tmp_path)
    gated.token()
    for path in ("/api/v1", "/api/v1/runs", "/metrics", "/api/v1/nowhere"):
        reply = await gated.ask("GET", path)
        assert (reply.status_code, code(reply)) == (401, "no-token"), path
        assert reply.headers["www-authenticate"].startswith("Bearer")
    for path in ("/", "/runs/r", "/assets/app.js", "/healthz", "/readyz", "/api/v1/openapi.json"):
        assert (await gated.ask("GET", path)).status_code == 200, path


async def test_token_ends_with_its_time(tmp_path: Path) -> None:
    gated = Gated(tmp_path)
    token = gated.token(days=1)
    assert (await gated.ask("GET", "/api/v1", token=token)).status_code == 200
    gated.clock.jump(DAY_MS)
    assert code(await gated.ask("GET", "/api/v1", token=token)) == "bad-token"


async def test_token_ends_at_once_when_it_is_revoked_and_the_door_stays_shut(tmp_path: Path) -> None:
    gated = Gated(tmp_path)
    token = gated.token(name="ada")
    assert (await gated.ask("GET", "/api/v1", token=token)).status_code == 200
    gated.tokens.revoke("ada")
    assert code(await gated.ask("GET", "/api/v1", token=token)) == "bad-token"
    assert code(await gated.ask("GET", "/api/v1")) == "no-token"  # an empty file of tokens lets nobody in


@pytest.mark.parametrize("said", ["Bearer", "Bearer wrong", "Basic YTpi", "bearer ", "Bearer \xff"])
async def test_wrong_token_is_refused_whatever_it_is(tmp_path: Path, said: str) -> None:
    gated = Gated(tmp_path)
    gated.token()
    reply = await gated.ask("GET", "/api/v1", headers=[(b"authorization", said.encode("latin-1"))])
    assert reply.status_code == 401


async def test_who_tries_many_tokens_has_to_wait_and_who_has_one_does_not(tmp_path: Path) -> None:
    gated = Gated(tmp_path, limits={"logins_per_minute": 3})
    token = gated.token()
    codes = [code(await gated.ask("GET", "/api/v1", token=f"wrong{n}")) for n in range(5)]
    assert codes == ["bad-token"] * 3 + ["too-many-logins"] * 2
    refused = await gated.ask("POST", "/api/v1/session", json={"token": "wrong"})
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1
    assert (await gated.ask("GET", "/api/v1", token=token)).status_code == 200
    gated.clock.jump(60_000)
    await gated.clock.skip(60_000)
    assert code(await gated.ask("GET", "/api/v1", token="wrong")) == "bad-token"


# ----- the file


def test_token_is_kept_as_a_hash_that_only_its_owner_reads(tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "tokens.json")
    made = file.add("ada", Scope.READ, now_ms=START, lives_ms=DAY_MS)
    text = file.path.read_text("utf-8")
    assert made.startswith("podium_")
    assert len(made) > 40
    assert made not in text
    assert made.removeprefix("podium_") not in text
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    found = TokenFile(file.path).find(made, now_ms=START)
    assert found is not None
    assert (found.name, found.scope) == ("ada", Scope.READ)


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 65, "<script>", "../up"])
def test_name_of_a_token_is_plain(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadTokenError, match="no name"):
        TokenFile(tmp_path / "t").add(name, Scope.READ, now_ms=START, lives_ms=1)


def test_name_is_taken_once_and_what_is_not_there_is_not_revoked(tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "t")
    file.add("ada", Scope.READ, now_ms=START, lives_ms=1)
    with pytest.raises(BadTokenError, match="already"):
        file.add("ada", Scope.ADMIN, now_ms=START, lives_ms=1)
    with pytest.raises(BadTokenError, match="no token"):
        file.revoke("bob")


_ODD = {"tokens": [{"name": "x", "scope": "read", "sha256": "\u00e9" * 64, "created_at": 1, "expires_at": 2**60}]}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"tokens": [{"name": "x"}]}',
        json.dumps({"version": 1, "more": 1}),
        json.dumps(_ODD),
    ],
)
async def test_file_that_can_not_be_read_lets_nobody_in(tmp_path: Path, text: str) -> None:
    gated = Gated(tmp_path)
    gated.settings.tokens.write_text(text, "utf-8")
    reply = await gated.ask("GET", "/api/v1", token="any")
    assert (reply.status_code, code(reply)) == (503, "tokens-unreadable")


def test_file_that_others_may_write_is_not_believed(tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "t")
    file.add("ada", Scope.READ, now_ms=START, lives_ms=1)
    file.path.chmod(0o620)
    with pytest.raises(TokenFileError, match="chmod 600"):
        TokenFile(file.path).tokens()


def test_errors_of_the_gate_are_podiums_own() -> None:
    assert issubclass(TokenFileError, PodiumError)


# ----- sessions


async def test_session_stands_for_a_token_until_it_is_ended(tmp_path: Path) -> None:
    gated = Gated(tmp_path)
    token = gated.token(Scope.OPERATE)
    async with gated.client() as browser:
        begun = await browser.post("/api/v1/session", json={"token": token})
        assert begun.status_code == 204
        [cookie] = begun.headers.get_list("set-cookie")
        assert token not in cookie
        assert cookie.endswith("HttpOnly; SameSite=Strict; Path=/")
        assert (await browser.get("/api/v1")).json()["who"] == "ada"
        kept = dict(browser.cookies)
        ended = await browser.delete("/api/v1/session")
        assert (ended.status_code, ended.headers["clear-site-data"]) == (204, '"cache", "storage"')
        assert not browser.cookies
        again = await browser.get("/api/v1", headers={"cookie": f"podium_session={kept['podium_session']}"})
        assert again.status_code == 401


async def test_session_is_for_tls_alone_where_there_is_tls(tmp_path: Path) -> None:
    token = TokenFile(tmp_path / "tokens.json").add("ada", Scope.READ, now_ms=START, lives_ms=DAY_MS)
    gated = Gated(tmp_path, public_url="https://podium.example")
    reply = await gated.ask("POST", "/api/v1/session", json={"token": token}, headers={"host": "podium.example"})
    cookie = reply.headers["set-cookie"]
    assert cookie.startswith("__Host-podium_session=")
    assert cookie.endswith("; Path=/; Secure")
    assert reply.headers["strict-transport-security"]


@pytest.mark.parametrize("why", ["revoked", "expired", "idle", "old"])
async def test_session_ends_with_its_token_and_with_its_time(tmp_path: Path, why: str) -> None:
    gated = Gated(tmp_path, limits={"idle_s": 3600.0, "session_s": 5400.0})
    token = gated.token(days=1)
    async with gated.client() as browser:
        await browser.post("/api/v1/session", json={"token": token})
        assert (await browser.get("/api/v1")).status_code == 200
        if why == "revoked":
            gated.tokens.revoke("ada")
        elif why == "expired":
            gated.clock.jump(DAY_MS)
        elif why == "idle":
            await gated.clock.skip(3_600_000)
        else:
            await gated.clock.skip(3_000_000)
            assert (await browser.get("/api/v1")).status_code == 200
            await gated.clock.skip(2_400_000)
        assert (await browser.get("/api/v1")).status_code == 401


async def test_sessions_are_bounded(tmp_path: Path) -> None:
    gated = Gated(tmp_path, limits={"sessions": 2})
    token = gated.token()
    cookies = []
    for _ in range(3):
        reply = await gated.ask("POST", "/api/v1/session", json={"token": token})
        cookies.append(reply.headers["set-cookie"].partition(";")[0])
    told = [(await gated.ask("GET", "/api/v1", headers={"cookie": cookie})).status_code for cookie in cookies]
    assert told == [401, 200, 200]


@pytest.mark.parametrize("body", [b"", b"[]", b'{"token": 1}', b'{"token": ""}', b'{"tok', b'{"token": "x", "y": 1}'])
async def test_log_in_without_a_token_is_refused(tmp_path: Path, body: bytes) -> None:
    gated = Gated(tmp_path)
    gated.token()
    reply = await gated.ask("POST", "/api/v1/session", content=body, headers={"content-type": "application/json"})
    assert (reply.status_code, code(reply)) == (401, "bad-token")


@pytest.mark.parametrize("cookie", ["podium_session", "podium_session=\xff", "a=b;;=;podium_session=x", "\x01=2"])
async def test_cookie_that_is_none_is_nobody(tmp_path: Path, cookie: str) -> None:
    gated = Gated(tmp_path)
    gated.token()
    assert (await gated.ask("GET", "/api/v1", headers=[(b"cookie", cookie.encode("latin-1"))])).status_code == 401
