"""A run is understood: its picture, its steps, what was given and what came of it."""

import pytest
from playwright.sync_api import Page, expect

from podium.engine.status import Status
from tests.browser.flows import Brief, Draft, Trip, briefing, travel, writing
from tests.browser.looking import look
from tests.browser.stage import Stage

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.part("chromium")]


def test_run_opens_on_the_step_that_failed(here: Stage, page: Page) -> None:
    here.start(travel, Trip(city="Seoul", car="none left"), "failed-1")
    here.run_until("failed-1", Status.COMPENSATED)
    page.goto("/runs/failed-1")
    inspector = page.get_by_role("complementary", name="Inspector")
    expect(inspector.get_by_role("heading", name="car", exact=True)).to_be_visible()
    expect(inspector).to_contain_text("no cars left in Seoul")
    look(page, "run-failed")


def test_graph_shows_loops_and_folds(here: Stage, page: Page) -> None:
    here.start(writing, Draft(rounds=17), "loop-1")
    here.run_until("loop-1", Status.COMPLETED)
    page.goto("/runs/loop-1")
    expect(page.get_by_role("button", name="write: done · ×17")).to_be_visible()
    look(page, "run-loop")


def test_briefing(here: Stage, page: Page) -> None:
    here.start(briefing, Brief(topic="tea"), "briefing-1")
    here.run_until("briefing-1", Status.COMPLETED)
    page.goto("/runs/briefing-1")
    expect(page.get_by_role("button", name="notes: done")).to_be_visible()
    look(page, "run-briefing")
    for tab in ("Timeline", "Journal", "Steps"):
        page.get_by_role("tab", name=tab).click()
        look(page, f"run-{tab.lower()}")
