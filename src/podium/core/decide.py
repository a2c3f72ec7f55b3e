"""`decide(state, stimulus, *, now_ms) -> events`: what follows from the news, one layer.

A report that is stale or repeated leads to nothing. What a person or a client asks and can not have raises
`RefusedError`, which says why; nothing has changed then.
"""

from collections.abc import Callable, Sequence
from typing import Any

from podium.core import decide_ask, decide_report, evidence
from podium.core import stimuli as st
from podium.core.events import Event
from podium.core.state import RunState

_DECIDE: dict[type[st.Stimulus], Callable[[RunState, Any, int], Sequence[Event]]] = {
    st.RunAsked: decide_ask.run_asked,
    st.ForkAsked: decide_ask.fork_asked,
    st.TakeOver: decide_ask.take_over,
    st.SignalSent: decide_ask.signal_sent,
    st.AnswerGiven: decide_ask.answer_given,
    st.CancelWanted: decide_ask.cancel_wanted,
    st.RetryWanted: decide_ask.retry_wanted,
    st.RewindWanted: decide_ask.rewind_wanted,
    st.Resolution: decide_ask.resolution,
    st.AttemptEnded: decide_report.attempt_ended,
    st.PerformerLost: decide_report.performer_lost,
    st.ConditionEvaluated: decide_report.condition_evaluated,
    st.ReadEnded: decide_report.read_ended,
    st.WriteWanted: decide_report.write_wanted,
    st.WriteSettled: decide_report.write_settled,
    st.LateEvidence: evidence.late_evidence,
    st.TimeCame: decide_report.time_came,
}


def decide(state: RunState, stimulus: st.Stimulus, *, now_ms: int) -> Sequence[Event]:
    """Return the facts that follow at once from the news, in order; `react` finds what follows from those.

    Args:
        state: The run as it stands; it is not changed.
        stimulus: The news.
        now_ms: The wall clock. The run's time never goes back: the later of it and the last event's time counts.

    Raises:
        RefusedError: A person or client asked for what the run is in no state to do.
    """
    return _DECIDE[type(stimulus)](state, stimulus, max(now_ms, state.at))
