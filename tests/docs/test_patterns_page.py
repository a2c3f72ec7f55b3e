"""The page of patterns is drawn from the cases, and says of every pattern whether Podium has it."""

from podium.testing.conformance.engines.patterns import PATTERNS
from scripts import patterns_page


def test_page_of_patterns_is_up_to_date() -> None:
    assert patterns_page.PAGE.read_text("utf-8") == patterns_page.page(), "run: python scripts/patterns_page.py"


def test_every_pattern_is_answered_once() -> None:
    numbers = [each.number for each in patterns_page.examples()] + [each.number for each in patterns_page.NO]
    assert sorted(numbers) == list(range(1, 44))


def test_every_yes_is_a_case_and_every_case_a_yes() -> None:
    assert [each.number for each in patterns_page.examples()] == [int(case.name.split("-")[0]) for case in PATTERNS]
