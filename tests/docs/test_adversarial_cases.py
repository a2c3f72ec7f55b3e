"""docs/adversarial_cases.md has all forty cases, and names for each the tests that show it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.docs.pages import ROOT, Page
from tests.docs.test_guarantees import missing

PAGE = Page(ROOT / "docs" / "adversarial_cases.md")
NOT_BUILT = {37, 40}
"""Cases with a part that waits for locks between sagas."""

_NAMED = re.compile(r"`(tests/[\w/]+\.py)::test_\w+`")
_SIGNALS = {"", "SIGKILL", "SIGSTOP", "SIGTERM"}


class Case(NamedTuple):
    """One row of the page."""

    number: int
    happens: str
    promised: str
    process: str
    shown: str

    @property
    def files(self) -> list[str]:
        """The files of the tests that are named."""
        return _NAMED.findall(self.shown)


def cases(text: str) -> Iterator[Case]:
    for line in text.splitlines():
        if re.match(r"\| \d", line):
            number, *cells = re.split(r"\s*\|\s*", line.removeprefix("| ").removesuffix("|").rstrip())
            yield Case(int(number), *cells)


def unshown(text: str) -> list[int]:
    """Return the cases that name no test, although something is promised of them."""
    return [case.number for case in cases(text) if not case.files and not case.promised.startswith("*Not yet*")]


def unkilled(text: str) -> list[int]:
    """Return the cases that say what befalls a process, and name no test that starts any."""
    starts = "pytest.mark.process"
    return [
        case.number
        for case in cases(text)
        if case.process and not any(starts in (ROOT / file).read_text("utf-8") for file in case.files)
    ]


def test_all_forty_are_there_in_order() -> None:
    assert [case.number for case in cases(PAGE.text)] == list(range(1, 41))


def test_every_case_is_shown_by_a_test_that_exists() -> None:
    assert unshown(PAGE.text) == []
    assert missing(PAGE.text) == []


def test_what_is_not_built_says_so() -> None:
    assert {case.number for case in cases(PAGE.text) if "*Not yet*" in case.promised} == NOT_BUILT


def test_where_a_process_is_killed_a_test_starts_one() -> None:
    assert {name for case in cases(PAGE.text) for name in case.process.split(", ")} == _SIGNALS
    assert {case.number for case in cases(PAGE.text) if case.process} >= {20, 31, 33, 35, 37, 38, 39}
    assert unkilled(PAGE.text) == []


@pytest.mark.parametrize("promised", ["It holds.", "It holds. *Not yet*: the rest."])
def test_case_that_nothing_shows_is_found(promised: str) -> None:
    assert unshown(f"| 7 | It breaks. | {promised} | | |") == [7]
    assert unshown("| 7 | It breaks. | *Not yet*: it. | | |") == []


def test_kill_without_a_process_is_found() -> None:
    quiet = "`tests/unit/test_import.py::test_import_starts_nothing`"
    assert unkilled(f"| 7 | It breaks. | It holds. | SIGKILL | {quiet} |") == [7]
