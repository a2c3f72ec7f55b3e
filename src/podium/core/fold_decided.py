"""Fold what a person decided about a parked step."""

from podium.core import acts
from podium.core import events as ev
from podium.core.fold_steps import begin, make_anew
from podium.core.moves import enter, renew
from podium.core.state import RunState, Step, Write, WriteStatus
from podium.core.stimuli import ParkReason, Verb


def resolved(state: RunState, event: ev.StepResolved) -> None:
    """A person decided; an abort is followed by the step's failure, and done with a compensation by its end."""
    step, write = state.steps[event.path], state.steps[event.path].write
    if event.verb == Verb.ABORT:
        return
    reason, step.reason, step.tries, step.lost = step.reason, "", 0, 0
    if step.undoes is not None:
        step.attempt = 1
    step.waits_for, step.call_deadline_at = "", None
    if write is not None and write.status is WriteStatus.DOUBT:
        _settle(state, step, write, event)
    elif step.undoes is not None:
        _undo_again(state, step, event)
    elif reason == ParkReason.FORWARD_ONLY:
        make_anew(state, step)
    elif write is not None:
        write.code = ""
    enter(state, step, ev.StepResolved)
    if reason == ParkReason.FORWARD_ONLY:
        begin(state, step)


def _settle(state: RunState, step: Step, write: Write, event: ev.StepResolved) -> None:
    if event.verb == Verb.DONE:
        write.status, write.result, write.failure = WriteStatus.DONE, event.answer, None
    elif event.verb == Verb.SEND_AGAIN:
        write.send_again = True
    else:
        renew(state, step)
    acts.follow(state, step, write)


def _undo_again(state: RunState, step: Step, event: ev.StepResolved) -> None:
    """What failed, or is to be given something else, is made anew."""
    if event.verb == Verb.DONE:
        return
    if event.answer is not None:
        step.answer = event.answer
    if event.answer is not None or (step.write is not None and step.write.status is WriteStatus.FAILED):
        renew(state, step)
