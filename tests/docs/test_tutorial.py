"""The commands of the tutorial, typed one after another beside its files, end as it says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, Page

PAGE = Page(ROOT / "docs" / "tutorial.md")
_CODE = re.compile(r"# exit code (\d+)")


@pytest.mark.process
@pytest.mark.slow
def test_commands_of_the_tutorial_end_as_it_says(tmp_path: Path) -> None:
    pytest.importorskip("podium.cli.app", reason="the command line is not there yet")
    files: dict[str, str] = {}
    for block in PAGE.blocks("python"):
        if block.file is not None:
            files[block.file] = files.get(block.file, "") + block.text
            (tmp_path / block.file).write_text(files[block.file], "utf-8")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for command in PAGE.commands():
        if "podium " not in command or command.startswith("pip "):
            continue
        said = _CODE.search(command)
        ended = subprocess.run(
            ("sh", "-c", f"{command}\nexit $?"),
            cwd=tmp_path,
            check=False,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
        )
        assert ended.returncode == (int(said[1]) if said else 0), f"{command}\n{ended.stdout}{ended.stderr}"
    assert len((tmp_path / "bank.json").read_text("utf-8").split(",")) == 3, (
        "one charge for each order, whoever was killed"
    )
