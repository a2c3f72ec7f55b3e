"""`podium mcp` writes a manifest that can be read in, and shows what changed."""

import subprocess
import sys
from pathlib import Path

import pytest

from podium.agents.mcp import McpServer
from tests.integration.mcp.conftest import Desk

pytestmark = pytest.mark.process


def podium(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "podium.cli", *words], capture_output=True, text=True, check=False)


def test_manifest_is_written_and_what_changed_is_shown(desk: Desk, tmp_path: Path) -> None:
    file = str(tmp_path / "desk.mcp.json")
    assert podium("mcp", file, "--", *desk.command).stdout == f"{file}: 8 tools, new\n"
    assert McpServer(file).manifest == desk.manifest
    assert podium("mcp", file).stdout == f"{file}: 8 tools, as before\n"
    changed = podium("mcp", file, "--env", "OFFERS=book!").stdout
    assert '"country"' in changed
    assert changed.endswith("1 tools, changed\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "say where the server is"),
        (("--", "no-such-command-anywhere"), "does not answer"),
        (("http://127.0.0.1:9/mcp",), "does not answer"),
        (("--env", "X", "--", "a"), "'X' is not NAME=VALUE"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    ended = podium("mcp", str(tmp_path / "x.json"), *words)
    assert (ended.returncode, says in ended.stderr, "Traceback" in ended.stderr) == (2, True, False), ended.stderr
    assert not list(tmp_path.iterdir())
