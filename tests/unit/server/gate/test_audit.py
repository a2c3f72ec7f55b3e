import json
from pathlib import Path

import pytest

from podium.gate_errors import AuditError
from podium.server.gate import Scope
from podium.server.gate.acts import act_of, outcome_of
from podium.server.gate.audit import FILES, Audit
from podium.views.audit import AuditEntry, AuditPage
from tests.unit.server.gate.inside import Gated, code

SAID = {"by": "ada", "scope": "admin", "act": "cancel", "target": "r", "detail": "", "request_id": "q", "address": "a"}


async def entries(gated: Gated, token: str = "") -> list[AuditEntry]:
    reply = await gated.ask("GET", "/api/v1/audit", token=token)
    return list(AuditPage.model_validate_json(reply.content).entries)


async def test_act_is_noted_with_who_when_what_and_how_it_ended(tmp_path: Path) -> None:
    gated = Gated(tmp_path)
    token = gated.token(Scope.ADMIN)
    reply = await gated.ask("POST", "/api/v1/runs/order-17/cancel", token=token, json={"reason": "wrong city"})
    [entry] = await entries(gated, token)
    assert entry.model_dump() == {
        "id": entry.id,
        "at": gated.clock.now_ms(),
        "by": "ada",
        "scope": "admin",
        "act": "cancel",
        "target": "order-17",
        "detail": '{"reason": "wrong city"}',
        "outcome": "done (200)",
        "request_id": reply.headers["x-request-id"],
        "address": "127.0.0.1",
    }


async def test_act_is_on_disk_before_it_is_done(tmp_path: Path) -> None:
    gated = Gated(tmp_path)
    seen: list[str] = []
    gated.inside.looks = lambda: seen.append(gated.settings.audit.read_text("utf-8"))
    await gated.ask("POST", "/api/v1/runs/r/retry")
    [line] = seen[0].splitlines()
    assert json.loads(line)["act"] == "retry"


async def test_what_can_not_be_noted_is_not_done(tmp_path: Path) -> None:
    gated = Gated(tmp_path)
    gated.settings.audit.mkdir()
    reply = await gated.ask("POST", "/api/v1/runs/r/retry")
    assert (reply.status_code, code(reply)) == (503, "audit-unavailable")
    assert gated.inside.bodies == []
    assert (await gated.ask("GET", "/api/v1/runs")).status_code == 200


async def test_acts_that_were_not_let_through_are_noted_and_bounded(tmp_path: Path) -> None:
    gated = Gated(tmp_path)
    token, reader = gated.token(Scope.ADMIN), gated.token(Scope.READ, name="bob")
    await gated.ask("POST", "/api/v1/runs/r/cancel", token=reader)
    for _ in range(40):
        await gated.ask("POST", "/api/v1/runs/r/cancel", token="wrong")
    found = await entries(gated, token)
    assert len(found) == 30
    first = found[-1]
    assert (first.act, first.by, first.target) == ("refused", "bob", "POST /api/v1/runs/r/cancel")
    assert (first.detail, first.outcome) == ("scope-missing", "refused (403)")


async def test_looking_is_not_noted(tmp_path: Path) -> None:
    gated = Gated(tmp_path)
    await gated.ask("GET", "/api/v1/runs")
    await gated.ask("POST", "/api/v1/journals/read", json={})
    assert await entries(gated) == []


async def test_logging_in_is_noted_without_the_token(tmp_path: Path) -> None:
    gated = Gated(tmp_path)
    token = gated.token()
    await gated.ask("POST", "/api/v1/session", json={"token": token})
    await gated.ask("POST", "/api/v1/session", json={"token": "podium_wrong"})
    text = gated.settings.audit.read_text("utf-8")
    assert token not in text
    assert "podium_wrong" not in text
    assert [entry.act for entry in await entries(gated, token)].count("log in") == 2


def test_pages_go_back_through_all_files_and_the_oldest_file_goes(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "a.jsonl", file_bytes=1000)
    for at in range(200):
        audit.ended(audit.asked(at=at, **SAID), "done (200)")
    files = sorted(tmp_path.iterdir())
    assert len(files) == FILES
    assert all(file.stat().st_size <= 1000 for file in files)
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)
    seen: list[AuditEntry] = []
    page = audit.page(limit=7)
    while page.next is not None:
        seen.extend(page.entries)
        page = audit.page(before=page.next, limit=7)
    seen.extend(page.entries)
    assert [entry.at for entry in seen] == list(range(199, 199 - len(seen), -1))
    assert len(seen) > 20
    assert {entry.outcome for entry in seen} == {"done (200)"}


def test_pages_hold_every_entry_where_the_clock_went_back(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "a.jsonl")
    for at in (5, 6, 1, 2, 3):
        audit.asked(at=at, **SAID)
    seen: list[int] = []
    page = audit.page(limit=2)
    while page.next is not None:
        seen.extend(entry.at for entry in page.entries)
        page = audit.page(before=page.next, limit=2)
    assert [*seen, *(entry.at for entry in page.entries)] == [3, 2, 1, 6, 5]
    assert audit.page(before="none of them").entries == ()


def test_line_that_a_crash_cut_off_harms_no_other(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "a.jsonl")
    audit.asked(at=1, **SAID)
    with audit.path.open("ab") as file:
        file.write(b'{"id": "half')
    audit.asked(at=2, **SAID)
    page = audit.page()
    assert [(entry.at, entry.outcome) for entry in page.entries] == [(2, ""), (1, "")]


def test_audit_that_can_not_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(AuditError, match="nothing is done"):
        Audit(tmp_path / "gone" / "a.jsonl").asked(at=1, **SAID)


@pytest.mark.parametrize(
    ("method", "path", "body", "act", "target"),
    [
        ("POST", "/api/v1/runs", {"workflow": "travel", "id": "o"}, "start", "travel o"),
        ("POST", "/api/v1/runs/bulk", {"act": "retry", "ids": ["a", "b", 3]}, "bulk retry", "a, b"),
        ("POST", "/api/v1/runs/a/b/signal", {"name": "paid"}, "signal", "a/b"),
        ("POST", "/api/v1/runs/a%41/cancel", {}, "cancel", "a%41"),  # decoded once already
        ("POST", "/api/v1/tasks/answer", {"run_id": "r", "path": "p#1"}, "answer", "r p#1"),
        ("POST", "/api/v1/parked/resolve", {"run_id": "r", "path": "p"}, "resolve", "r p"),
        ("POST", "/api/v1/breakers/air/order", {"switch": "open"}, "breaker order", "air"),
        ("POST", "/api/v1/demo", {}, "demo", ""),
        ("PUT", "/api/v1/else", {}, "PUT /api/v1/else", ""),
        ("DELETE", "/api/v1/session", None, "log out", ""),
    ],
)
def test_acts_have_names(method: str, path: str, body: object, act: str, target: str) -> None:
    found = act_of(method, path, b"" if body is None else json.dumps(body).encode())
    assert (found.act, found.target) == (act, target)


def test_detail_is_cut_and_holds_no_secrets() -> None:
    body = json.dumps({"input": {"api_key": "s3cret", "deep": [{"passwordHash": "s3cret"}]}, "text": "x" * 5000})
    found = act_of("POST", "/api/v1/runs", body.encode())
    assert "s3cret" not in found.detail
    assert len(found.detail) == 1000
    assert act_of("POST", "/api/v1/runs", b"\xff{").detail == "{}"


def test_outcome_says_why() -> None:
    assert outcome_of(202, b"") == "accepted (202)"
    assert outcome_of(409, b'{"detail": "it is over"}') == "refused (409): it is over"
    assert outcome_of(500, b"<html>") == "failed (500)"
