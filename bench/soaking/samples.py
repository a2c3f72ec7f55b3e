"""Whether what grows stops growing: memory of a worker, bytes of the file."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Sample:
    """How things stood.

    Attributes:
        at_s: Seconds since the beginning.
        runs: In the file.
        rss_bytes: Memory of the worker that is never killed; 0 where the system does not say.
        file_bytes, wal_bytes: Of the database and its log.
    """

    at_s: float
    runs: int
    rss_bytes: int
    file_bytes: int
    wal_bytes: int


def taken(at_s: float, pid: int, database: Path) -> Sample:
    """Look."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        runs = connection.execute("SELECT count(*) FROM runs").fetchone()[0]
    finally:
        connection.close()
    wal = database.with_name(f"{database.name}-wal")
    return Sample(at_s, runs, _rss_bytes(pid), database.stat().st_size, wal.stat().st_size if wal.exists() else 0)


def _rss_bytes(pid: int) -> int:
    statm = Path(f"/proc/{pid}/statm")
    return int(statm.read_text().split()[1]) * _PAGE if statm.exists() else 0


def slope(points: list[tuple[float, float]]) -> float:
    """Return the slope of the line of least squares; 0 for less than two points."""
    count = len(points)
    if count < 2:
        return 0.0
    middle_x, middle_y = (sum(values) / count for values in zip(*points, strict=True))
    spread = sum((x - middle_x) ** 2 for x, _ in points)
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / spread if spread else 0.0
