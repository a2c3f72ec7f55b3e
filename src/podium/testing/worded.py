"""Names of what goes wrong, with a sentence each: what a simulation and a troubled model choose from."""

from enum import StrEnum
from typing import Self


class Worded(StrEnum):
    """A name with its words; members are written `NAME = "name", "what happens"`.

    Attributes:
        words: What happens, as a sentence.
    """

    words: str

    def __new__(cls, name: str, words: str) -> Self:
        """Make a member with its words."""
        member = str.__new__(cls, name)
        member._value_, member.words = name, words
        return member
