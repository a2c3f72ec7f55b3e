"""Pages are gone to, runs are started and compared, and a journal is read, without a mouse where that matters."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from podium import Status
from tests.browser.keys import go
from tests.browser.looking import look
from tests.browser.stage import Stage, stage
from tests.browser.work_flows import HOSTILE, WORKFLOWS, Question, lookups

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.part("chromium")]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("about"), workflows=WORKFLOWS) as there:
        for run_id, word in (("word-1", "one"), ("word-2", HOSTILE)):
            there.start(lookups, Question(word=word), run_id)
            there.run_until(run_id, Status.COMPLETED)
        yield there


def open_palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()


def test_palette_goes_to_runs_pages_and_acts(here: Stage, page: Page) -> None:
    page.goto("/workflows")
    expect(page.get_by_role("link", name="letters")).to_be_visible()
    open_palette(page)
    page.keyboard.type("word-2")
    expect(page.get_by_role("option", name="word-2")).to_have_attribute("aria-selected", "true")
    look(page, "palette")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/runs/word-2"))
    open_palette(page)
    page.keyboard.type("break")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/guards"))
    open_palette(page)
    page.keyboard.type("colours dark")
    expect(page.get_by_role("option", selected=True)).to_contain_text("dark")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_every_key_is_listed(here: Stage, page: Page) -> None:
    page.goto("/inbox")
    expect(page.get_by_text("Nobody is asked anything")).to_be_visible()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys.get_by_role("region", name="Inbox")).to_contain_text("Next question")
    expect(keys.get_by_role("region", name="Go to")).to_contain_text("Parked")
    look(page, "keys")
    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    go(page, "gp", "/parked")
    expect(page.get_by_text("Nothing is parked")).to_be_visible()


def test_run_is_started_from_the_form_of_its_workflow(here: Stage, page: Page) -> None:
    page.goto("/workflows")
    expect(page.get_by_role("link", name="lookups")).to_be_visible()
    look(page, "workflows")
    for _ in range(1 + sorted(workflow.name for workflow in WORKFLOWS).index("orders")):
        page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="orders")).to_be_visible()
    expect(page.get_by_role("group", name="Graph of the run")).to_be_visible()
    look(page, "workflow")
    page.keyboard.press("s")
    expect(page.get_by_role("textbox", name="name", exact=True)).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("tea")
    page.get_by_role("textbox", name="paid").fill("two")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("a whole number, as 42")).to_be_visible()
    page.get_by_role("textbox", name="paid").fill("2")
    page.get_by_label("Name of the run").fill("tea-1")
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile("/runs/tea-1"))
    assert here.call(here.engine.info("tea-1")).input == '{"name":"tea","paid":2}'


def test_run_is_started_with_a_sentence(here: Stage, page: Page) -> None:
    page.goto("/workflows/notes")
    page.get_by_label("What is wanted, in your words").fill("buy tea")
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile("/runs/."))
    expect(page.get_by_role("complementary", name="Inspector")).to_contain_text("buy tea")


def test_two_runs_are_compared(here: Stage, page: Page) -> None:
    page.goto("/compare?left=word-1&right=word-2")
    inputs = page.get_by_role("table").first
    expect(inputs).to_contain_text("/word")
    expect(inputs).to_contain_text("<script>")
    expect(page.get_by_role("row").filter(has_text="read_up")).to_be_visible()
    look(page, "compare")
    page.keyboard.press("s")
    expect(page).to_have_url(re.compile("left=word-2&right=word-1"))
    assert page.locator("main img, main script").count() == 0


def test_runs_that_gave_nothing_are_not_said_to_have_given_the_same(here: Stage, page: Page) -> None:
    for run_id in ("fails-1", "fails-2"):
        here.start(lookups, Question(word="fail"), run_id)
        here.run_until(run_id, Status.FAILED)
    page.goto("/compare?left=fails-1&right=fails-2")
    expect(page.get_by_text("They were given the same.")).to_be_visible()
    expect(page.get_by_text("Neither of them has given anything.")).to_be_visible()


def test_comparison_on_a_phone_keeps_names_of_steps_whole(here: Stage, narrow: Page) -> None:
    narrow.goto("/compare?left=word-1&right=word-2")
    step = narrow.get_by_role("rowheader", name="read_up")
    expect(step).to_be_visible()
    assert step.evaluate("(cell) => cell.getClientRects()[0].height < 40")
    assert narrow.evaluate("document.documentElement.scrollWidth") == 390


def test_journal_is_read_without_its_server(here: Stage, page: Page, tmp_path: Path) -> None:
    exported = page.request.get("/api/v1/runs/word-2/export").body()
    journal = tmp_path / "word-2.jsonl"
    journal.write_bytes(exported)
    page.goto("/open")
    expect(page.get_by_text("Drop an exported journal here")).to_be_visible()
    look(page, "open-nothing")
    page.get_by_label("Choose a file").set_input_files(journal)
    expect(page.get_by_text("Read from word-2.jsonl")).to_be_visible()
    expect(page.get_by_role("heading", name="word-2")).to_be_visible()
    page.get_by_role("tab", name="Journal").click()
    expect(page.get_by_role("row").filter(has_text="run completed")).to_be_visible()
    page.get_by_role("tab", name="Graph").click()
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    expect(page.get_by_role("button", name=re.compile("read_up")).first).not_to_contain_text("done")
    look(page, "open")


def test_file_that_is_no_journal_is_said_to_be_none(here: Stage, page: Page, tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    other.write_text("not a journal\n")
    page.goto("/open")
    page.get_by_label("Choose a file").set_input_files(other)
    expect(page.get_by_role("alert")).to_contain_text(re.compile("line|journal", re.IGNORECASE))
