"""Keys one after the other, as people press them."""

import re
from contextlib import suppress

from playwright.sync_api import Page, expect

_TRIES, _TRY_MS = 10, 5_000


def go(page: Page, keys: str, where: str) -> None:
    """Press keys one after the other until they have led to an address with `where` (a pattern) in it.

    The dashboard forgets the first key after a second, and on a machine with much to do that may be before the second.
    """
    for _ in range(_TRIES):
        for key in keys:
            page.keyboard.press(key)
        with suppress(AssertionError):
            expect(page).to_have_url(re.compile(where), timeout=_TRY_MS)
            return
    expect(page).to_have_url(re.compile(where))
