"""What follows from reports and decisions about steps that undo a write.

They are tried by a policy of their own, which asks nothing of a step's: a compensation outlives deadlines and cancels,
and is only ever given up by a person.
"""

from collections.abc import Callable, Sequence
from typing import Any

from podium.core import events as ev
from podium.core import stimuli as st
from podium.core.state import Step, WriteStatus
from podium.core.stimuli import ParkReason, Verb
from podium.core.undoing import counts_as_try
from podium.errors import RefusedError
from podium.graph.policies import UNDO_RETRY, to_ms

Events = Sequence[ev.Event]


def ended(step: Step, outcome: st.Outcome, now_ms: int) -> Events:
    """An entry of the step ended: the write is undone, or it is tried again, later, or a person has to look at it."""
    return _OUTCOME[type(outcome)](step, outcome, now_ms)


def _succeeded(step: Step, outcome: st.Succeeded, now_ms: int) -> Events:
    del outcome
    return (ev.UndoDone(now_ms, step.path),)


def _failed(step: Step, outcome: st.Failed, now_ms: int) -> Events:
    failure = outcome.failure
    if counts_as_try(failure) and _is_last(step):
        detail = f"tried {UNDO_RETRY.attempts} times, in vain; the last time: {failure}"
        return (ev.StepParked(now_ms, step.path, ParkReason.UNDO_FAILED.value, detail, failure),)
    retry_at = now_ms + _wait_ms(step) if outcome.retry_at is None else outcome.retry_at
    return (ev.AttemptFailed(now_ms, step.path, step.attempt, failure, retry_at),)


def _held(step: Step, outcome: st.Held, now_ms: int) -> Events:
    in_doubt = _is_in_doubt(step)
    if in_doubt and _is_last(step):
        failure = step.write.failure if step.write else None
        detail = f"tried {UNDO_RETRY.attempts} times, and it may have happened; in doubt since: {failure}"
        return (ev.StepParked(now_ms, step.path, ParkReason.UNDO_FAILED.value, detail, failure),)
    return (ev.StepPostponed(now_ms, step.path, outcome.until, step.tries + in_doubt),)


def _is_last(step: Step) -> bool:
    return step.tries + 1 >= UNDO_RETRY.attempts


def _wait_ms(step: Step) -> int:
    """Return the longest wait that the policy has for now: whoever performs the step draws a share of it."""
    return min(to_ms(UNDO_RETRY.base) << step.tries, to_ms(UNDO_RETRY.cap))


def _halted(step: Step, outcome: st.Halted, now_ms: int) -> Events:
    return (ev.StepParked(now_ms, step.path, outcome.reason.value, outcome.detail),)


def _stopped(step: Step, outcome: st.Stopped, now_ms: int) -> Events:
    """Nobody may call it off."""
    del step, outcome, now_ms
    return ()


_OUTCOME: dict[type[st.Outcome], Callable[[Step, Any, int], Events]] = {
    st.Succeeded: _succeeded,
    st.Failed: _failed,
    st.Held: _held,
    st.Halted: _halted,
    st.Stopped: _stopped,
}


def resolved(step: Step, news: st.Resolution, now_ms: int) -> Events:
    """A person decided about a compensation that is parked.

    Raises:
        RefusedError: It can not be meant.
    """
    if _is_in_doubt(step):
        _check_in_doubt(step, news)
    else:
        _check_certain(step, news)
    if news.verb is Verb.SKIP:
        return (ev.UndoSkipped(now_ms, step.path, news.by, news.reason),)
    return (ev.StepResolved(now_ms, step.path, news.verb.value, news.answer, news.by, news.reason),)


def _check_in_doubt(step: Step, news: st.Resolution) -> None:
    if news.verb not in (Verb.DONE, Verb.NOT_DONE, Verb.SEND_AGAIN):
        message = (
            f"{step.path} may have happened: say done, not-done or retry; {news.verb} can be meant once it is known"
        )
        raise RefusedError(message)
    if news.answer is not None and news.verb is not Verb.DONE:
        message = f"{news.verb} at {step.path}: the compensation is in doubt, so an answer goes with done only"
        raise RefusedError(message)


def _check_certain(step: Step, news: st.Resolution) -> None:
    if news.verb is Verb.ABORT:
        message = f"a compensation is not given up: say skip to leave what {step.path} is about as it is"
        raise RefusedError(message)
    if news.verb is Verb.NOT_DONE:
        message = f"{step.path} is parked as {step.reason}, and not in doubt: say done, retry or skip"
        raise RefusedError(message)
    if news.verb is Verb.SKIP and news.answer is not None:
        message = f"skip at {step.path}: no answer goes with it"
        raise RefusedError(message)
    if news.verb is Verb.SEND_AGAIN:
        _check_retry(step, news)


def _check_retry(step: Step, news: st.Resolution) -> None:
    assert step.undoes is not None, step.path
    if step.undoes.irreversible:
        message = f"{step.undoes.tool} is irreversible, so {step.path} can not be tried: say done or skip"
        raise RefusedError(message)
    if news.answer is not None and step.write is not None and step.write.status is WriteStatus.DONE:
        message = f"what {step.path} asked for is done, and not done again with another input: say done or retry"
        raise RefusedError(message)


def _is_in_doubt(step: Step) -> bool:
    return step.write is not None and step.write.status is WriteStatus.DOUBT
