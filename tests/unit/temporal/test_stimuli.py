"""News comes back from its text as it was."""

import pytest

from podium.core import stimuli as st
from podium.failure import Failure, FailureKind
from podium.temporal.stimuli import pack, unpack

FAILED = Failure(kind=FailureKind.TRANSIENT, type="OSError", types=("OSError",), message='"quoted" \udc80', retry_at=7)

NEWS = [
    st.RunAsked("r", {"a": '"1"'}),
    st.ForkAsked("r", "parent", 3, "{}", may_write=True),
    st.AttemptEnded(1, "a#2", 4, st.Succeeded("on", '"x"', {"n": "1"}, {"log": "[1]"}, {"board": ("1", "2")})),
    st.AttemptEnded(1, "a", 1, st.Opened({"n": "1"})),
    st.AttemptEnded(1, "a", 1, st.Failed(FAILED, 9)),
    st.AttemptEnded(1, "a", 1, st.Stopped()),
    st.AttemptEnded(1, "a", 1, st.Halted(st.ParkReason.DIVERGED, "why")),
    st.AttemptEnded(1, "a", 1, st.Held(5, 2, "breaker", 8)),
    st.PerformerLost(1, "a", 1, 5),
    st.ConditionEvaluated(1, "a", holds=False, failure=FAILED),
    st.ReadEnded(1, "a", 1, "look:1", None, FAILED, "other"),
    st.WriteWanted(1, "a", 1, "pay", "{}", "key", consent=True, consent_ms=5, sent_at=3),
    st.WriteSettled(1, "a", doubt=FAILED),
    st.CancelWanted("ann", "enough"),
    st.RetryWanted("ann"),
    st.RewindWanted("{}", "ann"),
    st.SignalSent("paid", "1"),
    st.AnswerGiven("a", "true", "ann"),
    st.Resolution("a", st.Verb.DONE, "1", "ann", "because", 4),
    st.LateEvidence(1, "a", 1, "key", None, FAILED, is_only=True),
]


@pytest.mark.parametrize("news", NEWS, ids=lambda news: type(news).__name__)
def test_news_comes_back_as_it_was(news: st.Stimulus) -> None:
    back = unpack(pack(news))
    if "\\udc80" in pack(news):
        assert pack(back) == pack(news), "a lone surrogate becomes its escape"
        assert type(back) is type(news)
    else:
        assert back == news
