"""Looking at a page: for what keeps people out (axe), and for how it looks, light and dark."""

from collections.abc import Mapping
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import SHOTS

_AXE = Axe()
_ALL = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_CONTRAST = {"type": "rule", "values": ["color-contrast"]}


def look(page: Page, name: str) -> None:
    """See that the page is open to all, contrast in both colours, and keep a picture of each."""
    SHOTS.mkdir(exist_ok=True)
    looks: tuple[tuple[Literal["light", "dark"], Mapping[str, object]], ...] = (("light", _ALL), ("dark", _CONTRAST))
    for colours, rules in looks:
        page.emulate_media(color_scheme=colours, reduced_motion="reduce")
        page.screenshot(path=SHOTS / f"{name}-{colours}.png")
        found = _hindrances(page, rules)
        assert not found, "\n".join([f"{name}, {colours}", *found])


def _hindrances(page: Page, rules: Mapping[str, object]) -> list[str]:
    """Return what axe finds wrong, each with the first elements that it is about."""
    found = _AXE.run(page, options={"runOnly": rules, "resultTypes": ["violations"]}).response["violations"]
    return [f"{one['id']}: {one['help']}: {[node['html'][:160] for node in one['nodes'][:3]]}" for one in found]
