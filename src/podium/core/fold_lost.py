"""Fold that whoever performed a step was lost: what it had sent is in doubt, and its step is entered again."""

from podium.core import events as ev
from podium.core.moves import enter, move_write
from podium.core.state import RunState, WriteStatus


def lost(state: RunState, event: ev.StepLost) -> None:
    """Put the step's open write in doubt: its sender may live. One that is not on record is in doubt once it is."""
    step = state.steps[event.path]
    step.lost += 1
    if step.write is None:
        step.unsure = event.sent_since if step.unsure is None else step.unsure
    elif step.may_have_written:
        if step.write.status is WriteStatus.INTENT:
            move_write(state, step, ev.StepLost)
        step.write.sender_may_live = True
    enter(state, step, ev.StepLost)
