"""Whoever is not known is asked for a token, gets back to where they were, and acts only as their token says."""

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from podium import Status
from podium.server.gate.tokens import TokenFile
from podium.server.gate.who import Scope
from tests.browser.keys import go
from tests.browser.looking import look
from tests.browser.stage import Stage, stage
from tests.browser.work_flows import WORKFLOWS, Letter, Payment, letters, payments

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.part("chromium")]

DAY_MS = int(timedelta(days=1).total_seconds() * 1000)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("login")


@pytest.fixture(scope="module")
def tokens(folder: Path, here: Stage) -> dict[Scope, str]:
    now_ms = int(time.time() * 1000)
    kept = TokenFile(folder / "tokens.json")
    return {scope: kept.add(f"{scope.name.lower()}er", scope, now_ms=now_ms, lives_ms=DAY_MS) for scope in Scope}


@pytest.fixture(scope="module")
def here(folder: Path) -> Iterator[Stage]:
    with stage(folder, workflows=WORKFLOWS) as there:
        there.start(letters, Letter(), "letter-1")
        there.start(payments, Payment(), "pay-1")
        there.run_until("letter-1", Status.WAITING)
        there.run_until("pay-1", Status.PARKED)
        yield there


def log_in(page: Page, token: str) -> None:
    page.get_by_label("Token").fill(token)
    page.keyboard.press("Enter")


def until_noted(page: Page) -> None:
    """Wait until the audit says how all acts ended; it does right after they were answered."""
    entries: list[dict[str, str]] = [{"outcome": ""}]
    while not all(entry["outcome"] for entry in entries):
        answer = page.request.get("/api/v1/audit")
        assert answer.ok, answer.text()
        entries = answer.json()["entries"]


def test_unknown_are_asked_and_brought_back(page: Page, tokens: dict[Scope, str]) -> None:
    page.goto("/inbox?run=letter-1")
    expect(page.get_by_role("heading", name="Log in to Podium")).to_be_visible()
    expect(page.get_by_label("Token")).to_be_focused()
    look(page, "login")
    log_in(page, "wrong")
    expect(page.get_by_role("alert")).to_contain_text("This token is not known here")
    log_in(page, tokens[Scope.OPERATE])
    expect(page).to_have_url(re.compile(r"/inbox\?run=letter-1"))
    expect(page.get_by_role("button", name="Approve")).to_be_enabled()
    expect(page.get_by_role("link", name="Audit")).to_have_count(0)
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_url(re.compile("/login"))


def test_login_leads_to_no_other_place(page: Page, tokens: dict[Scope, str], here: Stage) -> None:
    page.goto("/login?next=//example.org/owned")
    log_in(page, tokens[Scope.READ])
    expect(page.get_by_role("heading", name="Runs")).to_be_visible()
    assert page.url == f"{here.url}/"


def test_who_may_only_look_is_told_why_acts_are_off(page: Page, tokens: dict[Scope, str]) -> None:
    page.goto("/inbox")
    log_in(page, tokens[Scope.READ])
    why = "You are logged in with the scope read; this needs operate."
    expect(page.get_by_text(why)).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_be_disabled()
    page.goto("/parked")
    expect(page.get_by_text(why)).to_be_visible()
    page.goto("/")
    page.get_by_role("checkbox", name="Select pay-1").check()
    expect(page.get_by_role("button", name="Cancel", exact=True)).to_be_disabled()
    look(page, "scope-read")


def test_every_act_is_in_the_audit(page: Page, tokens: dict[Scope, str]) -> None:
    page.goto("/parked")
    log_in(page, tokens[Scope.ADMIN])
    page.get_by_role("radio", name="Abort").check()
    page.get_by_label("Reason, for the record").fill("sold out")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing is parked")).to_be_visible()
    until_noted(page)
    go(page, "ga", "/audit")
    line = page.get_by_role("row").filter(has_text="resolve")
    for said in ("adminer", "admin", "pay-1", "sold out", "done (200)"):
        expect(line).to_contain_text(said)
    look(page, "audit")


def test_session_that_ends_leads_to_the_login(page: Page, tokens: dict[Scope, str]) -> None:
    page.goto("/guards")
    log_in(page, tokens[Scope.READ])
    expect(page.get_by_role("heading", name="dictionary")).to_be_visible()
    page.context.clear_cookies()
    go(page, "gi", r"/login\?next=%2Finbox")
