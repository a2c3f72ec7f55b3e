"""What a run goes on from that is not its own past: the copy for a fork, and for a run that is rewound."""

from podium.core.path import is_undo
from podium.core.snapshot import dump
from podium.core.state import RunState, StepStatus, WriteStatus
from podium.core.stimuli import ParkReason


def copy_for_fork(state: RunState) -> str:
    """Return a dump in which nothing is owed: finished writes are replayed but never undone, open ones are forgotten.

    So are acts: what was done is answered again, what is open or in doubt is the other run's business. A step that was
    under way begins anew; so does one that was parked, or waited in the middle of its code. What was being undone is
    the other run's business too.
    """
    _owe_nothing(state)
    state.acts = {name: act for name, act in state.acts.items() if act.status is WriteStatus.DONE}
    state.signals = {}
    state.kept = {path: write for path, write in state.kept.items() if write.status is WriteStatus.DONE}
    for step in state.steps.values():
        asks = step.status is StepStatus.WAITING and step.write is not None
        parked = step.status is StepStatus.PARKED and step.reason != ParkReason.FORWARD_ONLY
        if asks or parked or step.status in (StepStatus.BACKOFF, StepStatus.POSTPONED):
            step.status, step.until, step.reason = StepStatus.RUNNING, None, ""
        if step.write is not None and step.write.status is WriteStatus.DONE:
            step.write.is_inherited = True
        else:
            step.write = None
    return dump(state)


def copy_for_rewind(state: RunState) -> str:
    """Return a dump in which a step finds its write as `state.kept` has it, and nothing is owed for that."""
    _owe_nothing(state)
    for write in state.kept.values():
        write.is_inherited = True
    for step in state.steps.values():
        if step.write is None or not step.write.is_inherited:
            step.write = None
    return dump(state)


def _owe_nothing(state: RunState) -> None:
    state.writes = {}
    state.skipped = []
    state.plans = {path: graph for path, graph in state.plans.items() if path in state.scopes}
    for path in [path for path in state.steps if is_undo(path)]:
        del state.steps[path]
