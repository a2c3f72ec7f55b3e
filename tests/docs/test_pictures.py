"""The README's pictures are there, say in words what they show, ask no other host; the orchestra is as drawn."""

import re

import pytest

from scripts import pictures
from scripts.orchestra import orchestra, text_of
from tests.docs.pages import ROOT

_SHOWN = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<file>[^)\s]+)\)")
SHOWN = [found.groups() for found in _SHOWN.finditer((ROOT / "README.md").read_text("utf-8"))]


def test_the_readme_shows_all_pictures_there_are() -> None:
    there = {f"docs/images/{file.name}" for file in pictures.IMAGES.iterdir()}
    assert {file for _, file in SHOWN} == there - {f"docs/images/{pictures.DIAGRAM.name}"}


@pytest.mark.parametrize(("alt", "file"), SHOWN)
def test_each_picture_is_a_file_and_said_in_words(alt: str, file: str) -> None:
    assert (ROOT / file).is_file()
    assert len(alt.split()) > 5


def test_the_orchestra_is_what_the_script_draws() -> None:
    assert pictures.DIAGRAM.read_text("utf-8") == text_of(orchestra()), "run: make pictures"
    assert pictures.DIAGRAM.with_suffix(".png").read_bytes().startswith(b"\x89PNG")


def test_the_recorded_terminal_asks_no_other_host() -> None:
    text = (pictures.IMAGES / "demo.svg").read_text("utf-8")
    assert "@font-face" not in text
    assert "url(http" not in text
