"""A run as people see it, folded from its committed events: what a terminal shows, and whether it waits for people."""

from dataclasses import replace

from podium.core import events as ev
from podium.core.events import Event
from podium.core.evolve import evolve
from podium.core.path import is_undo, undo_path, undone_path
from podium.core.state import IDLE, RunState, RunStatus, Step, StepStatus, WriteStatus
from podium.draw import RunView, Status, StepRow, seconds
from podium.graph.nodes import Graph, NodeKind
from podium.views.wording import told


class Progress:
    """A run, event by event.

    Attributes:
        state: The run, folded.
        view: How it looks.
    """

    def __init__(self, run_id: str, graph: Graph) -> None:
        self.state = RunState(run_id, graph)
        self.view = RunView(graph)
        self._notes: dict[str, str] = {}

    def take(self, event: Event) -> Status | None:
        """Fold the next event in; return how the step that it concerns stands now, None where it concerns none."""
        evolve(self.state, event)
        self.state.touched.clear()
        self.view.add(event)
        if isinstance(event, ev.RunRewound):
            self._notes.clear()
        path: str | None = getattr(event, "path", None)
        if not path:
            return None
        said = told(event)
        if said.note or said.status is not None:
            self._notes[undone_path(path) if is_undo(path) else path] = said.note
        step = self.state.steps.get(path)
        return Status.WAITING if step is not None and step.status is StepStatus.WAITING else said.status

    def rows(self, now_ms: int) -> list[StepRow]:
        """Return the rows of the tree as they stand at a moment."""
        rows = self.view.rows(now_ms=now_ms)
        return [replace(row, note=self._note(row, now_ms), took_ms=max(0, row.took_ms or 0)) for row in rows]

    def _note(self, row: StepRow, now_ms: int) -> str:
        note, steps = self._notes.get(row.path, ""), self.state.steps
        step = steps.get(undo_path(row.path)) or steps.get(row.path)
        if step is None or step.until is None:
            return note
        left = seconds(max(0, step.until - now_ms))
        when = f"attempt {step.attempt} in {left}" if step.status is StepStatus.BACKOFF else f"{left} left"
        return f"{when} · {note}" if note else when

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
