"""A run as its workflow execution holds it: its state, its journal, and what people look for in it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

from podium.core import snapshot
from podium.core import stimuli as st
from podium.core.advance import advance
from podium.core.codec import Row, encode
from podium.core.events import Event
from podium.core.invariants import check
from podium.core.state import RunState
from podium.engine.ports import HumanTask, ParkedStep, Projection, RunInfo
from podium.engine.projection import project
from podium.graph.encode import graph_from_json
from podium.temporal.wire import Carried, Continuation, EventsPage, Part, RunStart

VERDICTS_MAX = 1_000
"""So many verdicts are kept: what is asked again under one of those ids counts once."""


class HeldRun:
    """One run.

    Attributes:
        state: As of its last event.
        info: Its row.
        rows: All its events.
        tasks, parked: Open questions and parked steps, by address.
        verdicts: See `Carried`.
        on_events: Is told what was decided.
    """

    def __init__(self, start: RunStart, parts: Sequence[str], *, now_ms: int) -> None:
        self.state = RunState(start.run_id, graph_from_json(start.graph))
        self.rows: list[Row] = [_row(row) for part in parts for row in json.loads(part)]
        self.tasks: dict[str, HumanTask] = {}
        self.parked: dict[str, ParkedStep] = {}
        self.verdicts: dict[str, str] = {}
        self.on_events: Callable[[Sequence[Event]], None] = _nobody
        self._start, self._parts = start, list(parts)
        self._in_parts = len(self.rows)
        self.info = RunInfo(
            id=start.run_id,
            workflow=start.workflow,
            graph_hash=start.graph_hash,
            target=start.target,
            input=start.input,
            created_at=now_ms,
            updated_at=now_ms,
            parent=start.parent,
        )
        if start.carried is not None:
            self._go_on(start.carried)

    def _go_on(self, carried: Carried) -> None:
        self.info = replace(carried.info)  # which changes from here on
        self.tasks = {task.path: task for task in carried.tasks}
        self.parked = {step.path: step for step in carried.parked}
        self.verdicts = dict(carried.verdicts)
        snapshot.restore(self.state, carried.snapshot)
        check(self.state)

    # ----- news

    def take(self, news: st.Stimulus, *, now_ms: int) -> None:
        """Take news in; raise RefusedError where a person asks for what can not be."""
        events = advance(self.state, news, now_ms=now_ms)
        if events:
            self.rows += map(encode, events)
            self._show(project(self.state, events), events)
            self.on_events(events)

    def _show(self, row: Projection, events: Sequence[Event]) -> None:
        info = self.info
        info.status, info.wake_at, info.undoing_since = row.status, row.wake_at, row.undoing_since
        info.output, info.error = row.output, row.error
        info.seq, info.updated_at = self.state.seq, events[-1].at
        self.tasks.update((task.path, task) for task in row.opened)
        self.parked.update((step.path, step) for step in row.parked)
        for path, _, _ in row.closed:
            self.tasks.pop(path, None)
        for path in row.unparked:
            self.parked.pop(path, None)

    def decided(self, asked_id: str, verdict: str) -> str:
        """Remember a verdict, and return it."""
        self.verdicts[asked_id] = verdict
        while len(self.verdicts) > VERDICTS_MAX:
            del self.verdicts[next(iter(self.verdicts))]
        return verdict

    # ----- what is read

    def events(self, after: int, limit: int) -> EventsPage:
        """Return events after the one of that number."""
        return EventsPage(first=after + 1, rows=self.rows[after : after + limit])

    def part(self, upto: int | None) -> Part:
        """Return what the state after event `upto` is folded from; None: all events."""
        end = self.state.seq if upto is None else upto
        carried = self._start.carried
        if carried is None or end < carried.info.seq:
            return Part(info=self.info, graph=self._start.graph, rows=self.rows[:end])
        at = carried.info.seq
        return Part(
            info=self.info,
            graph=self._start.graph,
            snapshot=carried.snapshot,
            snapshot_seq=at,
            rows=self.rows[at:end],
        )

    # ----- going on elsewhere

    def carry(self) -> Continuation:
        """Return the input of an execution that goes on from here."""
        parts = list(self._parts)
        if len(self.rows) > self._in_parts:
            parts.append(json.dumps(self.rows[self._in_parts :], ensure_ascii=False, separators=(",", ":")))
        carried = Carried(
            info=replace(self.info),
            snapshot=snapshot.dump(self.state),
            tasks=list(self.tasks.values()),
            parked=list(self.parked.values()),
            verdicts=dict(self.verdicts),
        )
        return Continuation(start=replace(self._start, carried=carried, first=""), parts=parts)


def _nobody(events: Sequence[Event]) -> None:
    del events


def _row(plain: Sequence[str | int]) -> Row:
    kind, path, at, body = plain
    return str(kind), str(path), int(at), str(body)
