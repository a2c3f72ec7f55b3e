"""Saying things. Texts come from tools, models and people: what is printed of them moves no cursor and is no markup."""

import shlex
import sys

from podium.views.legible import harmless


def complain(text: str, *, title: str = "error: ") -> None:
    """Print what is wrong to standard error."""
    sys.stderr.write(f"{title}{harmless(text)}\n")


def note(text: str = "") -> None:
    """Print something for people to standard error, where it does not mix with results."""
    sys.stderr.write(f"{harmless(text)}\n")


def tell(text: str = "") -> None:
    """Print something that was asked for to standard output."""
    sys.stdout.write(f"{harmless(text)}\n")


def command(*words: str) -> str:
    """Return a command of ours as it can be pasted into a shell."""
    return shlex.join(["podium", *words])
