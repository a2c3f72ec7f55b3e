"""What is shown of an error that nobody expected: a sentence and how to report it, never a traceback unasked."""

import os
import sys
from types import TracebackType

TRACEBACK = "PODIUM_TRACEBACK"
"""Set to 1, every error is shown with its traceback."""

HOW_TO_REPORT = (
    f"This is a bug in Podium. Please report it with what {TRACEBACK}=1 shows when you do the same again,"
    " and with the run's journal where there is one: podium runs export RUN"
)


def wants_traceback() -> bool:
    """Claim that tracebacks were asked for."""
    return os.environ.get(TRACEBACK) == "1"


def say_bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print an error that reached the top, in place of `sys.excepthook`."""
    if wants_traceback():
        sys.__excepthook__(kind, error, trace)
        return
    shown = str(error).encode("ascii", "backslashreplace").decode()
    story = " ".join("".join(char if char.isprintable() else " " for char in shown).split())
    sys.stderr.write(f"error: {kind.__name__}: {story}\n{HOW_TO_REPORT}\n")
