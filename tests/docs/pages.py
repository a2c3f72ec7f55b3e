"""The pages of the documentation, taken apart: code blocks, links, headings.

Python blocks of a page continue one another: they run in order, as one module. A block whose first line is `# name.py`
is that file, which later blocks may import; a second one of the same name goes on with it. A fence that says
`python no-run` is shown, not run.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

_FENCE = re.compile(r"^```(?P<says>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<to>[^)\s]+)\)")
_HEADING = re.compile(r"^(?P<level>#+) (?P<title>.+)$", re.MULTILINE)
_FILE = re.compile(r"# (?P<name>\w+\.py)\n")


@dataclass(frozen=True)
class Block:
    """A fenced block: what its fence says, its text, and the line on which that begins."""

    says: str
    text: str
    line: int

    @property
    def file(self) -> str | None:
        """The file that a Python block is; None where it belongs to the page."""
        found = _FILE.match(self.text)
        return found["name"] if found else None


@dataclass(frozen=True)
class Page:
    """One Markdown file."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def original(self) -> "Page | None":
        """The English page that this one is a translation of; None where it is English itself."""
        name = self.path.name
        return Page(self.path.with_name(name.removesuffix(".ko.md") + ".md")) if name.endswith(".ko.md") else None

    @cached_property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    def blocks(self, says: str) -> list[Block]:
        """Return the blocks whose fence says exactly this."""
        return [block for block in self.all_blocks if block.says == says]

    @cached_property
    def all_blocks(self) -> list[Block]:
        found = _FENCE.finditer(self.text)
        return [Block(hit["says"], hit["text"], self.text.count("\n", 0, hit.start("text")) + 1) for hit in found]

    def commands(self) -> Iterator[str]:
        """Return the command lines of the console blocks; a line that ends in a backslash goes on."""
        for block in self.blocks("console"):
            for line in block.text.replace("\\\n", " ").splitlines():
                if line.startswith("$ "):
                    yield line.removeprefix("$ ")

    def links(self) -> list[str]:
        """Return where links in the prose lead."""
        return [hit["to"] for hit in _LINK.finditer(_FENCE.sub("", self.text))]

    def levels(self) -> list[int]:
        """Return the level of each heading, in order."""
        return [len(hit["level"]) for hit in _HEADING.finditer(_FENCE.sub("", self.text))]

    def anchors(self) -> set[str]:
        """Return the names under which headings are linked to, by GitHub's rule."""
        titles = (hit["title"] for hit in _HEADING.finditer(_FENCE.sub("", self.text)))
        return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def pages() -> list[Page]:
    """Return every page of the repository."""
    top = sorted(ROOT.glob("*.md"))
    return [Page(path) for path in [*top, *sorted((ROOT / "docs").rglob("*.md"))]]
