"""A run as people see it, folded from its committed events: rows for the tree, statuses for the picture."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

from podium.cli.wording import told
from podium.core import events as ev
from podium.core.events import Event
from podium.core.evolve import evolve
from podium.core.path import parse, place, step_path
from podium.core.state import IDLE, RunState, RunStatus, Scope, Step, StepStatus, WriteStatus
from podium.draw import NodeStatus, Overlay, Status, StepRow, seconds
from podium.graph.nodes import END, START, Graph, GraphKind, NodeKind

_STATUS = {
    StepStatus.WAITING: Status.WAITING,
    StepStatus.BACKOFF: Status.RETRYING,
    StepStatus.POSTPONED: Status.WAITING,
    StepStatus.PARKED: Status.PARKED,
    StepStatus.DONE: Status.DONE,
    StepStatus.SKIPPED: Status.SKIPPED,
    StepStatus.FAILED: Status.FAILED,
    StepStatus.CANCELLED: Status.CANCELLED,
}
"""How a step that was copied by a fork stands; what is not here is running."""

_OVER = frozenset({Status.DONE, Status.SKIPPED, Status.FAILED, Status.CANCELLED})


@dataclass(slots=True)
class Row:
    """A step as people see it.

    Attributes:
        path: Its address.
        status: How it stands.
        began_at, ended_at: In ms; `ended_at` None while it lasts.
        note: The last thing to say of it.
        until: When its wait is over; None for not by time.
        attempt: Which try, from 1.
    """

    path: str
    status: Status
    began_at: int
    ended_at: int | None = None
    note: str = ""
    until: int | None = None
    attempt: int = 1


class Progress:
    """A run, event by event.

    Attributes:
        state: The run, folded.
        rows: Its steps in the order in which they began, those that are over too.
    """

    def __init__(self, run_id: str, graph: Graph) -> None:
        self.state = RunState(run_id, graph)
        self.rows: dict[str, Row] = {}

    def take(self, event: Event) -> Row | None:
        """Fold the next event in; return the row of the step that it concerns."""
        evolve(self.state, event)
        self.state.touched.clear()
        if isinstance(event, ev.RunForked):
            self._copy()
        path: str | None = getattr(event, "path", None)
        if not path:
            return None
        row = self.rows.get(path)
        if row is None or isinstance(event, ev.StepRestarted):
            row = self.rows[path] = Row(path, Status.RUNNING, event.at)
        self._change(row, event)
        return row

    def _change(self, row: Row, event: Event) -> None:
        note, status = told(event)
        row.note = note or ("" if status else row.note)
        if status is None:
            return
        step = self.state.steps.get(row.path)
        row.status, row.until = status, None
        row.ended_at = event.at if status in _OVER else None
        if step is not None and status not in _OVER:
            row.attempt, row.until = step.attempt, step.until
            waits = step.status is StepStatus.WAITING and status is Status.RUNNING
            if waits:
                row.status, row.note = Status.WAITING, row.note or _for_what(step)

    def _copy(self) -> None:
        """Make rows of what a fork began with."""
        for scope in self.state.scopes.values():
            for path in _reached(scope):
                self.rows[path] = Row(path, Status.DONE, self.state.at, self.state.at, note="copied")
        for step in self.state.steps.values():
            status = _STATUS.get(step.status, Status.RUNNING)
            self.rows[step.path] = Row(step.path, status, self.state.at, note="copied")

    # ----- what is shown

    def step_rows(self, now_ms: int) -> list[StepRow]:
        """Return the rows of the tree as they stand at a moment."""
        return [_step_row(row, now_ms) for row in self.rows.values()]

    def overlay(self) -> Overlay:
        """Return the run as it is laid over a picture of its graph."""
        nodes: dict[str, NodeStatus] = {}
        for row in self.rows.values():
            where = parse(row.path)
            if where.item is None:
                attempts = row.attempt
                nodes[place(row.path)] = NodeStatus(status=row.status, visits=where.visit, attempts=attempts)
        for path, status in self._maps().items():
            nodes[path] = replace(nodes[path], items_done=status[0], items_total=status[1])
        return Overlay(nodes=nodes, taken=frozenset(self._taken()))

    def _maps(self) -> dict[str, tuple[int, int]]:
        """Return how many items of each map are done, and how many there are, by place."""
        counts: dict[str, tuple[int, int]] = {}
        for row in self.rows.values():
            if parse(row.path).item is not None:
                where = place(row.path)
                done, total = counts.get(where, (0, 0))
                counts[where] = (done + (row.status is Status.DONE), total + 1)
        for path, items in self.state.maps.items():
            done, total = counts.get(place(path), (0, 0))
            counts[place(path)] = (done, max(total, len(items.items)))
        return counts

    def _taken(self) -> Iterable[tuple[str, str]]:
        """Yield the ways that machines went, from state to state."""
        last: dict[str, str] = {}
        for path in self.rows:
            where = parse(path)
            if where.item is None and self._is_machine(where.scope):
                scope = place(where.scope)
                before = last.get(where.scope, f"{scope}/{START}" if scope else START)
                last[where.scope] = place(path)
                yield before, place(path)
        if self.state.status is RunStatus.COMPLETED and "" in last:
            yield last[""], END

    def _is_machine(self, scope: str) -> bool:
        graph = self.state.graph
        for name in filter(None, place(scope).split("/")):
            child = graph.nodes[name].child
            assert child is not None, scope
            graph = child
        return graph.kind is GraphKind.MACHINE

    # ----- what is to be done

    @property
    def waits_for_people_only(self) -> bool:
        """Claims that nothing goes on before a person answers, whatever time may do to the question."""
        state = self.state
        waiting = [step for step in state.steps.values() if step.status in IDLE]
        return state.status is RunStatus.OPEN and not state.moving and bool(waiting) and all(map(_asks, waiting))


def _asks(step: Step) -> bool:
    if step.write is not None:
        return step.write.status is WriteStatus.ASKED
    return step.status is StepStatus.WAITING and step.node.kind is NodeKind.HUMAN


def _for_what(step: Step) -> str:
    if step.node.signal is not None:
        return f"for signal {step.node.signal}"
    return "for an answer" if step.node.kind is NodeKind.HUMAN else ""


def _reached(scope: Scope) -> Iterable[str]:
    address = partial(step_path, scope.path)
    if scope.graph.kind is GraphKind.MACHINE:
        return [address(name, visit) for name, visits in scope.visits.items() for visit in range(1, visits + 1)]
    return [address(name) for name in scope.outputs]


def _step_row(row: Row, now_ms: int) -> StepRow:
    words = []
    if row.attempt > 1 and row.status not in _OVER:
        words.append(f"attempt {row.attempt}")
    if row.until is not None:
        words.append(f"until {seconds(max(0, row.until - now_ms))} from now")
    words += [row.note] if row.note else []
    ended_at = now_ms if row.ended_at is None else row.ended_at
    return StepRow(path=row.path, status=row.status, note=" · ".join(words), took_ms=max(0, ended_at - row.began_at))
