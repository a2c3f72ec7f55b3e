"""What follows from an answer that comes after somebody stopped waiting for it."""

from collections.abc import Sequence

from podium.core import events as ev
from podium.core.state import ACTIVE, OPEN_WRITE, SETTLED, RunState, Step, StepStatus, Write, WriteStatus
from podium.core.stimuli import LateEvidence, ParkReason

Events = Sequence[ev.Event]

_ABOUT_DOUBT = (ParkReason.IN_DOUBT, ParkReason.UNDO_FAILED)


def late_evidence(state: RunState, news: LateEvidence, now_ms: int) -> Events:
    """The write is known to have happened, or not, and its step goes on; whatever else the answer is about is over.

    That it did not happen is believed only of the one attempt that was ever made under the key, by the entry that made
    it: any other may have happened all the same.
    """
    step = state.steps.get(news.path)
    write = None if step is None else step.write
    if step is None or write is None or not _is_awaited(state, step, write, news):
        return ()
    if news.result is not None:
        return (ev.WriteDone(now_ms, step.path, news.result), *_goes_on(step, now_ms))
    if news.failure is not None and write.status is WriteStatus.DOUBT and _is_only_one(state, step, news):
        return (ev.WriteFailed(now_ms, step.path, news.failure), *_goes_on(step, now_ms))
    return ()


def _is_awaited(state: RunState, step: Step, write: Write, news: LateEvidence) -> bool:
    is_open = write.key == news.key and write.status in OPEN_WRITE
    return is_open and state.status in ACTIVE and step.status not in SETTLED


def _is_only_one(state: RunState, step: Step, news: LateEvidence) -> bool:
    return news.is_only and (news.incarnation, news.entry) == (state.incarnation, step.entry)


def _goes_on(step: Step, now_ms: int) -> Events:
    """A step that waits for no more than to know goes on."""
    is_parked = step.status is StepStatus.PARKED and step.reason in _ABOUT_DOUBT
    if is_parked or step.status is StepStatus.POSTPONED:
        return (ev.StepResumed(now_ms, step.path),)
    return ()
