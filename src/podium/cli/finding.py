"""What `podium doctor` finds, one thing a line."""

from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """How well something is."""

    OK = "✔ ok"
    NOTE = "– note"
    """Worth knowing."""
    WRONG = "✖ wrong"
    """Makes the exit code 1."""


class Finding(NamedTuple):
    """One thing that was looked at."""

    what: str
    state: State
    says: str
