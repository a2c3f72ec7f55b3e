"""The Korean pages keep step with the English ones: the same code, the same headings, links that lead somewhere.

Their code is not run again: it is proven equal to code that is.
"""

import os
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.docs.pages import ROOT, Page, pages

PAIRS = [(page, page.original) for page in pages() if page.original is not None]
ENGLISH = "# One\n\n```python\nx = 1\n```\n\n## Two\n\n```console\n$ podium doctor\n```\n"

each_pair = pytest.mark.parametrize(("page", "original"), PAIRS, ids=lambda page: page.name)


def differences(page: Page, original: Page) -> Iterator[str]:
    """Say in which blocks and headings a translation is not its original."""
    for ours, theirs in zip_longest(page.all_blocks, original.all_blocks):
        if ours is None:
            yield f"the block of line {theirs.line} of the original is missing"
        elif theirs is None:
            yield f"line {ours.line}: a block that the original does not have"
        elif (ours.says, ours.text) != (theirs.says, theirs.text):
            yield f"line {ours.line}: not the block of line {theirs.line} of the original"
    if page.levels() != original.levels():
        yield f"headings of levels {page.levels()}, in the original {original.levels()}"


def files_linked(page: Page) -> set[Path]:
    """Return the files that the relative links of a page lead to."""
    targets = (urlsplit(link) for link in page.links())
    return {Path(os.path.normpath(page.path.parent / to.path)) for to in targets if to.path and not to.scheme}


def test_readme_and_tutorial_are_there_in_korean() -> None:
    assert {page.name for page, _ in PAIRS} >= {"README.ko.md", "docs/tutorial.ko.md"}


@each_pair
def test_translation_has_the_code_and_the_headings_of_its_original(page: Page, original: Page) -> None:
    assert list(differences(page, original)) == []


@each_pair
def test_links_of_a_translation_lead_to_files(page: Page, original: Page) -> None:
    assert [file for file in files_linked(page) if not file.exists()] == []
    assert original.path in files_linked(page), "a translation leads to its original"
    assert page.path in files_linked(original), "and the original to its translation"


def test_equal_pages_do_not_differ(tmp_path: Path) -> None:
    assert list(differences(written(tmp_path, ENGLISH), written(tmp_path, ENGLISH))) == []


@pytest.mark.parametrize(
    ("was", "planted"),
    [
        ("x = 1\n", "x = 2\n"),
        ("x = 1\n", "x = 1 \n"),
        ("```python", "```python no-run"),
        ("```python\nx = 1\n```\n", ""),
        ("$ podium doctor\n```\n", "$ podium doctor\n```\n\n```console\n$ podium demo\n```\n"),
        ("## Two", "### Two"),
        ("## Two\n", ""),
    ],
)
def test_planted_difference_is_found(was: str, planted: str, tmp_path: Path) -> None:
    original = written(tmp_path, ENGLISH)
    assert len(list(differences(written(tmp_path, ENGLISH.replace(was, planted, 1)), original))) >= 1


def test_swapped_blocks_are_found(tmp_path: Path) -> None:
    first, second = "```python\nx = 1\n```\n", "```python\ny = 2\n```\n"
    assert len(list(differences(written(tmp_path, second + first), written(tmp_path, first + second)))) == 2


def written(folder: Path, text: str) -> Page:
    """Return a page of this text."""
    path = folder / f"{len(list(folder.iterdir()))}.md"
    path.write_text(text, "utf-8")
    return Page(path)


def test_translation_knows_its_original() -> None:
    assert Page(ROOT / "README.ko.md").original == Page(ROOT / "README.md")
    assert Page(ROOT / "README.md").original is None
