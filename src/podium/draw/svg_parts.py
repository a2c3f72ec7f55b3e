"""Elements of an SVG tree."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement  # builds, never parses

Attributes = Mapping[str, str | float]


def add(parent: Element, tag: str, attributes: Attributes, *, text: str = "") -> Element:
    """Put a new element at the end of `parent`; numbers are written with one decimal at most."""
    given = {name: value if isinstance(value, str) else number(value) for name, value in attributes.items()}
    element = SubElement(parent, tag, given)
    element.text = text or None
    return element


def number(value: float) -> str:
    """Return a coordinate, short and the same on every machine."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def icon(parent: Element, path: str, *, x: float, y: float, kind: str) -> None:
    """Put an icon with its upper left corner at (x, y)."""
    add(parent, "path", {"class": f"icon {kind}", "transform": f"translate({number(x)} {number(y)})", "d": path})
