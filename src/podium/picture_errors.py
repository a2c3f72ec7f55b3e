"""Errors of pictures as pixels; a branch of the tree in `errors.py`, which is full."""

from typing import ClassVar

from podium.errors import AskError


class NoPixelsError(AskError):
    """A PNG was asked for, and what draws it is not installed: `pip install 'podium[diagrams]'`. SVG needs nothing."""

    code: ClassVar[str] = "ask.no_pixels"

    def __init__(self, missing: str) -> None:
        super().__init__(f"a PNG needs {missing}: pip install 'podium[diagrams]'; an SVG needs nothing")


class NoFontError(AskError):
    """A picture has letters that no font here can draw: they would be left out, or be boxes. Nothing was drawn."""

    code: ClassVar[str] = "ask.no_font"

    def __init__(self, letters: str) -> None:
        shown = " ".join(f"{letter} (U+{ord(letter):04X})" for letter in letters[:10])
        super().__init__(f"no font here has {shown}; install one that does, such as fonts-noto, or draw an SVG")
        self.letters = letters
