"""What follows from reports of the shell: attempts and calls that ended, times that came."""

from collections.abc import Callable, Sequence
from typing import Any

from podium.core import acts, decide_undo, plans, reissue
from podium.core import events as ev
from podium.core import stimuli as st
from podium.core.forward import fails
from podium.core.path import ROOT
from podium.core.reasons import plan_refused, refusal, timeout_failure, unknown_label, writes_forbidden
from podium.core.state import ACTIVE, RunState, Step, StepStatus, Write, WriteStatus
from podium.graph.nodes import GraphKind, NodeKind

Events = Sequence[ev.Event]

LOST_MAX = 3
"""A step whose performer is lost so often without getting on is parked: it may be what kills them."""


def current(state: RunState, incarnation: int, path: str, entry: int | None = None) -> Step | None:
    """Return the running step that a report is about, or None where the report is stale."""
    if incarnation != state.incarnation or state.status not in ACTIVE:
        return None
    step = state.steps.get(path)
    if step is None or step.status is not StepStatus.RUNNING or entry not in (None, step.entry):
        return None
    return step


def attempt_ended(state: RunState, ended: st.AttemptEnded, now_ms: int) -> Events:
    """The step is done, fails, tries again, waits or parks."""
    step = current(state, ended.incarnation, ended.path, ended.entry)
    if step is None:
        return ()
    if step.undoes is not None:
        return decide_undo.ended(step, ended.outcome, now_ms)
    return _OUTCOME[type(ended.outcome)](state, step, ended.outcome, now_ms)


def _succeeded(state: RunState, step: Step, outcome: st.Succeeded, now_ms: int) -> Events:
    if state.scopes[step.scope].graph.kind is GraphKind.MACHINE and not _leads_on(step, outcome.label):
        return (fails(state, step, unknown_label(step, outcome.label), now_ms),)
    given = (outcome.label, outcome.output, outcome.changes, outcome.appends, outcome.posts)
    return (ev.StepDone(now_ms, step.path, *given),)


def _leads_on(step: Step, label: str | None) -> bool:
    return label in step.node.choices if step.node.choices else label is None


def _opened(state: RunState, step: Step, outcome: st.Opened, now_ms: int) -> Events:
    if state.is_closing(step):
        return (ev.StepCancelled(now_ms, step.path),)
    if step.node.kind is NodeKind.PLAN:
        why = plans.refused(state, step, outcome)
        if why:
            return (fails(state, step, plan_refused(step.path, why), now_ms),)
    return (ev.ScopeOpened(now_ms, step.path, outcome.data, outcome.graph, outcome.collects, outcome.causes),)


def _failed(state: RunState, step: Step, outcome: st.Failed, now_ms: int) -> Events:
    if outcome.retry_at is None or state.is_closing(step):
        return (fails(state, step, outcome.failure, now_ms),)
    return (ev.AttemptFailed(now_ms, step.path, step.attempt, outcome.failure, outcome.retry_at),)


def _stopped(state: RunState, step: Step, outcome: st.Stopped, now_ms: int) -> Events:
    del state, outcome
    return (ev.StepCancelled(now_ms, step.path),)


def _halted(state: RunState, step: Step, outcome: st.Halted, now_ms: int) -> Events:
    if state.is_closing(step) and not step.may_have_written:
        return (ev.StepCancelled(now_ms, step.path),)
    return (ev.StepParked(now_ms, step.path, outcome.reason.value, outcome.detail),)


def _held(state: RunState, step: Step, outcome: st.Held, now_ms: int) -> Events:
    if state.is_closing(step) and not step.may_have_written:
        return (ev.StepCancelled(now_ms, step.path),)
    return (ev.StepPostponed(now_ms, step.path, outcome.until, outcome.tries, outcome.why, outcome.deadline_at),)


_OUTCOME: dict[type[st.Outcome], Callable[[RunState, Step, Any, int], Events]] = {
    st.Succeeded: _succeeded,
    st.Opened: _opened,
    st.Failed: _failed,
    st.Stopped: _stopped,
    st.Halted: _halted,
    st.Held: _held,
}


def performer_lost(state: RunState, news: st.PerformerLost, now_ms: int) -> Events:
    """The step is entered again, unless that has been in vain too often; what it may have sent is settled first."""
    step = current(state, news.incarnation, news.path, news.entry)
    if step is None:
        return ()
    lost = ev.StepLost(now_ms, step.path, news.sent_since)
    is_unsure = step.write is None and (step.unsure, news.sent_since) != (None, None)
    if step.lost + 1 < LOST_MAX or is_unsure:
        return (lost,)
    detail = f"whoever performed {step.path} was lost {step.lost + 1} times in a row"
    return (lost, ev.StepParked(now_ms, step.path, st.ParkReason.CRASH_LOOP.value, detail))


def condition_evaluated(state: RunState, news: st.ConditionEvaluated, now_ms: int) -> Events:
    """The node's condition is known; one that raised fails the node."""
    step = state.steps.get(news.path)
    if news.incarnation != state.incarnation or step is None or step.status is not StepStatus.CHECKING:
        return ()
    if news.failure is not None:
        return (fails(state, step, news.failure, now_ms),)
    return (ev.ConditionKnown(now_ms, step.path, news.holds),)


def read_ended(state: RunState, news: st.ReadEnded, now_ms: int) -> Events:
    """A read's answer is kept for when the step is run again; a second report of it is not."""
    step = current(state, news.incarnation, news.path, news.entry)
    if step is None or news.call in step.reads:
        return ()
    if news.failure is not None:
        return (ev.ReadFailed(now_ms, step.path, news.call, news.failure, news.began),)
    assert news.result is not None, "a read ends with a result or a failure"
    return (ev.ReadDone(now_ms, step.path, news.call, news.result, news.source, news.began),)


def write_wanted(state: RunState, news: st.WriteWanted, now_ms: int) -> Events:
    """A write is intended, or a person asked first. The caller compared it with the write on record."""
    step = current(state, news.incarnation, news.path, news.entry)
    if step is None or not _may_intend(step.write, news):
        return ()
    sent_at = news.sent_at if step.unsure is None else step.unsure
    if sent_at is not None and not news.act:  # whether an act may be done is asked before it is sent
        return (_intended(news, now_ms, sent_at=sent_at),)
    if state.is_closing(step) and not step.may_have_written:
        return (ev.StepCancelled(now_ms, step.path),)
    known = acts.known_of(state, news, now_ms) or reissue.known_of(state, step, news, now_ms)
    instead = known or _before_intent(state, step, news, now_ms)
    if instead is not None:
        return (instead,)
    return (_intended(news, now_ms),)


def _intended(news: st.WriteWanted, now_ms: int, *, sent_at: int | None = None) -> ev.WriteIntended:
    return ev.WriteIntended(
        now_ms, news.path, news.tool, news.args, news.key, news.undo, news.irreversible, news.code, news.act,
        news.candidate, sent_at,
    )  # fmt: skip


def _may_intend(write: Write | None, news: st.WriteWanted) -> bool:
    """Claim that nothing was sent that may have happened, or that a person wants it sent again all the same."""
    if write is None:
        return True
    match write.status:
        case WriteStatus.APPROVED | WriteStatus.RELEASED:
            return True
        case WriteStatus.DOUBT:
            return write.send_again
        case WriteStatus.FAILED:
            return news.candidate == write.candidate + 1
        case _:
            return False


def _before_intent(state: RunState, step: Step, news: st.WriteWanted, now_ms: int) -> ev.Event | None:
    if not state.may_write:
        return fails(state, step, writes_forbidden(step.path, news.tool), now_ms)
    if step.write is not None or not news.consent:
        return None
    until = None if news.consent_ms is None else now_ms + news.consent_ms
    return ev.WriteAsked(now_ms, step.path, news.tool, news.args, until)


def write_settled(state: RunState, news: st.WriteSettled, now_ms: int) -> Events:
    """What became of an open write. Doubt is sticky: the caller does not report a refusal that came after it."""
    step = current(state, news.incarnation, news.path)
    if step is None or step.write is None:
        return ()
    status = step.write.status
    if status not in (WriteStatus.INTENT, WriteStatus.DOUBT):
        return ()
    if news.result is not None:
        return (ev.WriteDone(now_ms, step.path, news.result),)
    if news.failure is not None:
        return (ev.WriteFailed(now_ms, step.path, news.failure),)
    if news.absent:
        return (ev.WriteReleased(now_ms, step.path),)
    assert news.doubt is not None, "an open write ends in a result, a failure, absence or doubt"
    return (ev.WriteDoubted(now_ms, step.path, news.doubt),) if status is WriteStatus.INTENT else ()


def time_came(state: RunState, news: st.TimeCame, now_ms: int) -> Events:
    """A wait is over, if it is the one that was meant."""
    if state.status not in ACTIVE:
        return ()
    if news.path == ROOT:
        due = state.deadline_at
        return () if due is None or now_ms < due else (ev.DeadlinePassed(now_ms),)
    step = state.steps.get(news.path)
    if step is None or step.until is None or now_ms < step.until:
        return ()
    if step.status in (StepStatus.BACKOFF, StepStatus.POSTPONED):
        return (ev.StepResumed(now_ms, step.path),)
    return _waited(state, step, now_ms)


def _waited(state: RunState, step: Step, now_ms: int) -> Events:
    if step.write is not None:
        failure = refusal(step.path, step.write.tool, "timeout")
        return (ev.WriteRefused(now_ms, step.path, failure, "timeout"),)
    if step.node.kind is NodeKind.SLEEP:
        return (ev.StepDone(now_ms, step.path),)
    if step.node.default_answer is not None:
        return (ev.StepAnswered(now_ms, step.path, step.node.default_answer, "timeout"),)
    return (fails(state, step, timeout_failure(step), now_ms),)
