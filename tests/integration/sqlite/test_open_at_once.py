"""Several workers may open a file that is not there yet, at the same time."""

import sqlite3
from pathlib import Path

import pytest

from podium.sqlite.connection import Place, connect


def test_worker_waits_while_another_one_makes_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place(tmp_path / "podium.db")
    other = sqlite3.connect(place.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")  # SQLite refuses to switch to WAL at once then, without heed to its time-out
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            other.execute("COMMIT")

    monkeypatch.setattr("podium.sqlite.connection.time.sleep", wait)
    connection = connect(place)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert len(waits) == 3
    connection.close()
    other.close()
