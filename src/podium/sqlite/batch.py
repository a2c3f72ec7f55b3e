"""What one transaction does with the news of many runs: fence, then rows, for all of them together.

The write lock is held from the start (`BEGIN IMMEDIATE`), so what the fence reads is still so when the rows go in.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from podium.core.codec import Row, legible
from podium.engine.ports import NO_SNAPSHOT, Append, HumanTask, ParkedStep, Projection
from podium.sqlite import checksum
from podium.sqlite.bulk import Bulk

BLOB_CHARS_MIN = 128 * 1024
"""Bodies longer than this lie in `blobs`, once however often they occur."""

_FENCE = Bulk(
    "SELECT json_group_object(runs.id, json_array(runs.no, news.column9 OR (news.column4 IS NOT NULL AND"
    " (status IS NOT news.column4 OR wake_at IS NOT news.column5 OR output IS NOT news.column6"
    " OR error IS NOT news.column7 OR undoing_since IS NOT news.column8))))"
    " FROM {values} AS news CROSS JOIN runs ON runs.id = news.column1"
    " WHERE runs.epoch = news.column2 AND runs.seq = news.column3 AND runs.owner = ?",
    width=9,
)
"""Finds the runs that are still ours: their numbers, and whether more of their rows changes than the last event."""
_ADVANCE = Bulk(
    "UPDATE runs SET seq = news.column2, updated_at = ifnull(news.column3, updated_at),"
    " unproven = iif(news.column3 IS NULL, unproven, 0)"
    " FROM {values} AS news WHERE runs.no = news.column1",
    width=3,
)
_TURN = Bulk(
    "UPDATE runs SET status = ifnull(news.column2, status), wake_at = iif(news.column2 IS NULL, wake_at, news.column3),"
    " output = iif(news.column2 IS NULL, output, news.column4), error = iif(news.column2 IS NULL, error, news.column5),"
    " undoing_since = iif(news.column2 IS NULL, undoing_since, news.column6),"
    " owner = iif(news.column7, NULL, owner) FROM {values} AS news WHERE runs.no = news.column1",
    width=7,
)
_JOURNAL = Bulk("INSERT INTO journal SELECT * FROM {values} WHERE column1 IS NOT NULL", width=8)
_BLOB = "INSERT INTO blobs VALUES (?, ?, ?) ON CONFLICT (hash) DO UPDATE SET touched_at = excluded.touched_at"
_USE = "INSERT OR IGNORE INTO blob_uses VALUES (?, ?)"
_TASK = "INSERT OR REPLACE INTO human_tasks VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ANSWER = "UPDATE human_tasks SET is_open = 0, answer = ?, by = ? WHERE run = ? AND path = ?"
_PARK = "INSERT OR REPLACE INTO parked VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_UNPARK = "DELETE FROM parked WHERE run = ? AND path = ?"
_VERDICT = "UPDATE inbox SET verdict = ? WHERE id = ? AND verdict IS NULL"
_NO_SNAPSHOT = "DELETE FROM snapshots WHERE run = ?"
_SNAPSHOT = "INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?)"


@dataclass(slots=True, eq=False)
class News:
    """An `Append` whose events are rows already, so that the thread that writes has little to do."""

    ticket: int
    append: Append
    rows: Sequence[Row]


class _Strand:
    """The news of one run within a transaction, oldest first, each beginning where the last one ended."""

    __slots__ = ("epoch", "first_seq", "is_torn", "next_seq", "pieces", "run_id")

    def __init__(self, first: News) -> None:
        append = first.append
        self.run_id, self.epoch, self.first_seq = append.run_id, append.epoch, append.first_seq
        self.next_seq = self.first_seq
        self.pieces: list[News] = []
        self.is_torn = False

    def add(self, news: News) -> None:
        """Take more news; what does not fit drops it and all that follows."""
        fits = news.append.epoch == self.epoch and news.append.first_seq == self.next_seq
        self.is_torn = self.is_torn or not fits
        if not self.is_torn:
            self.pieces.append(news)
            self.next_seq += len(news.rows)

    @property
    def turn(self) -> tuple[Any, ...]:
        """Return status (None: as it was), wake_at, output, error, undoing_since, and whether the run is given up."""
        released = any([piece.append.release for piece in self.pieces])  # noqa: C419  # a list is faster than a generator
        for piece in reversed(self.pieces):
            if (now := piece.append.projection) is not None:
                error = None if now.error is None else legible(now.error)
                return now.status.value, now.wake_at, now.output, error, now.undoing_since, released
        return None, None, None, None, None, released


def write(connection: sqlite3.Connection, news: Iterable[News], *, worker: str, now_ms: int) -> set[str]:
    """Write the news of runs that `worker` still owns; return the runs that it does not."""
    strands = _strands(news)
    held = _held(connection, strands, worker)
    advances: list[Any] = []
    turns: list[Any] = []
    for no, strand, turns_too in held:
        advances += (no, strand.next_seq - 1, now_ms if strand.next_seq > strand.first_seq else None)
        if turns_too:
            turns += (no, *strand.turn)
    _ADVANCE.execute(connection, advances)
    _TURN.execute(connection, turns)
    write_journal(connection, _journal(held), now_ms=now_ms)
    for no, strand, _ in held:
        for piece in strand.pieces:
            _write_rest(connection, no, piece)
    kept = {strand.run_id for _, strand, _ in held if not strand.is_torn}
    return strands.keys() - kept


def write_journal(connection: sqlite3.Connection, rows: Iterable[tuple[int, int, Row]], *, now_ms: int) -> None:
    """Insert events: (number of the run, seq, row)."""
    flat: list[Any] = []
    for no, seq, (kind, path, at, body) in rows:
        if len(body) > BLOB_CHARS_MIN:
            digest = hashlib.sha256(body.encode()).digest()
            connection.execute(_BLOB, (digest, body, now_ms))
            connection.execute(_USE, (no, digest))
            flat += (no, seq, kind, path, at, None, digest, checksum.of_event(seq, kind, path, at, None))
        else:
            flat += (no, seq, kind, path, at, body, None, checksum.of_event(seq, kind, path, at, body))
    _JOURNAL.execute(connection, flat)


def project(connection: sqlite3.Connection, no: int, projection: Projection) -> None:
    """Write human tasks and parked steps: first what came, then what went."""
    if projection.opened:
        connection.executemany(_TASK, [_task(no, task) for task in projection.opened])
    if projection.closed:
        connection.executemany(_ANSWER, [(answer, legible(by), no, path) for path, answer, by in projection.closed])
    if projection.parked:
        connection.executemany(_PARK, [_parked(no, step) for step in projection.parked])
    if projection.unparked:
        connection.executemany(_UNPARK, [(no, path) for path in projection.unparked])


def _strands(news: Iterable[News]) -> dict[str, _Strand]:
    strands: dict[str, _Strand] = {}
    for piece in news:
        strand = strands.get(piece.append.run_id)
        if strand is None:
            strand = strands[piece.append.run_id] = _Strand(piece)
        strand.add(piece)
    return strands


def _held(
    connection: sqlite3.Connection, strands: Mapping[str, _Strand], worker: str
) -> list[tuple[int, _Strand, bool]]:
    """Return the strands of runs that are still ours, with the run's number and whether its status may change."""
    fence: list[Any] = []
    for strand in strands.values():
        fence += (strand.run_id, strand.epoch, strand.first_seq - 1, *strand.turn)
    found: dict[str, tuple[int, int]] = {}
    for cursor in _FENCE.execute(connection, fence, worker):
        found |= from_json(cursor.fetchone()[0])
    return [(no, strands[run_id], bool(turns)) for run_id, (no, turns) in found.items()]


def _journal(held: Iterable[tuple[int, _Strand, bool]]) -> Iterator[tuple[int, int, Row]]:
    for no, strand, _ in held:
        seq = strand.first_seq
        for piece in strand.pieces:
            for row in piece.rows:
                yield no, seq, row
                seq += 1


def _write_rest(connection: sqlite3.Connection, no: int, news: News) -> None:
    append = news.append
    if append.projection is not None:
        project(connection, no, append.projection)
    for inbox_id, verdict in append.verdicts:
        connection.execute(_VERDICT, (legible(verdict), inbox_id))
    if append.snapshot == NO_SNAPSHOT:
        connection.execute(_NO_SNAPSHOT, (no,))
    elif append.snapshot is not None:
        seq = append.first_seq + len(news.rows) - 1
        connection.execute(_SNAPSHOT, (no, seq, append.snapshot, checksum.of_snapshot(seq, append.snapshot)))


def _task(no: int, task: HumanTask) -> tuple[Any, ...]:
    texts = (legible(task.title), task.context, task.schema)
    return no, task.path, task.approval, *texts, task.asked_at, task.until, task.answer, legible(task.by), task.is_open


def _parked(no: int, step: ParkedStep) -> tuple[Any, ...]:
    texts = (step.reason, legible(step.detail), step.tool, step.args, step.key)
    return no, step.path, *texts, step.parked_at, step.version
