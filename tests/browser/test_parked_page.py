"""What is parked is told whole, and decided for the version that was looked at."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from podium import Status
from tests.browser.looking import look
from tests.browser.stage import Stage, stage
from tests.browser.work_flows import WORKFLOWS, Payment, payments

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.part("chromium")]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("parked"), workflows=WORKFLOWS) as there:
        yield there


def park(here: Stage, run_id: str) -> None:
    here.start(payments, Payment(order=run_id), run_id)
    here.run_until(run_id, Status.PARKED)


def test_write_in_doubt_is_decided_by_keys_alone(here: Stage, page: Page) -> None:
    park(here, "doubt-1")
    page.goto("/parked")
    article = page.get_by_role("article")
    expect(article).to_contain_text("whether charge happened")
    expect(article).to_contain_text("the bank hung up on doubt-1")
    look(page, "parked")
    page.keyboard.press("1")
    answer = article.get_by_label("Answer, as JSON")
    expect(answer).to_be_focused()
    assert page.evaluate("document.scrollingElement.scrollHeight - innerHeight") == 0
    page.keyboard.type("receipt 7")
    page.keyboard.press("Tab")
    page.keyboard.type("the bank says so")
    page.keyboard.press("Enter")
    expect(answer).to_have_accessible_description("this is no JSON; a text needs its quotes")
    expect(answer).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type('"receipt 7"')
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing is parked")).to_be_visible()
    here.run_until("doubt-1", Status.COMPLETED)
    assert json.loads(here.call(here.engine.info("doubt-1")).output or "")["receipt"] == "receipt 7"


def test_decision_that_somebody_else_made_first_is_said_to_be_refused(here: Stage, page: Page) -> None:
    park(here, "late-1")
    page.goto("/parked?run=late-1")
    page.get_by_role("radio", name="Not done").check()
    page.route("**/api/v1/parked?**", lambda route: route.abort())
    asked = {"path": "pay", "verb": "retry", "by": "Lee", "reason": "", "answer": None, "version": None}
    here.call(here.engine.ask("late-1", "resolve", "late-1", **asked))
    here.run_until("late-1", Status.PARKED)
    page.get_by_role("button", name="Decide: not done").click()
    expect(page.get_by_role("alert")).to_contain_text("It stands differently by now; nothing was done.")


def test_who_decided_before_is_told(here: Stage, page: Page) -> None:
    park(here, "again-1")
    page.goto("/parked?run=again-1")
    page.get_by_role("radio", name="Again").check()
    page.get_by_label("Reason, for the record").fill("once more")
    page.get_by_role("button", name="Decide: again").click()
    history = page.get_by_role("region", name="Who decided before")
    expect(history).to_contain_text("once more")


def test_parked_fits_a_phone(here: Stage, narrow: Page) -> None:
    park(here, "narrow-1")
    narrow.goto("/parked?run=narrow-1")
    expect(narrow.get_by_role("article")).to_contain_text("whether charge happened")
    assert narrow.evaluate("document.documentElement.scrollWidth") == 390
