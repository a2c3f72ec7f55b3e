"""Patterns of what comes from outside: who is first, what is kept, who ends it."""

from typing import Literal

from podium import END, START, Approve, Reject, StateMachine, Status, days, human, wait
from podium.testing.conformance.engines.case import Answer, Cancel, Case, Signal
from podium.testing.conformance.engines.patterns.branching import Parcel, by_bike, by_truck, pack

# ----- 16 Deferred choice


@human(timeout=days(30), default=Reject())
async def pick(parcel: Parcel, answer: Approve | Reject) -> Literal["bike", "truck"]:
    """Offer all ways, and take the one that is chosen from outside first: by an answer, or by time."""
    parcel.log.append(answer.choice)
    return "bike" if isinstance(answer, Approve) else "truck"


deferred = StateMachine(
    "deferred", Parcel, START >> pick.choose({"bike": by_bike, "truck": by_truck}), by_bike >> END, by_truck >> END
)
DEFERRED_CHOICE = Case(
    name="16-deferred-choice",
    workflow=deferred,
    input=Parcel(),
    script=[Answer(after="TaskOpened pick", path="pick", answer=Approve())],
    gives={"log": ["approve", "bike"]},
)

# ----- 20 Cancel case

waiting = StateMachine("waiting_for_pay", Parcel, START >> pack >> wait("paid", int) >> by_bike >> END)
CANCEL_CASE = Case(
    name="20-cancel-case",
    workflow=waiting,
    input=Parcel(),
    script=[Cancel(after="StepStarted paid")],
    ends=Status.CANCELLED,
)

# ----- 24 Persistent trigger


@human(timeout=days(30))
async def check(parcel: Parcel, answer: Approve) -> None:
    """Hold the run up until the signal has long been there."""
    parcel.log.append(answer.choice)


triggered = StateMachine("triggered", Parcel, START >> check >> wait("paid", int, give="weight") >> END)
PERSISTENT_TRIGGER = Case(
    name="24-persistent-trigger",
    workflow=triggered,
    input=Parcel(),
    script=[Signal(after="TaskOpened check", name="paid", payload=7), Answer(path="check", answer=Approve())],
    gives={"weight": 7, "log": ["approve"]},
)

# -----

CASES: tuple[Case, ...] = (DEFERRED_CHOICE, CANCEL_CASE, PERSISTENT_TRIGGER)
