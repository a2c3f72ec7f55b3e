"""Patterns of many instances of the same."""

from pydantic import BaseModel

from podium import END, START, Dag, StateMachine, current, node, step
from podium.testing.conformance.engines.case import Case
from podium.testing.conformance.engines.patterns.branching import Parcel, sequence


class Load(BaseModel):
    """Several parcels."""

    weights: list[int] = [1, 2, 3]


# ----- 12 Multiple instances without synchronization


@step
async def send_one(parcel: Parcel) -> None:
    """Start a run and go on at once; one write a step, so a loop starts more."""
    await current().start(sequence, Parcel(), id=f"{current().run_id}-1")
    parcel.log.append("started")


unsynchronized = StateMachine("unsynchronized", Parcel, START >> send_one >> END)
UNSYNCHRONIZED = Case(name="12-unsynchronized", workflow=unsynchronized, input=Parcel(), gives={"log": ["started"]})

# ----- 13 Multiple instances, as many as the definition says


@node
async def three(weights: list[int]) -> list[int]:
    """Say how many in the definition."""
    return weights[:1] * 3


@node(each="three")
async def each_of_three(item: int) -> int:
    """Run three times, side by side."""
    return item * 5


@node
async def sum_of_three(each_of_three: list[int]) -> int:
    """Wait for all."""
    return sum(each_of_three)


designed = Dag("designed", Load, three, each_of_three, sum_of_three, gives=sum_of_three)
DESIGN_TIME = Case(name="13-design-time", workflow=designed, input=Load(), gives=15)

# ----- 14 Multiple instances, as many as the run finds


@node(each="weights", concurrency=2)
async def each_weight(item: int) -> int:
    """Run once for each, two at a time."""
    return item * 5


@node
async def total(each_weight: list[int]) -> int:
    """Wait for all, in the order of the list."""
    return sum(each_weight)


run_time = Dag("run_time", Load, each_weight, total, gives=total)
RUN_TIME = Case(name="14-run-time", workflow=run_time, input=Load(), gives=30)

# -----

CASES: tuple[Case, ...] = (UNSYNCHRONIZED, DESIGN_TIME, RUN_TIME)
