"""Patterns of going round and of ending."""

from typing import Literal

from podium import END, START, Dag, StateMachine, step
from podium.testing.conformance.engines.case import Case
from podium.testing.conformance.engines.patterns.branching import Parcel, by_bike, label, pack, priced, send, weighed

# ----- 10 Arbitrary cycles


@step
async def look_at(parcel: Parcel) -> Literal["fine", "repack", "resend"]:
    """Go back to one of two places, or on."""
    return ("repack", "resend", "fine")[min(parcel.log.count("sent") - 1, 2)]


cycles = StateMachine(
    "cycles", Parcel, START >> pack >> send >> look_at.choose({"fine": END, "repack": pack, "resend": send})
)
ARBITRARY_CYCLES = Case(
    name="10-arbitrary-cycles",
    workflow=cycles,
    input=Parcel(),
    gives={"log": ["packed", "sent", "packed", "sent", "sent"]},
)

# ----- 21 Structured loop


@step
async def is_light(parcel: Parcel) -> Literal["yes", "no"]:
    """Test after each round; put it before the body for a while-loop."""
    return "yes" if parcel.weight == 0 else "no"


@step
async def unpack(parcel: Parcel) -> None:
    """Be the body."""
    parcel.weight -= 1


loop = StateMachine("loop_until", Parcel, START >> unpack >> is_light.choose({"yes": END, "no": unpack}), max_visits=9)
STRUCTURED_LOOP = Case(name="21-structured-loop", workflow=loop, input=Parcel(), gives={"weight": 0})

# ----- 11 Implicit termination

implicit = Dag("implicit", Parcel, weighed, priced, label, gives=weighed)
IMPLICIT_TERMINATION = Case(name="11-implicit-termination", workflow=implicit, input=Parcel(), gives="3 kg")

# ----- 43 Explicit termination


@step
async def is_worth_it(parcel: Parcel) -> Literal["yes", "no"]:
    """End the run here, or go on."""
    return "yes" if parcel.weight else "no"


explicit = StateMachine("explicit", Parcel, START >> is_worth_it.choose({"yes": by_bike, "no": END}), by_bike >> END)
EXPLICIT_TERMINATION = Case(
    name="43-explicit-termination", workflow=explicit, input=Parcel(weight=0), gives={"log": []}
)

# -----

CASES: tuple[Case, ...] = (ARBITRARY_CYCLES, STRUCTURED_LOOP, IMPLICIT_TERMINATION, EXPLICIT_TERMINATION)
