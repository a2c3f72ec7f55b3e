"""A run that moves: what happens is seen as it does, the past can be replayed, acts are one click and one key away."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from podium.engine.status import Status
from tests.browser.conftest import WIDE
from tests.browser.flows import Brief, Claim, Trip, briefing, expenses, travel
from tests.browser.looking import look
from tests.browser.stage import Stage, stage

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.part("chromium")]


def test_steps_are_seen_as_they_go_on(here: Stage, page: Page) -> None:
    here.close("flight to Busan")
    here.start(travel, Trip(city="Busan"), "live-1")
    page.goto("/runs/live-1")
    expect(page.get_by_role("button", name=re.compile("^flight: running"))).to_be_visible()
    expect(page.get_by_role("button", name="hotel: not reached")).to_be_visible()
    expect(page.get_by_text("live", exact=True)).to_be_visible()
    look(page, "run-live")
    here.open("flight to Busan")
    expect(page.get_by_role("button", name="car: done")).to_be_visible()
    expect(page.locator(".run-head").get_by_text("completed")).to_be_visible()
    expect(page.get_by_test_id("announced")).to_have_text("Run completed")


def test_fan_out_shows_how_far_it_is(here: Stage, page: Page) -> None:
    here.close("wind 3")
    here.start(briefing, Brief(topic="wind"), "fan-1")
    page.goto("/runs/fan-1")
    expect(page.get_by_role("button", name="notes: running · 11/12")).to_be_visible()
    here.open("wind 3")
    expect(page.get_by_role("button", name="notes: done · 12/12")).to_be_visible()


def test_slider_goes_back_in_time_and_returns_to_the_present(here: Stage, page: Page) -> None:
    here.start(travel, Trip(city="Incheon", car="none left"), "past-1")
    here.run_until("past-1", Status.COMPENSATED)
    page.goto("/runs/past-1")
    slider = page.get_by_role("slider", name="Event of the journal")
    expect(page.get_by_role("button", name="flight: undone")).to_be_visible()
    slider.focus()
    page.keyboard.press("Home")
    expect(page.get_by_role("button", name="flight: not reached")).to_be_visible()
    expect(page).to_have_url(re.compile("seq=0"))
    for _ in range(6):
        page.get_by_role("button", name="One event on").click()
    expect(page.get_by_role("button", name=re.compile("^search: done"))).to_be_visible()
    expect(page.get_by_role("button", name="hotel: not reached")).to_be_visible()
    page.get_by_role("button", name="End", exact=True).click()
    expect(page.get_by_role("button", name="flight: undone")).to_be_visible()


def test_run_is_cancelled_with_a_reason(here: Stage, page: Page) -> None:
    here.close("flight to Daegu")
    here.start(travel, Trip(city="Daegu"), "cancel-1")
    page.goto("/runs/cancel-1")
    page.get_by_role("button", name="Cancel").click()
    look(page, "run-cancel")
    page.get_by_label("Reason").fill("nobody flies today")
    page.get_by_role("button", name="Cancel the run").click()
    expect(page.get_by_text("Cancelling was asked for.")).to_be_visible()
    here.open("flight to Daegu")
    expect(page.get_by_role("button", name="flight: undone")).to_be_visible()
    page.get_by_role("tab", name="Journal").click()
    page.get_by_role("row", name=re.compile("cancel asked")).click()
    expect(page.get_by_label("event as JSON", exact=True)).to_contain_text("nobody flies today")


def test_failed_run_is_retried_and_followed(here: Stage, page: Page) -> None:
    here.start(travel, Trip(city="Gwangju", car="none left"), "retry-1")
    here.run_until("retry-1", Status.COMPENSATED)
    here.close("flight to Gwangju")
    page.goto("/runs/retry-1")
    page.get_by_role("button", name="Retry").click()
    expect(page.get_by_role("button", name=re.compile("^flight: running"))).to_be_visible()
    here.open("flight to Gwangju")
    expect(page.locator(".run-head").get_by_text("compensated")).to_be_visible()


def test_page_goes_on_to_the_step_that_failed_unless_another_was_chosen(here: Stage, page: Page) -> None:
    for city, chosen, stays in (("Jinju", "", "car"), ("Tongyeong", "hotel", "hotel")):
        here.close(f"flight to {city}")
        here.start(travel, Trip(city=city, car="none left"), f"goes-{city}")
        page.goto(f"/runs/goes-{city}")
        expect(page).to_have_url(re.compile("at=flight"))
        if chosen:
            page.get_by_role("button", name=re.compile(f"^{chosen}: ")).click()
        here.open(f"flight to {city}")
        expect(page.get_by_role("button", name="Retry")).to_be_visible()
        expect(page).to_have_url(re.compile(f"at={stays}"))


def test_what_can_be_asked_moves_with_the_run(here: Stage, page: Page) -> None:
    here.close("flight to Ulsan")
    here.start(travel, Trip(city="Ulsan", car="none left"), "asked-1")
    page.goto("/runs/asked-1")
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    here.open("flight to Ulsan")
    expect(page.locator(".run-head").get_by_text("compensated")).to_be_visible()
    expect(page.get_by_role("button", name="Retry")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)


def test_run_that_asks_says_so_at_its_head(here: Stage, page: Page) -> None:
    here.start(expenses, Claim(who="Eve", cents=300), "asks-1")
    page.goto("/runs/asks-1")
    expect(page.get_by_text("This run asks a person")).to_be_visible()
    expect(page.get_by_role("button", name="Resume")).to_have_count(0)
    page.get_by_role("link", name="Answer", exact=True).click()
    expect(page).to_have_url(re.compile("/inbox.run=asks-1"))


def test_signal_wakes_a_waiting_run(here: Stage, page: Page) -> None:
    here.start(expenses, Claim(who="Ada", cents=900), "signal-1")
    here.run_until("signal-1", Status.WAITING)
    page.goto("/runs/signal-1")
    expect(page.get_by_role("link", name="Answer in the inbox")).to_have_attribute("href", "/inbox?run=signal-1")
    page.get_by_role("button", name="Signal").click()
    page.get_by_label("Payload, as JSON").fill('{"number": "R-7"')
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    page.get_by_label("Payload, as JSON").fill('{"number": "R-7"}')
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Signal banked was sent.")).to_be_visible()
    expect(page.get_by_role("tab", name="Journal 4")).to_be_visible()


def test_fork_begins_after_the_selected_event(here: Stage, page: Page) -> None:
    here.start(travel, Trip(city="Daejeon"), "fork-1")
    here.run_until("fork-1", Status.COMPLETED)
    page.goto("/runs/fork-1?seq=6")
    page.get_by_role("button", name="Fork").click()
    expect(page.get_by_label(re.compile("After event"))).to_have_value("6")
    page.get_by_label(re.compile("Id of the new run")).fill("fork-2")
    page.get_by_label(re.compile("The fork may write")).check()
    page.get_by_role("button", name="Fork", exact=True).last.click()
    expect(page).to_have_url(re.compile("/runs/fork-2"))
    expect(page.locator(".run-head").get_by_text("completed")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="fork-1", exact=True)).to_be_visible()


def test_report_journal_and_picture_are_saved(here: Stage, page: Page) -> None:
    here.start(travel, Trip(city="Sejong"), "saved-1")
    here.run_until("saved-1", Status.COMPLETED)
    page.goto("/runs/saved-1")
    for title, first in (
        ("Save a report", b"<!DOCTYPE html>"),
        ("Export the journal", b'{"podium_export"'),
        ("Save the picture", b"<svg"),
    ):
        with page.expect_download() as saved:
            page.get_by_title(re.compile(title)).click()
        assert Path(saved.value.path()).read_bytes().startswith(first)


def test_keyboard_alone_reaches_everything(here: Stage, page: Page) -> None:
    here.start(travel, Trip(city="Suwon", car="none left"), "keys-1")
    here.run_until("keys-1", Status.COMPENSATED)
    page.goto("/runs/keys-1")
    chosen = page.get_by_role("button", pressed=True)
    page.get_by_role("button", name=re.compile("^car: failed")).focus()
    page.keyboard.press("ArrowUp")
    expect(chosen.first).to_have_accessible_name("hotel: undone")
    page.keyboard.press("ArrowUp")
    expect(page).to_have_url(re.compile("at=flight"))
    for key, tab in (("3", "Journal"), ("2", "Timeline"), ("4", "Steps")):
        page.keyboard.press(key)
        expect(page.get_by_role("tab", name=tab, selected=True)).to_be_visible()
    page.get_by_role("grid", name="Steps").focus()
    page.keyboard.press("Home")
    expect(page).to_have_url(re.compile("at=search"))
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile("at=flight"))
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile("at="))
    page.keyboard.press("1")
    page.keyboard.press("?")
    expect(page.get_by_role("region", name="Graph")).to_contain_text("Fit into view")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    dialog = page.get_by_role("dialog", name="Fork this run")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_page_says_that_it_is_not_live_and_goes_on_when_the_server_is_back(browser: Browser, tmp_path: Path) -> None:
    with stage(tmp_path) as first:
        port = int(first.url.rpartition(":")[2])
        first.start(expenses, Claim(who="Bob", cents=7), "back-1")
        first.run_until("back-1", Status.WAITING)
        page = browser.new_page(viewport={"width": WIDE["width"], "height": WIDE["height"]})
        page.goto(f"{first.url}/runs/back-1")
        expect(page.get_by_text("live", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile("Not live: the run is shown as it stood"))).to_be_visible()
    with stage(tmp_path, port=port) as second:
        expect(page.get_by_text("live", exact=True)).to_be_visible()
        second.call(_banked(second))
        expect(page.get_by_role("tab", name="Journal 4")).to_be_visible()
        page.close()


async def _banked(there: Stage) -> None:
    await (await there.engine.get("back-1")).signal("banked", {"number": "R-8"})
