"""What can go wrong, and where: the nouns of a simulation's choices."""

from dataclasses import dataclass
from enum import StrEnum

from podium.testing.worded import Worded


class Fault(Worded):
    """One thing that goes wrong, or another way than it mostly does."""

    # ----- of one try of a call
    UNSENT = "unsent", "it is certainly not sent: the connection is refused"
    NO = "no", "the other side says no, for good"
    RESET_BEFORE = "reset-before", "the connection breaks before it happens"
    REPLY_LOST = "reply-lost", "it happens, and the reply is lost"
    THROTTLED = "throttled", "the other side is busy: 429, Retry-After 7 s"
    MALFORMED = "malformed", "it happens, and the reply can not be read"
    OUTAGE = "outage", "the service is down for a minute: connections are refused"
    TIMEOUT = "timeout", "it does not happen, and no reply comes in time"
    REPLY_LATE = "reply-late", "it happens, and the reply comes after the time-out"
    LANDS_LATE = "lands-late", "it happens only after the time-out"

    # ----- of what a model answers
    TRUNCATED = "truncated", "the model's answer is cut off"
    BROKEN_JSON = "broken-json", "the model writes JSON that does not close"
    WRONG_TYPES = "wrong-types", "the model writes values that do not fit"
    UNKNOWN_TOOL = "unknown-tool", "the model calls a tool that is not there"
    REPEATED_ID = "repeated-id", "the model calls with the id of an earlier call"
    REFUSAL = "refusal", "the model declines"
    EMPTY = "empty", "the model says nothing"

    # ----- of the process, at a call or at a commit
    CRASH_BEFORE = "crash-before", "the process dies before it happens"
    CRASH_AFTER = "crash-after", "the process dies after it happened, before anybody is told"
    CRASH_LANDS_LATE = "crash-lands-late", "the process dies, and what it sent lands after another one took over"
    GONE_LONG = "gone-long", "the process dies after it happened, and the next one comes two days later"
    STALL = "stall", "the process stands still once it happened, until long after another one took over"
    STALL_LANDS_LATE = "stall-lands-late", "the process stands still, another one takes over, and only then it happens"

    RESTART = "restart", "the process is told to stop, ends in order, and another one comes"
    SLOW_DISK = "slow-disk", "the disk takes five seconds"

    # ----- of the clock and of people
    CLOCK_FORTH = "clock-forth", "the wall clock is set forth by an hour"
    CLOCK_BACK = "clock-back", "the wall clock is set back by an hour"
    CANCEL = "cancel", "somebody cancels the run"
    OTHER_ANSWER = "other-answer", "a person gives another answer"
    THIRD_ANSWER = "third-answer", "a person gives a third answer"
    NO_ANSWER = "no-answer", "nobody answers in time"
    LATE = "late", "the answer comes when its time is up"
    TWICE = "twice", "it is said twice"
    EARLY = "early", "the signal comes before anybody waits for it"


class Incident(StrEnum):
    """What happens to the process that makes a call."""

    CRASH = "crash"
    STALL = "stall"
    CANCEL = "cancel"


class Answer(StrEnum):
    """How a call ends for who made it."""

    RESULT = "result"
    UNREADABLE = "unreadable"
    REFUSED = "refused"
    NO = "no"
    RESET = "reset"
    BUSY = "busy"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """What becomes of one request.

    Attributes:
        lands_ms: When it happens at the other side; None for never.
        answer: How it ends for who made it.
        answer_ms: When.
        incident: What happens to the process meanwhile.
        incident_ms: When.
    """

    lands_ms: int | None = 10
    answer: Answer = Answer.RESULT
    answer_ms: int = 20
    incident: Incident | None = None
    incident_ms: int = 5

    @property
    def is_overtaken(self) -> bool:
        """Claims that it happens when who asked for it may be gone."""
        return self.lands_ms is not None and (
            self.lands_ms > self.answer_ms or (self.incident is not None and self.lands_ms > LATE_MS // 2)
        )


STALL_MS = 60_000
"""How long a process stands still. Its runs are taken over meanwhile."""

TAKEN_OVER_MS = 1_500
"""How long after it began to stand still another one is there."""

LATE_MS = 3_000
"""How much later than everybody thinks a request may land or be answered."""

SLOW_MS = 5_000
OUTAGE_MS = 60_000
GRACE_MS = 10_000
RESTART_MS = 1_000
GONE_MS = 2 * 24 * 3_600_000
JUMP_MS = 3_600_000
RETRY_AFTER_S = 7

USUAL = Flight()

OF_AN_ANSWER = (
    Fault.TRUNCATED,
    Fault.BROKEN_JSON,
    Fault.WRONG_TYPES,
    Fault.UNKNOWN_TOOL,
    Fault.REPEATED_ID,
    Fault.REFUSAL,
    Fault.EMPTY,
)
"""What can be wrong with what a model answers: the answer comes, and does not do."""

_FLIGHTS = {
    **dict.fromkeys(OF_AN_ANSWER, USUAL),
    Fault.UNSENT: Flight(lands_ms=None, answer=Answer.REFUSED),
    Fault.OUTAGE: Flight(lands_ms=None, answer=Answer.REFUSED),
    Fault.NO: Flight(lands_ms=None, answer=Answer.NO),
    Fault.RESET_BEFORE: Flight(lands_ms=None, answer=Answer.RESET),
    Fault.REPLY_LOST: Flight(answer=Answer.RESET),
    Fault.THROTTLED: Flight(lands_ms=None, answer=Answer.BUSY),
    Fault.MALFORMED: Flight(answer=Answer.UNREADABLE),
    Fault.TIMEOUT: Flight(lands_ms=None, answer=Answer.NEVER),
    Fault.CRASH_BEFORE: Flight(lands_ms=None, answer=Answer.NEVER, incident=Incident.CRASH),
    Fault.CRASH_AFTER: Flight(answer=Answer.NEVER, incident=Incident.CRASH, incident_ms=15),
    Fault.CRASH_LANDS_LATE: Flight(lands_ms=LATE_MS, answer=Answer.NEVER, incident=Incident.CRASH),
    Fault.STALL: Flight(incident=Incident.STALL),
    Fault.STALL_LANDS_LATE: Flight(lands_ms=STALL_MS + 10, answer_ms=STALL_MS + 20, incident=Incident.STALL),
    Fault.CANCEL: Flight(incident=Incident.CANCEL),
}


def flight(fault: Fault | None, timeout_ms: int | None) -> Flight:
    """Return what becomes of a request under a fault, or without one."""
    if fault is None:
        return USUAL
    if fault is Fault.REPLY_LATE:
        return Flight(answer_ms=(timeout_ms or 0) + LATE_MS)
    if fault is Fault.LANDS_LATE:
        return Flight(lands_ms=(timeout_ms or 0) + LATE_MS, answer=Answer.NEVER)
    return _FLIGHTS[fault]


# ----- what can go wrong where

_AT_ANY_CALL = (
    Fault.UNSENT,
    Fault.NO,
    Fault.RESET_BEFORE,
    Fault.THROTTLED,
    Fault.MALFORMED,
    Fault.OUTAGE,
    Fault.CRASH_BEFORE,
    Fault.CANCEL,
)
_AT_A_WRITE = (Fault.REPLY_LOST, Fault.CRASH_AFTER, Fault.CRASH_LANDS_LATE, Fault.STALL, Fault.STALL_LANDS_LATE)
_AT_A_TIMED_READ = (Fault.TIMEOUT,)
_AT_A_TIMED_WRITE = (Fault.TIMEOUT, Fault.REPLY_LATE, Fault.LANDS_LATE)

_AT_CALL = {
    (False, False): _AT_ANY_CALL,
    (False, True): _AT_ANY_CALL + _AT_A_TIMED_READ,
    (True, False): _AT_ANY_CALL + _AT_A_WRITE,
    (True, True): _AT_ANY_CALL + _AT_A_WRITE + _AT_A_TIMED_WRITE,
}


def at_call(*, writes: bool, timed: bool) -> tuple[Fault, ...]:
    """Return what can go wrong at one try of a call."""
    return _AT_CALL[writes, timed]


AT_COMMIT = (
    Fault.CRASH_BEFORE,
    Fault.CRASH_AFTER,
    Fault.GONE_LONG,
    Fault.STALL,
    Fault.RESTART,
    Fault.SLOW_DISK,
    Fault.CLOCK_FORTH,
    Fault.CLOCK_BACK,
    Fault.CANCEL,
)
AT_OTHER_WRITE = (Fault.CRASH_BEFORE, Fault.CRASH_AFTER)
"""Of the store, beside commits: the beginning of a run, a row of the inbox."""

TELLING = frozenset(
    {
        Fault.NO, Fault.OUTAGE, Fault.CANCEL, Fault.OTHER_ANSWER, Fault.THIRD_ANSWER, Fault.NO_ANSWER,
        Fault.LATE, Fault.GONE_LONG, Fault.CLOCK_FORTH, Fault.CLOCK_BACK, Fault.EARLY, Fault.TWICE,
        Fault.BROKEN_JSON, Fault.WRONG_TYPES, Fault.EMPTY,
    }
)  # fmt: skip
"""Faults that may well change what a run that ends well gives."""
