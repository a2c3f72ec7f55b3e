"""What the dashboard reckons without a browser: forms from schemas, lists that move."""

import pytest

from scripts import build_ui


@pytest.mark.slow
@pytest.mark.process
def test_logic_of_the_dashboard_holds() -> None:
    build_ui.node("node_modules/vitest/vitest.mjs", "run", "--reporter", "dot")
