"""docs/errors.md is what the error classes say."""

import pytest

from podium import errors
from podium.errors import PodiumError
from scripts import errors_page


def test_errors_page_is_up_to_date() -> None:
    remedy = "run: python scripts/errors_page.py"
    assert errors_page.PAGE.read_text("utf-8") == errors_page.page(), remedy


def test_errors_page_has_every_error_once() -> None:
    text = errors_page.page()
    for name, cls in vars(errors).items():
        if isinstance(cls, type) and issubclass(cls, PodiumError) and cls is not PodiumError:
            assert text.count(f"\n### {name} · `{cls.code}`\n") == 1, name


def test_every_error_has_a_code_of_its_own() -> None:
    classes = [cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, PodiumError)]
    codes = [cls.code for cls in classes]
    assert len(codes) == len(set(codes))


def test_new_branch_must_say_whose_fault_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(errors_page.BRANCHES, "BugError")
    with pytest.raises(AssertionError, match="BugError"):
        errors_page.page()
