"""docs/cli.md is what the command line says of itself."""

import pytest

from scripts import cli_page


def test_cli_page_is_up_to_date() -> None:
    pytest.importorskip("podium.cli.app", reason="the command line is not there yet")
    remedy = "run: python scripts/cli_page.py, and link docs/cli.md from the README"
    assert cli_page.PAGE.is_file(), remedy
    assert cli_page.PAGE.read_text("utf-8") == cli_page.page(), remedy
