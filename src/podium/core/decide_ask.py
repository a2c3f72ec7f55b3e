"""What follows from what people and clients ask: runs, signals, answers, cancels, retries, decisions."""

from collections.abc import Sequence

from podium.core import decide_undo
from podium.core import events as ev
from podium.core import stimuli as st
from podium.core.forward import bound_by
from podium.core.reasons import refusal
from podium.core.state import RunState, RunStatus, Step, StepStatus, WriteStatus
from podium.errors import RefusedError
from podium.graph.nodes import NodeKind

Events = Sequence[ev.Event]

_WITHOUT_DOUBT = (st.Verb.SEND_AGAIN, st.Verb.ABORT)


def run_asked(state: RunState, asked: st.RunAsked, now_ms: int) -> Events:
    """A run begins."""
    limit = state.graph.deadline_ms
    deadline_at = None if limit is None else now_ms + limit
    return (ev.RunStarted(now_ms, asked.run_id, asked.data, deadline_at, ev.CORE_VERSION, asked.trace),)


def fork_asked(state: RunState, asked: st.ForkAsked, now_ms: int) -> Events:
    """A run begins as a copy."""
    del state
    origin = (asked.parent, asked.parent_seq, asked.snapshot)
    return (ev.RunForked(now_ms, asked.run_id, *origin, asked.may_write, ev.CORE_VERSION, asked.trace),)


def take_over(state: RunState, news: st.TakeOver, now_ms: int) -> Events:
    """A run that is over stays so; any other is held by a new incarnation."""
    del state
    return (ev.RunTakenOver(now_ms, news.incarnation, news.proven_dead, news.alone),)


def signal_sent(state: RunState, news: st.SignalSent, now_ms: int) -> Events:
    """The signal is kept by name; whoever waits for it takes it."""
    _must_be_open(state, "signalled")
    return (ev.SignalReceived(now_ms, news.name, news.payload),)


def answer_given(state: RunState, news: st.AnswerGiven, now_ms: int) -> Events:
    """The question is answered: by this answer or the time-out, whichever was first."""
    step = state.steps.get(news.path)
    if step is None or not _asks(step):
        message = f"run {state.run_id} does not ask anything at {news.path!r} (any more)"
        raise RefusedError(message)
    if step.write is None:
        return (ev.StepAnswered(now_ms, step.path, news.answer, news.by),)
    if news.answer == "true":
        return (ev.WriteApproved(now_ms, step.path, news.by),)
    return (ev.WriteRefused(now_ms, step.path, refusal(step.path, step.write.tool, news.by), news.by),)


def _asks(step: Step) -> bool:
    return step.status is StepStatus.WAITING and (step.write is not None or step.node.kind is NodeKind.HUMAN)


def cancel_wanted(state: RunState, news: st.CancelWanted, now_ms: int) -> Events:
    """Once is enough; what a run that ends without success undoes is not called off."""
    if state.status is RunStatus.COMPENSATING:
        return ()
    _must_be_open(state, "cancelled")
    if state.is_cancelled:
        return ()
    write = bound_by(state)
    if write is not None:
        message = f"run {state.run_id} can only go forward: what {write} wrote can not be undone"
        raise RefusedError(message)
    return (ev.CancelAsked(now_ms, news.by, news.reason),)


def retry_wanted(state: RunState, news: st.RetryWanted, now_ms: int) -> Events:
    """Only a failed run goes on from where it failed."""
    if state.status is RunStatus.FAILED:
        return (ev.RunRetried(now_ms, news.by),)
    message = f"run {state.run_id} is {state.status}; only a failed run can be retried"
    raise RefusedError(message)


def rewind_wanted(state: RunState, news: st.RewindWanted, now_ms: int) -> Events:
    """Only a run that failed and was compensated begins again where what was undone began."""
    if state.status is RunStatus.COMPENSATED and state.failure is not None:
        return (ev.RunRewound(now_ms, news.snapshot, news.by),)
    how = "was called off, and " if state.is_cancelled else ""
    message = f"run {state.run_id} {how}is {state.status}; only one that failed and is compensated can be rewound"
    raise RefusedError(message)


def resolution(state: RunState, news: st.Resolution, now_ms: int) -> Events:
    """A person's word about a parked step counts once, and only if it can be meant."""
    step = state.steps.get(news.path)
    if step is None or step.status is not StepStatus.PARKED:
        message = f"run {state.run_id} has no parked step at {news.path!r}; `podium runs parked` lists them"
        raise RefusedError(message)
    if news.version not in (None, step.parked_at):
        message = f"{step.path} was parked anew since: by event {step.parked_at}, not {news.version}; look at it again"
        raise RefusedError(message)
    if step.undoes is not None:
        return decide_undo.resolved(step, news, now_ms)
    _check_verb(step, news)
    return (ev.StepResolved(now_ms, step.path, news.verb.value, news.answer, news.by, news.reason),)


def _check_verb(step: Step, news: st.Resolution) -> None:
    if news.verb is st.Verb.SKIP:
        message = (
            f"{step.path} is a step of the workflow: only a compensation is skipped; say abort to give the step up"
        )
        raise RefusedError(message)
    in_doubt = step.write is not None and step.write.status is WriteStatus.DOUBT
    if not in_doubt and news.verb not in _WITHOUT_DOUBT:
        message = f"{step.path} is parked as {step.reason}, with no write in doubt: only retry and abort can be meant"
        raise RefusedError(message)
    if (news.verb is st.Verb.DONE) != (news.answer is not None):
        message = f"{news.verb} at {step.path}: an answer goes with done, and only with done"
        raise RefusedError(message)


def _must_be_open(state: RunState, what: str) -> None:
    if state.status is not RunStatus.OPEN:
        message = f"run {state.run_id} is {state.status} and can not be {what} any more"
        raise RefusedError(message)
