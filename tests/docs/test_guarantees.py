"""docs/guarantees.md names a test for each promise, or says that there is none."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.docs.pages import ROOT, Page

PAGE = Page(ROOT / "docs" / "guarantees.md")
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
NONE_YET = "**no test yet**"


def rows(text: str) -> Iterator[tuple[str, str]]:
    """Return each promise with its proof."""
    for line in text.splitlines():
        cells = re.split(r"\s*\|\s*", line.strip("| "))
        if line.startswith("| ") and not line.startswith("| promise |"):
            yield cells[0], cells[-1]


def functions_of(file: str) -> set[str]:
    path = ROOT / file
    if not path.is_file():
        return set()
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def missing(text: str) -> list[str]:
    """Return what is named and is not there."""
    return [f"{file}::{name}" for file, name in _NAMED.findall(text) if name not in functions_of(file)]


def unproven(text: str) -> list[str]:
    """Return the promises that neither name a test nor say that there is none."""
    return [promise for promise, proof in rows(text) if not _NAMED.search(proof) and proof != NONE_YET]


def test_every_promise_has_a_proof_or_says_that_it_has_none() -> None:
    assert len(list(rows(PAGE.text))) > 20
    assert unproven(PAGE.text) == []


def test_every_named_test_exists() -> None:
    assert missing(PAGE.text) == []


@pytest.mark.parametrize("proof", ["", "surely", "`tests/unit/test_import.py`"])
def test_promise_without_proof_is_found(proof: str) -> None:
    assert unproven(f"| It is so. | | {proof} |") == ["It is so."]


@pytest.mark.parametrize("name", ["tests/unit/test_import.py::test_gone", "tests/unit/test_gone.py::test_gone"])
def test_proof_that_is_gone_is_found(name: str) -> None:
    assert missing(f"| It is so. | | `{name}` |") == [name]
