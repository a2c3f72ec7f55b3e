"""docs/http_api.md is what the server's table of routes says."""

from scripts import http_api_page


def test_http_api_page_is_up_to_date() -> None:
    assert http_api_page.PAGE.read_text("utf-8") == http_api_page.page(), "run: python scripts/http_api_page.py"
