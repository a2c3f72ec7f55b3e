"""What can go wrong, and where: the nouns of a simulation's choices."""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """One thing that goes wrong, or goes another way than it mostly does."""

    # ----- of one try of a call
    UNSENT = "unsent"
    """It is certainly not sent: the connection is refused."""
    NO = "no"
    """The other side says no, for good."""
    RESET_BEFORE = "reset-before"
    """The connection breaks before it happened."""
    REPLY_LOST = "reply-lost"
    """It happens, and the reply is lost."""
    THROTTLED = "throttled"
    """The other side is busy: 429 with Retry-After."""
    MALFORMED = "malformed"
    """It happens, and the reply can not be read."""
    OUTAGE = "outage"
    """The service is down for a while: this and the next tries are refused."""
    TIMEOUT = "timeout"
    """It does not happen, and no reply comes before the time-out."""
    REPLY_LATE = "reply-late"
    """It happens, and the reply comes after the time-out."""
    LANDS_LATE = "lands-late"
    """It happens only after the time-out."""

    # ----- of the process, at a call or at a commit
    CRASH_BEFORE = "crash-before"
    """The process dies before it happens."""
    CRASH_AFTER = "crash-after"
    """The process dies after it happened, before anybody is told."""
    CRASH_LANDS_LATE = "crash-lands-late"
    """The process dies, and what it sent lands after another one took over."""
    GONE_LONG = "gone-long"
    """The process dies, and the next one comes two days later."""
    STALL = "stall"
    """The process stands still after it happened, until long after another one took its runs over."""
    STALL_LANDS_LATE = "stall-lands-late"
    """The process stands still, another one takes over, and only then what the first one sent happens."""

    # ----- of the clock, of people
    CLOCK_FORTH = "clock-forth"
    """The wall clock is set forth by an hour."""
    CLOCK_BACK = "clock-back"
    """The wall clock is set back by an hour."""
    CANCEL = "cancel"
    """Somebody cancels the run."""
    OTHER_ANSWER = "other-answer"
    """A person gives the next of the possible answers."""
    NO_ANSWER = "no-answer"
    """Nobody answers, and no signal comes, in time."""
    TWICE = "twice"
    """It is said twice."""
    EARLY = "early"
    """The signal comes before anybody waits for it."""


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


STALL_MS = 60_000
"""How long a process stands still. Its runs are taken over meanwhile."""

LATE_MS = 3_000
"""How much later than everybody thinks a request may land or be answered."""

OUTAGE_MS = 60_000
RESTART_MS = 1_000
GONE_MS = 2 * 24 * 3_600_000
JUMP_MS = 3_600_000
RETRY_AFTER_S = 7

_FLIGHTS = {
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
        return Flight()
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
_IN_TIME = (Fault.TIMEOUT, Fault.REPLY_LATE, Fault.LANDS_LATE)

AT_COMMIT = (
    Fault.CRASH_BEFORE,
    Fault.CRASH_AFTER,
    Fault.GONE_LONG,
    Fault.STALL,
    Fault.CLOCK_FORTH,
    Fault.CLOCK_BACK,
    Fault.CANCEL,
)
AT_START = (Fault.CRASH_BEFORE, Fault.CRASH_AFTER)


def at_call(*, writes: bool, timed: bool) -> tuple[Fault, ...]:
    """Return what can go wrong at one try of a call."""
    return _AT_CALL[writes, timed]


_AT_CALL = {
    (writes, timed): _AT_ANY_CALL
    + (_AT_A_WRITE if writes else ())
    + ((_IN_TIME if writes else _IN_TIME[:1]) if timed else ())
    for writes in (False, True)
    for timed in (False, True)
}

SILENT = frozenset(Fault) - {
    Fault.NO, Fault.CANCEL, Fault.OTHER_ANSWER, Fault.NO_ANSWER, Fault.GONE_LONG, Fault.CLOCK_FORTH, Fault.CLOCK_BACK,
    Fault.OUTAGE,
}  # fmt: skip
"""Faults that a run which ends well must not be changed by."""
