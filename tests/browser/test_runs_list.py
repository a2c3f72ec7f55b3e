"""The list of runs moves by itself, is gone through by keys, and acts on many runs at once."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from podium import Engine, Status
from tests.browser.looking import look
from tests.browser.stage import Stage, stage
from tests.browser.work_flows import HOSTILE, WORKFLOWS, Order, Question, lookups, orders

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.part("chromium")]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("list"), workflows=WORKFLOWS) as there:
        yield there


def wait_with(here: Stage, *run_ids: str, name: str = "order") -> None:
    for run_id in run_ids:
        here.start(orders, Order(name=name), run_id)
        here.run_until(run_id, Status.WAITING)


async def many(engine: Engine, count: int) -> None:
    for number in range(count):
        await engine.start(orders, Order(name="many"), id=f"many-{number:03}")


def test_first_visit_says_how_to_begin(here: Stage, page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="There are no runs yet")).to_be_visible()
    expect(page.get_by_text("podium run podium.demo.visit:trip")).to_be_visible()
    expect(page.get_by_text("In the folder that this server was started in")).to_be_visible()
    look(page, "first-visit")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the command").click()
    expect(page.get_by_text("Copied")).to_be_attached()
    assert page.evaluate("navigator.clipboard.readText()") == "podium run podium.demo.visit:trip"
    page.get_by_role("button", name="Run the demo").click()
    expect(page).to_have_url(re.compile("/runs/."))


def test_list_moves_by_itself(here: Stage, page: Page) -> None:
    page.goto("/?workflow=orders")
    expect(page.get_by_text("No run fits")).to_be_visible()
    wait_with(here, "live-1")
    line = page.get_by_role("row").filter(has_text="live-1")
    expect(line).to_contain_text("waiting")
    here.call(here.engine.ask("live-1", "cancel", "live-1", by="Lee", reason="enough"))
    expect(line).to_contain_text("cancelled")


def test_filter_is_the_address(here: Stage, page: Page) -> None:
    wait_with(here, "filter-1", name="apples")
    wait_with(here, "filter-2", name="pears")
    here.start(lookups, Question(word="fail filter"), "filter-3")
    here.run_until("filter-3", Status.FAILED)
    page.goto("/?text=filter")
    expect(page.get_by_role("row")).to_have_count(4)
    page.get_by_role("button", name=re.compile("failed")).click()
    expect(page).to_have_url(re.compile(r"\?text=filter&status=failed"))
    expect(page.get_by_role("row")).to_have_count(2)
    page.go_back()
    expect(page.get_by_role("row")).to_have_count(4)
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Text in ids")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("pears")
    expect(page).to_have_url(re.compile("text=pears"))
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("row").filter(has_text="filter-2")).to_be_visible()


def test_keys_alone_choose_and_cancel_runs(here: Stage, page: Page) -> None:
    wait_with(here, "keys-1", "keys-2", "keys-3")
    here.call(here.engine.ask("keys-1", "cancel", "keys-1", by="Lee", reason="enough"))
    here.run_until("keys-1", Status.CANCELLED)
    page.goto("/?text=keys-")
    expect(page.get_by_role("row")).to_have_count(4)
    for key in "jxjjxC":
        page.keyboard.press(key)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Cancel 2 runs?")
    look(page, "runs-bulk")
    expect(dialog.get_by_role("textbox")).to_be_focused()
    page.keyboard.type("sold out")
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("1 run called off, 1 refused")
    expect(dialog).to_contain_text("keys-1")
    page.keyboard.press("Escape")
    expect(page.get_by_role("row").filter(has_text="keys-3")).to_contain_text("cancelled")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/runs/keys-2"))


def test_all_runs_that_are_loaded_are_selected_with_one_click(here: Stage, page: Page) -> None:
    wait_with(here, "all-1", "all-2", "all-3")
    page.goto("/?text=all-")
    expect(page.get_by_role("row")).to_have_count(4)
    everything = page.get_by_role("checkbox", name="Select all runs that are loaded")
    everything.check()
    expect(page.get_by_role("region", name="Selected runs")).to_contain_text("3 runs selected")
    page.get_by_role("checkbox", name="Select all-2").uncheck()
    expect(everything).not_to_be_checked()
    everything.check()
    everything.uncheck()
    expect(page.get_by_role("region", name="Selected runs")).to_have_count(0)


def test_runs_beyond_the_first_page_come_as_one_scrolls(here: Stage, page: Page) -> None:
    here.call(many(here.engine, 420))
    page.goto("/?text=many")
    table = page.get_by_role("grid", name="Runs")
    expect(table).to_have_attribute("aria-rowcount", "201")
    table.focus()
    page.keyboard.press("End")
    expect(table).to_have_attribute("aria-rowcount", "401")
    page.keyboard.press("End")
    expect(table).to_have_attribute("aria-rowcount", "421")
    page.keyboard.press("End")
    last = page.get_by_role("row").filter(has_text="many-000")
    expect(last).to_be_in_viewport()
    before = last.bounding_box()
    here.start(orders, Order(name="many"), "many-more")
    expect(table).to_have_attribute("aria-rowcount", "422")
    assert last.bounding_box() == before
    assert page.get_by_role("row").count() < 60


def test_runs_are_text_whatever_they_hold(here: Stage, page: Page) -> None:
    run_id = "hostile <b>&amp;\"'/?#%20"
    here.start(lookups, Question(word=f"fail {HOSTILE}"), run_id)
    here.run_until(run_id, Status.FAILED)
    page.goto("/?workflow=lookups")
    page.get_by_role("link", name=run_id).click()
    expect(page.get_by_role("heading", name=run_id)).to_be_visible()
    page.go_back()
    line = page.get_by_role("row").filter(has_text=run_id)
    expect(line).to_contain_text("<script>")
    assert page.locator("main img, main script").count() == 0
    look(page, "runs")


def test_list_fits_a_phone(here: Stage, narrow: Page) -> None:
    wait_with(here, "narrow-1")
    narrow.goto("/?text=narrow")
    narrow.get_by_role("link", name="narrow-1").click()
    expect(narrow).to_have_url(re.compile("/runs/narrow-1"))
    assert narrow.evaluate("document.documentElement.scrollWidth") == 390
