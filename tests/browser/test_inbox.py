"""Questions are answered without a mouse, and nobody is told that an answer counted which did not."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from podium import Status
from tests.browser.keys import go
from tests.browser.looking import look
from tests.browser.stage import Stage, stage
from tests.browser.work_flows import HOSTILE, WORKFLOWS, Letter, Planned, journeys, letters

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.part("chromium")]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("inbox"), workflows=WORKFLOWS) as there:
        yield there


def ask(here: Stage, run_id: str, text: str = "Dear Kim") -> None:
    here.start(letters, Letter(text=text), run_id)
    here.run_until(run_id, Status.WAITING)


def output(here: Stage, run_id: str) -> dict[str, object]:
    here.run_until(run_id, Status.COMPLETED)
    found: dict[str, object] = json.loads(here.call(here.engine.info(run_id)).output or "{}")
    return found


def choose(page: Page, key: str) -> None:
    """Choose an answer by its key, and wait for its form."""
    page.keyboard.press(key)
    expect(page.locator("article form :focus")).to_have_count(1)


def test_keys_alone_go_through_the_inbox(here: Stage, page: Page) -> None:
    ask(here, "keys-1", "first")
    ask(here, "keys-2", "second")
    page.goto("/")
    expect(page).to_have_title("(2) Runs · Podium")
    go(page, "gi", "/inbox")
    expect(page).to_have_title("(2) Inbox · Podium")
    expect(page.get_by_role("article")).to_contain_text("keys-1")
    page.keyboard.press("j")
    expect(page.get_by_role("article")).to_contain_text("keys-2")
    page.keyboard.press("k")
    expect(page.get_by_role("article")).to_contain_text("keys-1")
    page.keyboard.press("e")
    field = page.get_by_label("value")
    expect(field).to_be_focused()
    expect(field).to_have_value("first,\nthank you.")
    page.keyboard.press("Control+a")
    page.keyboard.type("first, mended")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("article")).to_contain_text("keys-2")
    here.call(here.engine.ask("keys-2", "cancel", "keys-2", by="Lee", reason="enough"))
    expect(page.get_by_role("article")).to_contain_text("first, mended")


def test_approval_shows_what_will_be_sent_and_takes_a_reason(here: Stage, page: Page) -> None:
    ask(here, "approve-1")
    page.goto("/inbox?run=approve-1")
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    choose(page, "a")
    page.keyboard.press("Control+Enter")
    article = page.get_by_role("article")
    expect(article).to_contain_text("Before post_letter is called")
    expect(article.get_by_label("Arguments of post_letter")).to_contain_text("thank you.")
    choose(page, "a")
    page.keyboard.type("as agreed")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nobody is asked anything")).to_be_visible()
    assert output(here, "approve-1")["sent"] == "sent to Kim: Dear Kim,\nthank you."


def test_rejection_carries_its_reason(here: Stage, page: Page) -> None:
    ask(here, "reject-1")
    page.goto("/inbox?run=reject-1")
    expect(page.get_by_role("button", name="Reject")).to_be_visible()
    choose(page, "r")
    page.keyboard.type("no sources")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Nobody is asked anything")).to_be_visible()
    assert output(here, "reject-1")["sent"] == "not sent: no sources"


def test_form_says_at_the_field_what_is_wrong(here: Stage, page: Page) -> None:
    here.start(journeys, Planned(), "form-1")
    here.run_until("form-1", Status.WAITING)
    page.goto("/inbox?run=form-1")
    article = page.get_by_role("article")
    article.get_by_label("city").fill("B")
    article.get_by_label("nights").fill("99")
    article.get_by_role("button", name="Answer").click()
    expect(article.get_by_label("city")).to_be_focused()
    expect(article.get_by_text("at least 2 characters")).to_be_visible()
    expect(article.get_by_label("nights")).to_have_accessible_description(re.compile("at most 30"))
    look(page, "inbox-form")
    article.get_by_label("city").fill("Busan")
    article.get_by_label("nights").fill("3")
    article.get_by_role("button", name="Add Stay").click()
    article.get_by_role("button", name="Remove item 2").click()
    article.get_by_label("window").check()
    article.get_by_label("price max (optional)").fill("120.50")
    article.get_by_role("button", name="Answer").click()
    expect(page.get_by_text("Nobody is asked anything")).to_be_visible()
    wishes = {"stays": [{"city": "Busan", "nights": 3}], "seat": "window", "price_max": 120.5, "is_flexible": False}
    assert output(here, "form-1")["wishes"] == wishes


def test_json_may_be_written_instead_of_the_form(here: Stage, page: Page) -> None:
    here.start(journeys, Planned(), "raw-1")
    here.run_until("raw-1", Status.WAITING)
    page.goto("/inbox?run=raw-1")
    page.get_by_role("button", name="Write JSON instead").click()
    field = page.get_by_label("Answer as JSON")
    field.fill('{"stays": [')
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_text("this is no JSON")).to_be_visible()
    field.fill('{"stays": [{"city": "Ulsan", "nights": 0}]}')
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_role("alert")).to_contain_text("Your answer was not taken.")
    field.fill('{"stays": [{"city": "Ulsan", "nights": 1}]}')
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_text("Nobody is asked anything")).to_be_visible()


def test_answer_that_came_too_late_is_said_to_be(here: Stage, page: Page) -> None:
    ask(here, "late-1")
    page.goto("/inbox?run=late-1")
    expect(page.get_by_role("button", name="Reject")).to_be_visible()
    choose(page, "r")
    page.route(re.compile(r"/api/v1/tasks(\?|$)"), lambda route: route.abort())  # it is not told that nothing is asked
    here.call(here.engine.ask("late-1", "cancel", "late", by="Lee", reason="sold out"))
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Your answer came too late.")


def test_question_is_text_whatever_it_holds(here: Stage, page: Page) -> None:
    ask(here, "hostile-1", HOSTILE)
    page.goto("/inbox?run=hostile-1")
    context = page.get_by_label("Context", exact=True)
    expect(context).to_contain_text(HOSTILE.replace("\u202e", "\\u202e"))
    expect(page).to_have_title(re.compile("Inbox"))
    assert page.locator("main img, main script").count() == 0
    look(page, "inbox")


def test_inbox_fits_a_phone(here: Stage, narrow: Page) -> None:
    ask(here, "narrow-1")
    narrow.goto("/inbox?run=narrow-1")
    narrow.get_by_role("button", name="Edit").click()
    expect(narrow.get_by_label("value")).to_be_in_viewport()
    assert narrow.evaluate("document.documentElement.scrollWidth") == 390
