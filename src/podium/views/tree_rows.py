"""The steps of a run for the tree of a terminal, as they stand at a moment; and whether it waits for people."""

from podium.core.path import is_undo, undo_path
from podium.core.state import IDLE, RunState, RunStatus, Step, StepStatus, WriteStatus
from podium.draw.terminal import StepRow, seconds
from podium.graph.nodes import NodeKind
from podium.views.steps import Look
from podium.views.story import RunStory


def tree_rows(story: RunStory, *, now_ms: int) -> list[StepRow]:
    """Return a row for each step of the graph, in the order in which they began.

    What undoes a write is told on the line of the step that made it. Of what waits, the note says how much longer.
    """
    steps = story.state.steps
    found = []
    for seen in story.steps_seen:
        if is_undo(seen.address):
            continue
        undo = story.steps_seen.get(undo_path(seen.address))
        step = steps.get(undo_path(seen.address)) or steps.get(seen.address)
        took = max(0, _until(seen.now, undo.now if undo else None, now_ms) - seen.now.began_at)
        note = _note(seen.now.note, step, now_ms)
        found.append(StepRow(path=seen.address, status=seen.now.status, note=note, took_ms=took))
    return found


def waits_for_people_only(state: RunState) -> bool:
    """Claim that nothing goes on before a person answers, whatever time may do to the question."""
    waiting = [step for step in state.steps.values() if step.status in IDLE]
    return state.status is RunStatus.OPEN and not state.moving and bool(waiting) and all(map(asks, waiting))


def _until(step: Look, undo: Look | None, now_ms: int) -> int:
    last = step if undo is None or undo.began_seq < step.began_seq else undo
    return now_ms if last.ended_at is None else last.ended_at


def _note(note: str, step: Step | None, now_ms: int) -> str:
    if step is None or step.until is None:
        return note
    left = seconds(max(0, step.until - now_ms))
    when = f"attempt {step.attempt} in {left}" if step.status is StepStatus.BACKOFF else f"{left} left"
    return f"{when} · {note}" if note else when


def asks(step: Step) -> bool:
    """Claim that a step waits for a person: for an answer, or for consent to a write."""
    if step.write is not None:
        return step.write.status is WriteStatus.ASKED
    return step.status is StepStatus.WAITING and step.node.kind is NodeKind.HUMAN
