"""ARCHITECTURE.md names files that are there, and the layers that are checked."""

import re
import tomllib

from tests.docs.pages import ROOT, Page

PAGE = Page(ROOT / "ARCHITECTURE.md")


def test_files_that_are_named_exist() -> None:
    named = re.findall(r"`([\w/]+(?:\.py|/))`", PAGE.text)
    assert len(named) > 30
    places = (ROOT, ROOT / "src", ROOT / "src" / "podium")
    assert [name for name in named if not any((place / name).exists() for place in places)] == []


def test_layers_are_those_that_are_checked() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    [contract] = [each for each in settings["tool"]["importlinter"]["contracts"] if each["type"] == "layers"]
    checked = [re.sub(r"[()]", "", layer) for layer in contract["layers"]]
    [block] = PAGE.blocks("text")
    assert block.text.splitlines() == checked
