"""The real command in real processes, in a folder of its own with a file of workflows."""

from pathlib import Path

import pytest

from tests.integration.cli.terminal import Terminal

FLOWS = Path(__file__).with_name("flows.py.txt")


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """Return a folder with `flows.py` in which `podium` can be called."""
    (tmp_path / "flows.py").write_text(FLOWS.read_text("utf-8"), "utf-8")
    return Terminal(tmp_path)
