"""Errors of exported journals that are read back; a branch of the tree in `errors.py`, which is full."""

from typing import ClassVar

from podium.errors import AskError


class BadExportError(AskError):
    """A file is no exported journal, or not as it was written; the message names the line and what was expected.

    `podium runs export RUN -o FILE` writes one.
    """

    code: ClassVar[str] = "ask.bad_export"

    def __init__(self, line: int, why: str, *, do: str) -> None:
        super().__init__(f"line {line}: {why}; {do}")
        self.line, self.why, self.do = line, why, do


class CutExportError(BadExportError):
    """An exported journal ends before its run did when it was exported: the file was cut off, or is not all there."""

    code: ClassVar[str] = "ask.cut_export"


class NewerExportError(BadExportError):
    """An exported journal was written by a later version of Podium than this."""

    code: ClassVar[str] = "ask.newer_export"
