"""Documents as passages that know where they stand: paragraphs of Markdown and text, docstrings of Python files."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic import BaseModel

SUFFIXES: Final = (".md", ".rst", ".txt", ".py")
BYTES_MAX: Final = 500_000
"""Larger files are data rather than documents, and are left out."""

_WORDS_MIN: Final = 8
_SKIPPED: Final = re.compile(r"^(#|\||```|~~~|---|===|<|!\[|\[[^\]]+\]:)")
"""Headings, tables, code, rules, markup, pictures and link lists: nothing to quote a sentence from."""

_FENCE: Final = re.compile(r"^\s*(```|~~~)")
_WITNESS: Final = "guarantees.md"


class Passage(BaseModel):
    """A paragraph.

    Attributes:
        file: Relative to the folder of documents, with slashes.
        line: Where it begins, from 1.
        text: On one line.
    """

    file: str
    line: int
    text: str

    @property
    def citation(self) -> str:
        """Where to look it up, as `file:line`."""
        return f"{self.file}:{self.line}"


def own_documents() -> Path:
    """Return Podium's own documents.

    In a working copy that is `docs/`, known by its guarantees.md. A wheel ships no docs: there the docstrings of the
    package itself, which every installation has, are what is read.
    """
    package = Path(__file__).resolve().parent.parent
    docs = package.parent.parent / "docs"
    return docs if (docs / _WITNESS).is_file() else package


def list_names(folder: Path) -> list[str]:
    """Return the documents in a folder and below, relative to it, sorted; hidden ones are left out.

    Raises:
        NotADirectoryError: There is no such folder.
    """
    if not folder.is_dir():
        message = f"{folder} is no folder of documents"
        raise NotADirectoryError(message)
    found = (path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.is_file())
    names = (path.relative_to(folder) for path in found if path.stat().st_size <= BYTES_MAX)
    return sorted(name.as_posix() for name in names if not any(part.startswith((".", "__")) for part in name.parts))


def read_passages(folder: Path, name: str) -> list[Passage]:
    """Return the passages of one document, in order; one that is gone has none.

    What is not UTF-8 reads as replacement characters.
    """
    if not (folder / name).is_file():
        return []
    text = (folder / name).read_text("utf-8", errors="replace")
    blocks = _docstrings(text) if name.endswith(".py") else _paragraphs(text)
    return [
        Passage(file=name, line=line, text=joined)
        for line, block in blocks
        if len((joined := " ".join(block.split())).split()) >= _WORDS_MIN
    ]


def _paragraphs(text: str, *, first_line: int = 1) -> Iterator[tuple[int, str]]:
    """Yield paragraphs and list items with their first lines."""
    block: list[str] = []
    begun, is_code = first_line, False
    for number, line in enumerate([*text.splitlines(), ""], start=first_line):
        is_fence = bool(_FENCE.match(line))
        ends = is_fence or is_code or not line.strip() or bool(_SKIPPED.match(line.strip()))
        is_code ^= is_fence
        if block and (ends or _is_item(line)):
            yield begun, "\n".join(block)
            block = []
        if not ends:
            begun = begun if block else number
            block.append(_unmarked(line))


def _is_item(line: str) -> bool:
    return bool(re.match(r"\s*([-*+]|\d+[.)])\s", line))


def _unmarked(line: str) -> str:
    """Return a line without what makes it a list item, a quotation, emphasis or a link."""
    line = re.sub(r"^\s*([-*+>]|\d+[.)])\s+", "", line)
    line = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", line)
    return re.sub(r"(\*\*|__)(.+?)\1", r"\2", line)


def _docstrings(text: str) -> Iterator[tuple[int, str]]:
    """Yield the paragraphs of every docstring; a file that is no Python of this version has none."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            said = ast.get_docstring(node, clean=False)
            if said is not None:
                yield from _paragraphs(said, first_line=node.body[0].lineno)
