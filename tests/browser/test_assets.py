"""What ships of the dashboard is what its sources build, small, and keeps to itself."""

import filecmp
import gzip
import json
import re
from pathlib import Path
from typing import get_args

import pytest

from podium.core.events import Event
from podium.views.journal_rows import kind_word
from scripts import build_ui, ui_sources

TYPESCRIPT = sorted((build_ui.UI / "src").rglob("*.ts*"))
JS_BYTES_MAX = 150_000
"""Of all scripts together, compressed."""


def test_types_colours_and_icons_are_those_of_python() -> None:
    for path, text in ui_sources.files().items():
        assert path.read_text("utf-8") == text, "run: python scripts/ui_sources.py"


def test_assets_are_built_from_the_sources_that_are_here() -> None:
    made = json.loads((build_ui.ASSETS / build_ui.MANIFEST).read_text("utf-8"))
    assert made == {"sources": build_ui.sources_hash()}, "run: make ui"


def test_every_kind_of_event_can_be_filtered_by() -> None:
    text = (build_ui.UI / "src" / "pages" / "run" / "kinds.ts").read_text("utf-8")
    listed = set(re.findall(r'^    "(\w+)",$', text, re.MULTILINE))
    assert listed == {kind_word(event.__name__) for event in get_args(Event)}


def test_scripts_are_small() -> None:
    packed = [len(gzip.compress(path.read_bytes(), 9)) for path in build_ui.ASSETS.glob("*.js")]
    assert packed
    assert sum(packed) <= JS_BYTES_MAX


def test_page_holds_no_script_and_no_style_of_its_own() -> None:
    page = (build_ui.ASSETS / "index.html").read_text("utf-8")
    assert re.search(r"<script(?![^>]*src=\"/assets/)|<style|\sstyle=|\son\w+=|https?://", page) is None


def test_lock_file_names_no_registry() -> None:
    lock = json.loads((build_ui.UI / "package-lock.json").read_text("utf-8"))
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]


@pytest.mark.parametrize("path", TYPESCRIPT, ids=lambda path: path.name)
def test_typescript_is_small_typed_and_makes_no_html(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 400 or ui_sources.MADE in text
    assert re.search(r"dangerouslySetInnerHTML|innerHTML|eval\(|(?:: |<|\bas )any\b", text) is None


@pytest.mark.slow
@pytest.mark.process
def test_sources_build_to_the_assets_byte_for_byte(tmp_path: Path) -> None:
    build_ui.build(tmp_path)
    names = sorted(path.name for path in build_ui.ASSETS.iterdir())
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    _, different, failed = filecmp.cmpfiles(tmp_path, build_ui.ASSETS, names, shallow=False)
    assert (different, failed) == ([], [])


@pytest.mark.slow
@pytest.mark.process
def test_folds_scales_and_forms_of_the_dashboard_keep_their_promises() -> None:
    build_ui.node("node_modules/vitest/vitest.mjs", "run", "--reporter=dot")
