"""What browser tests get: a server with its workflows, a page that fails the test when it complains, pictures of it.

Chromium is the system's. Each module has a browser of its own: its driver keeps an event loop, which may not run while
other modules' tests run theirs.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.stage import Stage, stage

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LIMIT_MS = 60_000
"""For how long a page may take for anything: far longer than it does, also where ten processes want its core."""
expect.set_options(timeout=LIMIT_MS)

WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One server for all browser tests; every test makes runs of its own."""
    with stage(tmp_path_factory.mktemp("stage")) as there:
        yield there


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(ARGUMENTS))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, here: Stage) -> Iterator[Page]:
    """A page at 1280 × 800, whose every complaint (console, uncaught error, broken policy) fails the test."""
    yield from _page(browser, here, WIDE)


@pytest.fixture
def narrow(browser: Browser, here: Stage) -> Iterator[Page]:
    """A page as on a phone."""
    yield from _page(browser, here, NARROW)


def _page(browser: Browser, here: Stage, size: dict[str, int]) -> Iterator[Page]:
    context = browser.new_context(
        base_url=here.url, viewport={"width": size["width"], "height": size["height"]}, reduced_motion="reduce"
    )
    context.set_default_timeout(LIMIT_MS)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: _heard(said, complaints))
    page.on("dialog", lambda dialog: complaints.append(f"a dialog: {dialog.message}"))
    yield page
    context.close()
    assert complaints == []


def _heard(said: ConsoleMessage, complaints: list[str]) -> None:
    """Take errors and warnings down, but not that the server said no: tests ask for that."""
    if said.type in ("error", "warning") and "Failed to load resource" not in said.text:
        complaints.append(f"{said.type}: {said.text}")


SHOTS = Path(__file__).resolve().parents[2] / "podium-shots"
"""Pictures of pages, light and dark, to be looked at; never compared."""
