"""An SVG of ours as PNG. Needs the extra `diagrams`.

What turns it into pixels leaves out text, without a word, where the font that it asks for is missing. So a font comes
with the extra, and is what every family means; letters that it lacks are taken from the system's fonts, and where those
lack them too, that is an error.
"""

import unicodedata
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring  # builds, never parses

from podium.draw.overlay import Overlay
from podium.draw.svg import NAMESPACE, svg_element
from podium.graph.nodes import Graph
from podium.picture_errors import NoFontError, NoPixelsError

SCALE = 2
"""Pixels for one of the SVG's, so that it is sharp on today's screens."""

PIXELS_MAX = 100_000_000
"""In all; a picture that is larger is drawn smaller."""

_FAMILY = "Roboto"
_FACES = ("Roboto-Regular.ttf", "Roboto-Medium.ttf", "Roboto-Bold.ttf")
_NOBODY_HAS = "\ue123"
"""For private use: what a font shows for it is what it shows for all that it lacks."""


def png(graph: Graph, overlay: Overlay | None = None) -> bytes:
    """Return a PNG of a graph, light; see `draw.svg`.

    Raises:
        NoPixelsError: The extra is missing. NoFontError: No font here has letters that are in it.
    """
    return in_pixels(svg_element(graph, overlay))


def in_pixels(root: Element) -> bytes:
    """Return a PNG of an SVG element with a width and a height; raises as `png`."""
    fonts = _fonts()
    missing = "".join(letter for letter in sorted(_letters(root)) if not _is_drawn(letter, fonts))
    if missing:
        raise NoFontError(missing)
    area = float(root.get("width", "1")) * float(root.get("height", "1"))
    return _pixels(tostring(root, encoding="unicode"), fonts, scale=min(SCALE, (PIXELS_MAX / area) ** 0.5))


def _fonts() -> tuple[str, ...]:
    for name, package in (("resvg_py", "resvg-py"), ("font_roboto", "font-roboto")):
        if find_spec(name) is None:
            raise NoPixelsError(package)
    spec = find_spec("font_roboto")
    assert spec is not None, "it was there a moment ago"
    assert spec.origin is not None, "it is a package"
    folder = Path(spec.origin).with_name("files")
    return tuple(str(folder / face) for face in _FACES)


def _letters(root: Element) -> set[str]:
    """Return the letters that are to be seen in a picture, one for each that is likely to be in the same fonts."""
    said = "".join(element.text or "" for element in root.iter("text"))
    seen: dict[str, str] = {}
    for letter in set(said):
        if not letter.isspace():
            kind = unicodedata.name(letter, letter).partition(" ")[0] if letter.isalpha() else letter
            seen[kind] = max(seen.get(kind, ""), letter)
    return set(seen.values())


@lru_cache(maxsize=1024)
def _is_drawn(letter: str, fonts: tuple[str, ...]) -> bool:
    """Claim that some font here has a letter."""
    drawn, nothing, blank = (_pixels(_probe(text), fonts, scale=1) for text in (letter, _NOBODY_HAS, ""))
    return drawn not in (nothing, blank)


def _probe(letter: str) -> str:
    root = Element("svg", {"xmlns": NAMESPACE, "width": "40", "height": "24"})
    text = SubElement(root, "text", {"x": "8", "y": "18", "font-size": "14", "font-family": "sans-serif"})
    text.text = letter
    return tostring(root, encoding="unicode")


def _pixels(svg: str, fonts: tuple[str, ...], *, scale: float) -> bytes:
    from resvg_py import svg_to_bytes  # noqa: PLC0415  # door: an extra

    kinds = ("font", "serif", "sans_serif", "monospace", "cursive", "fantasy")
    families: dict[str, Any] = {f"{kind}_family": _FAMILY for kind in kinds}
    return bytes(svg_to_bytes(svg_string=svg, zoom=scale, font_files=list(fonts), **families))
