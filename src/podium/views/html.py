"""Elements of an HTML page, built as a tree and written by the standard library: no text can leave its place."""

from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring  # builds, never parses

from podium.views.legible import harmless


def add(parent: Element, tag: str, text: str = "", **attributes: str) -> Element:
    """Put a new element at the end of `parent`. `class_` is `class`, other underlines are hyphens.

    Characters that are not seen, or turn the text around them, are written as their escapes.
    """
    named = {name.rstrip("_").replace("_", "-"): harmless(value) for name, value in attributes.items()}
    element = SubElement(parent, tag, named)
    element.text = harmless(text) or None
    return element


def table(parent: Element, caption: str, columns: Sequence[str]) -> Element:
    """Put a table with its caption and column heads at the end of `parent`; return its body."""
    whole = add(parent, "table")
    add(whole, "caption", caption)
    heads = add(add(whole, "thead"), "tr")
    for column in columns:
        add(heads, "th", column, scope="col")
    return add(whole, "tbody")


def row(body: Element, cells: Iterable[str]) -> Element:
    """Put a row at the end of a table's body; its first cell is its head."""
    line = add(body, "tr")
    for at, cell in enumerate(cells):
        add(line, "td" if at else "th", cell, **({} if at else {"scope": "row"}))
    return line


def pairs(parent: Element, told: Iterable[tuple[str, str]]) -> None:
    """Put a list of names and what they are at the end of `parent`, those that are nothing left out."""
    listed = add(parent, "dl")
    for name, said in told:
        if said:
            add(listed, "dt", name)
            add(listed, "dd", said)


def document(root: Element) -> str:
    """Return a page as text."""
    return f"<!DOCTYPE html>\n{tostring(root, encoding='unicode', method='html')}\n"
