"""Patterns of branching: one after the other, side by side, one of several, some of several."""

from typing import Literal

from pydantic import BaseModel

from podium import END, START, Dag, StateMachine, node, step
from podium.testing.conformance.engines.case import Case


class Parcel(BaseModel):
    """What most of the examples work on."""

    weight: int = 3
    log: list[str] = []


# ----- 1 Sequence


@step
async def pack(parcel: Parcel) -> None:
    """Pack it."""
    parcel.log.append("packed")


@step
async def send(parcel: Parcel) -> None:
    """Send it."""
    parcel.log.append("sent")


sequence = StateMachine("sequence", Parcel, START >> pack >> send >> END)
SEQUENCE = Case(name="1-sequence", workflow=sequence, input=Parcel(), gives={"log": ["packed", "sent"]})

# ----- 2 Parallel split


@node
async def weighed(weight: int) -> str:
    """Begin when the input is there."""
    return f"{weight} kg"


@node
async def priced(weight: int) -> str:
    """Begin beside it."""
    return f"{weight * 5} euro"


@node
async def label(weighed: str, priced: str) -> str:
    """Need both."""
    return f"{weighed}, {priced}"


split = Dag("split", Parcel, weighed, priced, label, gives=label)
PARALLEL_SPLIT = Case(name="2-parallel-split", workflow=split, input=Parcel(), gives="3 kg, 15 euro")

# ----- 3 Synchronization


@node
async def signed(label: str, weighed: str) -> str:
    """Begin once all that it names is there, and wait for nothing else."""
    return f"{weighed}: {label}"


synchronized = Dag("synchronized", Parcel, weighed, priced, label, signed, gives=signed)
SYNCHRONIZATION = Case(name="3-synchronization", workflow=synchronized, input=Parcel(), gives="3 kg: 3 kg, 15 euro")

# ----- 4 Exclusive choice


@step
async def weigh(parcel: Parcel) -> Literal["light", "heavy"]:
    """Name the way."""
    return "light" if parcel.weight < 10 else "heavy"  # noqa: PLR2004


@step
async def by_bike(parcel: Parcel) -> None:
    """Take the one way."""
    parcel.log.append("bike")


@step
async def by_truck(parcel: Parcel) -> None:
    """Take the other."""
    parcel.log.append("truck")


choice = StateMachine(
    "choice", Parcel, START >> weigh.choose({"light": by_bike, "heavy": by_truck}), by_bike >> END, by_truck >> END
)
EXCLUSIVE_CHOICE = Case(name="4-exclusive-choice", workflow=choice, input=Parcel(weight=30), gives={"log": ["truck"]})

# ----- 5 Simple merge

merge = StateMachine(
    "merge",
    Parcel,
    START >> weigh.choose({"light": by_bike, "heavy": by_truck}),
    by_bike >> send,
    by_truck >> send >> END,
)
SIMPLE_MERGE = Case(name="5-simple-merge", workflow=merge, input=Parcel(), gives={"log": ["bike", "sent"]})

# ----- 6 Multi-choice


@node(when=lambda weight: weight > 1)
async def insured(weight: int) -> str:
    """Run where its condition holds."""
    return f"insured over {weight}"


@node(when=lambda weight: weight > 2)  # noqa: PLR2004
async def registered(weight: int) -> str:
    """Run where its own holds: none, one or both do."""
    return f"registered with {weight}"


@node
async def extras(insured: str | None, registered: str | None) -> list[str]:
    """Take what there is."""
    return [each for each in (insured, registered) if each]


multi_choice = Dag("multi_choice", Parcel, insured, registered, extras, gives=extras)
MULTI_CHOICE = Case(
    name="6-multi-choice", workflow=multi_choice, input=Parcel(), gives=["insured over 3", "registered with 3"]
)

# ----- 7 Structured synchronizing merge

SYNCHRONIZING_MERGE = Case(
    name="7-synchronizing-merge", workflow=multi_choice, input=Parcel(weight=2), gives=["insured over 2"]
)

# ----- 37 Acyclic synchronizing merge


@node
async def stamped(insured: str) -> str:
    """Be skipped with what it needs."""
    return f"{insured}, stamped"


@node
async def listed(stamped: str | None, registered: str | None) -> list[str]:
    """Wait for those branches that are taken, however deep they are."""
    return [each for each in (stamped, registered) if each]


acyclic = Dag("acyclic", Parcel, insured, stamped, registered, listed, gives=listed)
ACYCLIC_MERGE = Case(name="37-acyclic-merge", workflow=acyclic, input=Parcel(weight=1), gives=[])

# -----

CASES: tuple[Case, ...] = (
    SEQUENCE,
    PARALLEL_SPLIT,
    SYNCHRONIZATION,
    EXCLUSIVE_CHOICE,
    SIMPLE_MERGE,
    MULTI_CHOICE,
    SYNCHRONIZING_MERGE,
    ACYCLIC_MERGE,
)
