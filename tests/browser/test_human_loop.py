"""The whole way of a person through a run: asked, edited, undone, understood, forked, reported."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from podium import Status
from podium.demo import visit
from podium.demo.visit import trip
from tests.browser.keys import go
from tests.browser.looking import look
from tests.browser.stage import Stage, stage

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.part("chromium")]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(visit, "PAUSE_S", 0)
        with stage(tmp_path_factory.mktemp("loop"), workflows=[trip]) as there:
            yield there


def demo(page: Page) -> str:
    """Start the demo, and return the id of its run."""
    page.goto("/")
    page.get_by_role("button", name="Run the demo").click()
    expect(page).to_have_url(re.compile("/runs/."))
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(re.compile("^trip-"))
    return heading.inner_text()


def test_person_goes_all_the_way(here: Stage, page: Page) -> None:
    run_id = demo(page)
    expect(page.get_by_role("button", name=re.compile("approve: waiting"))).to_be_visible()
    expect(page).to_have_title(re.compile(r"^\(1\) "))

    go(page, "gi", "/inbox")
    expect(page.get_by_role("article")).to_contain_text("Book this trip?")
    page.keyboard.press("e")
    expect(page.get_by_role("textbox", name="city")).to_have_value("Busan")
    page.get_by_role("textbox", name="nights").fill("9")
    look(page, "loop-inbox")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Nobody is asked anything")).to_be_visible()

    here.run_until(run_id, Status.COMPENSATED)
    page.goto(f"/runs/{run_id}")
    for step in ("flight", "hotel"):
        expect(page.get_by_role("button", name=re.compile(f"^{step}: undone"))).to_be_visible()
    expect(page.get_by_role("complementary", name="Inspector")).to_contain_text(
        "no car is to be had in Busan for 9 nights"
    )
    expect(page.locator(".undone-way").first).to_be_attached()  # from the hotel back to the flight
    look(page, "loop-undone")

    page.get_by_role("tab", name="Journal").click()
    page.get_by_role("row").filter(has_text="step started").filter(has_text="approve").click()
    page.get_by_role("button", name="Fork").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(re.compile("Id of the new run")).fill("second-try")
    dialog.get_by_role("checkbox").check()
    dialog.get_by_role("button", name="Fork").click()
    expect(page).to_have_url(re.compile("/runs/second-try"))

    page.goto("/inbox?run=second-try")
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_role("textbox", name="note")).to_be_focused()
    page.keyboard.press("Control+Enter")
    here.run_until("second-try", Status.COMPLETED)
    page.goto("/runs/second-try")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Report").click()
    report = saved.value.path().read_text("utf-8")
    assert "second-try" in report
    page.goto(f"/compare?left={run_id}&right=second-try")
    expect(page.get_by_text("forked from the other one")).to_be_visible()
