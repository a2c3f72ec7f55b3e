"""What the documentation shows, runs; where it leads, there is something."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

import pytest

from tests.docs.pages import ROOT, Page, pages

PAGES = pages()
WITH_CODE = [
    pytest.param(page, marks=pytest.mark.process if "subprocess.run" in page.text else ())
    for page in PAGES
    if page.blocks("python") and page.original is None  # test_korean.py proves a translation's code equal to what runs
]


def ids(page: Page) -> str:
    return page.name


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Work in an empty folder from which files can be imported; forget them afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None)
        if file is None or Path(file).is_relative_to(tmp_path):
            del sys.modules[name]


def run(page: Page, folder: Path) -> ModuleType:
    """Run a page from top to bottom, and the tests in its files too."""
    module = ModuleType(f"page_{page.path.stem}")
    sys.modules[module.__name__] = module  # where types are looked up by name
    files: dict[str, str] = {}
    for block in page.blocks("python"):
        if block.file is not None:
            files[block.file] = files.get(block.file, "") + block.text
            (folder / block.file).write_text(files[block.file], "utf-8")
            continue
        code = compile("\n" * (block.line - 1) + block.text, page.name, "exec")
        exec(code, module.__dict__)  # noqa: S102  # our own documentation
    for name in files:
        run_tests(name.removesuffix(".py"))
    return module


def run_tests(name: str) -> None:
    module = __import__(name)
    for test in [value for key, value in vars(module).items() if key.startswith("test_")]:
        test()


@pytest.mark.parametrize("page", WITH_CODE, ids=ids)
def test_code_of_a_page_runs(page: Page, folder: Path) -> None:
    run(page, folder)


def test_code_that_is_wrong_is_found(folder: Path) -> None:
    page = folder / "page.md"
    page.write_text("```python\nx = 1\n```\n\n```python\nassert x == 2\n```\n", "utf-8")
    with pytest.raises(AssertionError):
        run(Unlisted(page), folder)


def test_test_in_a_file_of_a_page_is_run(folder: Path) -> None:
    page = folder / "page.md"
    page.write_text("```python\n# x.py\ndef test_x() -> None:\n    assert False\n```\n", "utf-8")
    with pytest.raises(AssertionError):
        run(Unlisted(page), folder)


class Unlisted(Page):
    """A page outside of the repository."""

    @property
    def name(self) -> str:
        return self.path.name


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_links_lead_somewhere(page: Page) -> None:
    assert [link for link in page.links() if not leads_somewhere(page, link)] == []


def leads_somewhere(page: Page, link: str) -> bool:
    """Claim that a link has a target; one to the web is believed."""
    parts = urlsplit(link)
    if parts.scheme:
        return parts.scheme == "https"
    target = (page.path.parent / parts.path).resolve() if parts.path else page.path
    if not target.exists() or not target.is_relative_to(ROOT):
        return False
    return not parts.fragment or parts.fragment in Page(target).anchors()


@pytest.mark.parametrize("link", ["nowhere.md", "#nowhere", "README.md#nowhere", "../README.md", "http://example.org"])
def test_link_to_nowhere_is_found(link: str) -> None:
    assert not leads_somewhere(Page(ROOT / "README.md"), link)


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, todo = set[Path](), [ROOT / "README.md"]
    while todo:
        path = todo.pop()
        if path in reached or not path.exists():
            continue
        reached.add(path)
        if path.suffix == ".md":
            todo += [(path.parent / urlsplit(link).path).resolve() for link in Page(path).links() if "://" not in link]
    templates = {ROOT / "docs/decisions/0000-template.md"}
    assert sorted(page.name for page in PAGES if page.path not in reached | templates) == []
