"""A run is understood: its picture, its steps, what was given and what came of it."""

import re

import pytest
from playwright.sync_api import Page, expect

from podium.engine.status import Status
from tests.browser.flows import HOSTILE, Brief, Draft, Letter, Trip, briefing, letters, travel, writing
from tests.browser.looking import look
from tests.browser.stage import Stage

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.part("chromium")]


def inspected(page: Page, name: str) -> None:
    """Wait until the inspector shows a step."""
    inspector = page.get_by_role("complementary", name="Inspector")
    expect(inspector.get_by_role("heading", name=name, exact=True)).to_be_visible()


def test_run_opens_on_the_step_that_failed_and_says_why(here: Stage, page: Page) -> None:
    here.start(travel, Trip(city="Seoul", car="none left"), "failed-1")
    here.run_until("failed-1", Status.COMPENSATED)
    page.goto("/runs/failed-1")
    inspected(page, "car")
    inspector = page.get_by_role("complementary", name="Inspector")
    expect(inspector.get_by_label("Message of the failure")).to_have_text("no cars left in Seoul")
    expect(inspector.get_by_label("input", exact=True)).to_contain_text("Seoul")
    expect(inspector).to_contain_text("retry")
    expect(page).to_have_url(re.compile(r"at=car"))
    look(page, "run-failed")


def test_failure_that_was_mended_is_not_what_is_said_first(here: Stage, page: Page) -> None:
    here.start(travel, Trip(city="Mokpo", car="lost reply"), "mended-1")
    here.run_until("mended-1", Status.COMPLETED)
    page.goto("/runs/mended-1?at=car")
    inspector = page.get_by_role("complementary", name="Inspector")
    failure = inspector.get_by_label("Message of the failure").filter(has_text="nobody answered at the counter")
    expect(inspector.get_by_text("done").first).to_be_visible()
    expect(failure).not_to_be_visible()
    inspector.get_by_text("Failed on the way, then done").click()
    expect(failure).to_be_visible()


def test_compensation_is_drawn_backwards(here: Stage, page: Page) -> None:
    here.start(travel, Trip(city="Jeju", car="none left"), "undone-1")
    here.run_until("undone-1", Status.COMPENSATED)
    page.goto("/runs/undone-1")
    expect(page.get_by_role("button", name="hotel: undone")).to_be_visible()
    expect(page.get_by_role("button", name="flight: undone")).to_be_visible()
    expect(page.locator(".undone-ways .undone-way")).to_have_count(1)


def test_loop_says_how_often_it_was_entered(here: Stage, page: Page) -> None:
    here.start(writing, Draft(rounds=17), "loop-1")
    here.run_until("loop-1", Status.COMPLETED)
    page.goto("/runs/loop-1")
    box = page.get_by_role("button", name="write: done · ×17")
    expect(box).to_be_visible()
    expect(box.locator(".pill")).to_have_text("×17")
    box.click()
    inspected(page, "write")
    expect(page.get_by_label("Other visits of this step").locator("option")).to_have_count(17)
    look(page, "run-loop")


def test_graph_timeline_journal_and_steps_share_one_selection(here: Stage, page: Page) -> None:
    here.start(briefing, Brief(topic="tea"), "briefing-1")
    here.run_until("briefing-1", Status.COMPLETED)
    page.goto("/runs/briefing-1")
    report = page.get_by_role("button", name=re.compile("^report: done"))
    expect(report).to_be_visible()
    look(page, "run-briefing")
    report.click()
    inspected(page, "report")
    page.get_by_role("tab", name="Timeline").click()
    expect(page.get_by_role("row", selected=True)).to_contain_text("report")
    look(page, "run-timeline")
    page.get_by_role("tab", name="Steps").click()
    expect(page.get_by_role("row", selected=True)).to_contain_text("report")
    page.get_by_role("row", name=re.compile(r"notes\[7\]")).click()
    inspected(page, "notes")
    page.get_by_role("tab", name="Journal").click()
    page.get_by_role("row", name=re.compile(r"step skipped")).click()
    inspected(page, "appendix")
    expect(page.get_by_label("event as JSON", exact=True)).to_contain_text("StepSkipped")
    look(page, "run-journal")
    page.get_by_role("tab", name="Graph").click()
    expect(page.get_by_role("button", name=re.compile("^appendix"), pressed=True)).to_be_visible()
    page.reload()
    inspected(page, "appendix")


def test_nested_workflow_folds_and_the_address_keeps_it(here: Stage, page: Page) -> None:
    here.start(briefing, Brief(topic="rain"), "fold-1")
    here.run_until("fold-1", Status.COMPLETED)
    page.goto("/runs/fold-1")
    inner = page.get_by_role("button", name=re.compile("^review: done"))
    expect(inner).to_be_visible()
    page.get_by_role("button", name="Fold story").click()
    expect(inner).to_have_count(0)
    page.reload()
    expect(page.get_by_role("button", name="Unfold story")).to_be_visible()
    expect(inner).to_have_count(0)


def test_journal_is_searched_and_filtered(here: Stage, page: Page) -> None:
    here.start(briefing, Brief(topic="snow"), "search-1")
    here.run_until("search-1", Status.COMPLETED)
    page.goto("/runs/search-1?tab=journal")
    rows = page.get_by_role("grid", name="Journal").get_by_role("row")
    page.get_by_role("searchbox", name="Search the journal").fill("on snow 7")
    expect(rows.nth(1)).to_contain_text("notes[7]")
    page.get_by_role("searchbox", name="Search the journal").fill("")
    page.get_by_label("What happened").select_option("Run")
    expect(rows).to_have_count(3)
    expect(rows.nth(2)).to_contain_text("run completed")


def test_hostile_text_is_shown_and_never_obeyed(here: Stage, page: Page) -> None:
    name = "<script>alert(1)</script>"
    here.start(letters, Letter(), name)
    here.run_until(name, Status.FAILED)
    page.goto("/runs/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    message = page.get_by_label("Message of the failure").first
    expect(message).to_contain_text(HOSTILE[:40])
    page.get_by_role("tab", name="Journal").click()
    page.get_by_role("row", name=re.compile("read done")).click()
    expect(page.get_by_label("event as JSON", exact=True)).to_contain_text("onerror")
    for tab in ("Timeline", "Steps", "Graph"):
        page.get_by_role("tab", name=tab).click()
    assert page.locator("main img, main script, main iframe").count() == 0
    assert page.title() != "taken"


def test_page_of_no_run_says_so(page: Page) -> None:
    page.goto("/runs/nobody-knows")
    expect(page.get_by_role("alert")).to_contain_text("nobody-knows")


def test_run_page_is_usable_on_a_phone(here: Stage, narrow: Page) -> None:
    here.start(travel, Trip(city="Ulsan", car="none left"), "phone-1")
    here.run_until("phone-1", Status.COMPENSATED)
    narrow.goto("/runs/phone-1")
    inspected(narrow, "car")
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 390
    look(narrow, "run-phone")
