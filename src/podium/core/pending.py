"""`pending(state) -> commands`: what should be in flight, whole. The loop takes what the last events touched."""

from collections.abc import Iterable, Sequence

from podium.core import stimuli as st
from podium.core.path import ROOT
from podium.core.state import ACTIVE, IDLE, OPEN_WRITE, RunState, Step, StepStatus


def pending(state: RunState) -> Sequence[st.Command]:
    """Return every order that is due: for recovery, and to hold `taken` against in tests."""
    if state.status not in ACTIVE:
        return ()
    return _commands(state, [ROOT, *state.steps])


def taken(state: RunState) -> Sequence[st.Command]:
    """Return the orders that the last events made due, and forget which those were."""
    touched = state.touched
    if not touched:
        return ()
    state.touched = []
    if state.status not in ACTIVE:
        return ()
    return _commands(state, touched if len(touched) == 1 else dict.fromkeys(touched))


def wake_at(state: RunState) -> int | None:
    """Return when time next matters to the run; None when it does not."""
    if state.status not in ACTIVE:
        return None
    times = [step.until for step in state.steps.values() if step.status in IDLE and step.until is not None]
    if state.deadline_at is not None:
        times.append(state.deadline_at)
    return min(times, default=None)


def command(state: RunState, step: Step) -> st.Command | None:
    """Return what a step wants of the shell now."""
    status = step.status
    if status is StepStatus.RUNNING:
        return _for_running(state, step)
    if status is StepStatus.CHECKING:
        return st.Evaluate(state.incarnation, step.path)
    if status in IDLE and step.until is not None:
        return st.Wake(step.path, step.until)
    return None


def _for_running(state: RunState, step: Step) -> st.Command:
    if state.is_closing(step) and not step.may_have_written:
        return st.Stop(state.incarnation, step.path, step.entry)
    if step.write is not None and step.write.status in OPEN_WRITE:
        return st.Settle(state.incarnation, step.path, step.entry)
    return st.Perform(state.incarnation, step.path, step.entry)


def _commands(state: RunState, paths: Iterable[str]) -> list[st.Command]:
    found = [_order(state, path) for path in paths]
    return [order for order in found if order is not None]


def _order(state: RunState, path: str) -> st.Command | None:
    step = state.steps.get(path)
    if step is not None:
        return command(state, step)
    return st.Wake(ROOT, state.deadline_at) if path == ROOT and state.deadline_at is not None else None
