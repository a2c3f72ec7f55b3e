"""A briefing over a folder of texts: a DAG with a map (`each=`) and a node that runs on a condition (`when=`).

$ podium run examples/briefing.py folder=docs
"""

from collections import Counter
from pathlib import Path

from pydantic import BaseModel

from podium import Dag, node, tool

LONG = 400
"""A text with more words than this is named in the appendix."""


class Brief(BaseModel):
    """The input."""

    folder: str


class Digest(BaseModel):
    """What is said of one text."""

    file: str
    words: int
    often: list[str]


@tool.read
def read_text(file: str) -> str:
    """Read one file."""
    return Path(file).read_text("utf-8")


@node
def files(folder: str) -> list[str]:
    """Find the texts."""
    return sorted(str(path) for path in Path(folder).glob("*.md"))


@node(each="files", concurrency=4)
def digests(item: str) -> Digest:
    """Count one text's long words; four texts at a time, results in the order of the files."""
    words = read_text(item).split()
    often = Counter(word.lower() for word in words if word.isalpha() and len(word) > 7)  # noqa: PLR2004
    return Digest(file=item, words=len(words), often=[word for word, _ in often.most_common(3)])


@node
def total(digests: list[Digest]) -> int:
    """Add up."""
    return sum(digest.words for digest in digests)


@node(when=lambda total: total > LONG)
def appendix(digests: list[Digest]) -> list[str]:
    """Name the long texts, if there is much to read at all."""
    return [digest.file for digest in digests if digest.words > LONG]


@node
def report(folder: str, digests: list[Digest], total: int, appendix: list[str] | None) -> str:
    """Put it together. `appendix` admits None, so this runs whether or not there is one."""
    lines = [f"{folder}: {len(digests)} texts, {total} words"]
    lines += [f"{digest.file}: {', '.join(digest.often)}" for digest in digests]
    lines += [f"long: {file}" for file in appendix or ()]
    return "\n".join(lines)


briefing = Dag("briefing", Brief, files, digests, total, appendix, report, gives=report)
