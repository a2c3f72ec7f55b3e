"""A PNG shows what the SVG says, its words above all; a letter that can not be drawn is an error."""

import struct
import zlib

import pytest

from podium.draw import png as module
from podium.draw.png import png
from podium.graph.nodes import Graph
from podium.picture_errors import NoFontError, NoPixelsError
from tests.unit.core.builders import machine, state


def graph(title: str, *, name: str = "a") -> Graph:
    return machine(state(name, title=title))


def pixels(data: bytes) -> tuple[int, int, bytes]:
    """Return width, height and RGBA rows of a PNG, filters undone."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height, depth, kind = struct.unpack(">IIBB", data[16:26])
    assert (depth, kind) == (8, 6)
    packed, at = b"", 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        packed += data[at + 8 : at + 8 + length] if data[at + 4 : at + 8] == b"IDAT" else b""
        at += length + 12
    return width, height, zlib.decompress(packed)


def test_words_are_in_the_picture_each_its_own() -> None:
    without, first, other = (png(graph(title)) for title in ("", "Book a seat.", "Look a meat."))
    assert len({without, first, other}) == 3
    width, height, _ = pixels(first)
    assert pixels(other)[:2] == (width, height)


def test_same_graph_gives_the_same_pixels() -> None:
    assert png(graph("Book a seat.")) == png(graph("Book a seat."))


def test_letter_that_no_font_has_is_an_error_that_names_it() -> None:
    with pytest.raises(NoFontError, match="U\\+1B170") as caught:
        png(graph("in Nushu: \U0001b170"))
    assert caught.value.letters == "\U0001b170"


def test_font_that_is_not_there_is_an_error_and_no_picture_without_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FAMILY", "Nobody Has This")
    monkeypatch.setattr(module, "_FACES", ())
    module._is_drawn.cache_clear()  # what was drawn with the font that is gone
    with pytest.raises(NoFontError):
        png(graph("Book a seat."))
    module._is_drawn.cache_clear()  # as above


def test_picture_of_too_many_pixels_is_drawn_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PIXELS_MAX", 10_000)
    width, height, _ = pixels(png(graph("Book a seat.")))
    assert 5_000 < width * height <= 11_000


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    with pytest.raises(NoPixelsError, match="pip install 'podium\\[diagrams\\]'"):
        png(graph("Book a seat."))
