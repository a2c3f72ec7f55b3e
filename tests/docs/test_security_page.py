"""docs/security.md names a test for each requirement, or says why there is none; its numbers are the code's."""

import re

import pytest

from podium.server.gate import Limits, Scope
from podium.server.gate.connection import HEAD_S
from tests.docs.pages import ROOT, Page
from tests.docs.test_guarantees import missing

PAGE = Page(ROOT / "docs" / "security.md")
_NAMED = re.compile(r"`tests/[\w/]+\.py::test_\w+`")
_WITHOUT = frozenset({"by construction", "none", "this page"})


def requirements(text: str) -> list[list[str]]:
    """Return the rows of the ASVS table."""
    lines = [line for line in text.splitlines() if re.match(r"\| \d+\.\d+\.\d+ ", line)]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]


def unproven(text: str) -> list[str]:
    """Return requirements that neither name a test nor say why there is none."""
    found = [row for row in requirements(text) if not _NAMED.search(row[-1])]
    return [row[0] for row in found if row[-1] not in _WITHOUT or (row[-1] == "none" and "**" not in row[1])]


def test_every_named_test_exists() -> None:
    assert missing(PAGE.text) == []


def test_every_requirement_has_evidence_or_says_that_it_is_not_met() -> None:
    assert len(requirements(PAGE.text)) > 30
    assert unproven(PAGE.text) == []


@pytest.mark.parametrize("row", ["| 1.2.3 a | it is so | none |", "| 1.2.3 a | it is so | surely |"])
def test_requirement_without_evidence_is_found(row: str) -> None:
    assert unproven(row) == ["1.2.3 a"]


def test_bounds_on_the_page_are_those_of_the_code() -> None:
    limits = Limits()
    said = [
        f"{limits.body_bytes // 10**6} MB; {limits.journal_bytes // 10**6} MB for an exported journal",
        f"journal; {limits.body_s:.0f} s",
        f"{limits.depth} deep, {limits.values // 1000} 000 values",
        f"{limits.url_bytes // 1000} kB, {limits.header_bytes // 1000} kB; the head within {HEAD_S:.0f} s",
        f"{limits.requests}, of one client {limits.requests_per_client}",
        f"at a time | {limits.journals} |",
        f"{limits.streams}, of one client {limits.streams_per_client}",
        f"{limits.per_minute} a minute, {limits.burst} at once",
        f"{limits.logins_per_minute} a minute",
        f"after {limits.idle_s / 3600:.0f} hours unused or {limits.session_s / 3600:.0f} hours",
        f"at most {limits.sessions},",
    ]
    text = " ".join(PAGE.text.split())
    assert [words for words in said if words not in text] == []


def test_every_scope_is_on_the_page() -> None:
    assert all(f"| `{scope}` |" in PAGE.text for scope in Scope)
