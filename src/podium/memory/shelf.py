"""What memory stores share: the runs, their journals and the inbox. One shelf is what one file is to SQLite."""

import os
from dataclasses import dataclass, field, replace

from podium.core.events import Event
from podium.engine.fair import FIRST, Lane
from podium.engine.guard_book import GuardBook
from podium.engine.ports import NO_SNAPSHOT, Append, HumanTask, InboxRow, ParkedStep, Projection, RunInfo, Status
from podium.upkeep_errors import RunPrunedError


@dataclass(slots=True, eq=False)
class Record:
    """A run: its row, its events (number 1 first) and its last snapshot.

    `shelved`: its status before it was parked for want of a worker that knows its graph; `shelved_error`: its error.
    `is_unproven`: somebody who may live has held it since its last event.
    `moved_at`: how many events the shelf had with its last one.
    """

    info: RunInfo
    events: list[Event]
    snapshot: str | None = None
    snapshot_seq: int = 0
    shelved: Status | None = None
    shelved_error: str | None = None
    is_unproven: bool = False
    moved_at: int = 0


@dataclass(slots=True, eq=False)
class Stimulus:
    """A row of the inbox and what was decided about it."""

    row: InboxRow
    verdict: str | None = None


@dataclass(slots=True, eq=False)
class Worker:
    """A store that is open, or was when its process died.

    Attributes:
        hashes: The graphs that it resolves.
        is_dead: Its process died.
        is_stuck: Its lease has run out.
        last_lane: Whose turn it was last.
    """

    hashes: frozenset[str] = frozenset()
    is_dead: bool = False
    is_stuck: bool = False
    last_lane: Lane = FIRST


@dataclass(slots=True, eq=False)
class Shelf:
    """Everything that is kept.

    Attributes:
        commits: Counts the writes of each worker, so that the others notice them.
        events: Counts the events of all runs.
    """

    namespace: str = field(default_factory=lambda: os.urandom(8).hex())
    records: dict[str, Record] = field(default_factory=dict)
    graphs: dict[str, str] = field(default_factory=dict)
    inbox: dict[str, Stimulus] = field(default_factory=dict)
    tasks: dict[tuple[str, str], HumanTask] = field(default_factory=dict)
    parked: dict[tuple[str, str], ParkedStep] = field(default_factory=dict)
    workers: dict[str, Worker] = field(default_factory=dict)
    guards: GuardBook = field(default_factory=GuardBook)
    pruned: dict[str, RunPrunedError] = field(default_factory=dict)
    commits: int = 0
    events: int = 0

    def count(self, record: Record, events: int) -> None:
        """Count new events of a run."""
        self.events += events
        record.moved_at = self.events


def write(shelf: Shelf, record: Record, news: Append, *, now_ms: int) -> None:
    """Apply news that were found to fit."""
    info = record.info
    if news.events:
        record.events += news.events
        shelf.count(record, len(news.events))
        info.seq += len(news.events)
        info.updated_at, record.is_unproven = now_ms, False
    if news.projection is not None:
        move(info, news.projection)
        project(shelf, info.id, news.projection)
    for inbox_id, verdict in news.verdicts:
        stimulus = shelf.inbox.get(inbox_id)
        if stimulus is not None and stimulus.verdict is None:
            stimulus.verdict = verdict
    if news.snapshot == NO_SNAPSHOT:
        record.snapshot, record.snapshot_seq = None, 0
    elif news.snapshot is not None:
        record.snapshot, record.snapshot_seq = news.snapshot, info.seq
    if news.release:
        info.owner = None


def move(info: RunInfo, projection: Projection) -> None:
    """Give a run's row the values of a projection."""
    info.status, info.wake_at = projection.status, projection.wake_at
    info.output, info.error, info.undoing_since = projection.output, projection.error, projection.undoing_since


def project(shelf: Shelf, run_id: str, projection: Projection) -> None:
    """Keep human tasks and parked steps: first what came, then what went."""
    for task in projection.opened:
        shelf.tasks.pop((run_id, task.path), None)
        shelf.tasks[run_id, task.path] = replace(task)
    for path, answer, by in projection.closed:
        asked = shelf.tasks.get((run_id, path))
        if asked is not None:
            asked.is_open, asked.answer, asked.by = False, answer, by
    for step in projection.parked:
        shelf.parked.pop((run_id, step.path), None)
        shelf.parked[run_id, step.path] = step
    for path in projection.unparked:
        shelf.parked.pop((run_id, path), None)
