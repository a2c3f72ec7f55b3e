"""Errors of what lies on disk; a branch of the tree in `errors.py`, which is full."""

from typing import ClassVar

from podium.errors import DamagedError


class DamagedSnapshotError(DamagedError):
    """The snapshot of a run can not be read. Nothing is lost where its events are there: they are folded instead."""

    code: ClassVar[str] = "store.damaged_snapshot"
