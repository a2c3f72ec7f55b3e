"""Breakers are seen and ordered, by those who may."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from podium import Status
from tests.browser.looking import look
from tests.browser.stage import Stage, stage
from tests.browser.work_flows import WORKFLOWS, Question, lookups, maps

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.part("chromium")]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("guards"), workflows=WORKFLOWS) as there:
        there.start(lookups, Question(), "word-1")
        there.run_until("word-1", Status.COMPLETED)
        yield there


def test_breaker_is_held_open_by_keys_alone_and_let_go(here: Stage, page: Page) -> None:
    page.goto("/guards")
    breaker = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="dictionary"))
    expect(breaker).to_contain_text("closed")
    page.keyboard.press("o")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason, for the record").fill("they are moving house")
    look(page, "guards-order")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(breaker).to_contain_text("held open")
    expect(breaker).to_contain_text(re.compile(r"for another [123]\d min"))
    breaker.get_by_text("1 order so far").click()
    expect(breaker.get_by_role("table")).to_contain_text("they are moving house")
    look(page, "guards")
    breaker.get_by_role("button", name="Order").click()
    expect(dialog.get_by_role("radio", name="Auto")).to_be_checked()
    dialog.get_by_label("Reason, for the record").fill("they are back")
    dialog.get_by_role("button", name="Order").click()
    expect(breaker).to_contain_text("closed")


def test_breaker_that_opened_says_why_when_it_is_tried_and_who_waits(here: Stage, page: Page) -> None:
    here.start(maps, Question(word="Busan"), "map-1")
    page.goto("/guards")
    breaker = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="map server"))
    expect(breaker).to_contain_text("calls are refused")
    expect(breaker).to_contain_text("next probe in")
    expect(breaker).to_contain_text("opened once here")
    expect(breaker).to_contain_text("the atlas is down, for Busan too")
    expect(breaker.get_by_role("link", name="map-1")).to_be_visible()
    look(page, "guards-open")


def test_budget_says_what_is_spent(here: Stage, page: Page) -> None:
    page.goto("/guards")
    expect(page.get_by_role("meter")).to_have_accessible_name("Money: 0.02 spent of 1.00")


def test_guards_fit_a_phone(here: Stage, narrow: Page) -> None:
    narrow.goto("/guards")
    expect(narrow.get_by_role("heading", name="dictionary")).to_be_visible()
    assert narrow.evaluate("document.documentElement.scrollWidth") == 390
