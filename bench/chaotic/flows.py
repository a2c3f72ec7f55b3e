"""The workflows of the chaos, as they were and as they are after an upgrade: the same names, other graphs.

All write under keys at the service of the soak; some are refused their last booking, and give everything back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel

from bench.soaking.flows import Booked, Order, Trip, book, charge, consent, paid, price, rejected, reserve, ship, trip
from podium import END, START, Dag, StateMachine, node, step

if TYPE_CHECKING:
    from podium.workflow.binding import Compiled

OLD, NEW = "old", "new"


class Leg(BaseModel):
    """One booking of a tour."""

    run: str
    what: str


@step
async def inspect(order: Order) -> None:
    """Read once more, before anything is charged."""
    order.price = await price(order.run)


@node
async def legs(run: str) -> list[Leg]:
    """Say what is to be booked."""
    return [Leg(run=run, what=f"leg-{number}") for number in range(6)]


@node(each="legs", concurrency=3)
async def booked(item: Leg) -> Booked:
    """Write, beside others of its kind."""
    return await book(item.run, item.what)


@node
async def count(booked: list[Booked]) -> int:
    """Wait for all."""
    return len(booked)


tour = Dag("tour", Trip, legs, booked, count, gives=count)

order = StateMachine("order", Order, START >> reserve >> charge >> ship >> END)
asking = StateMachine(
    "asking",
    Order,
    START >> reserve >> consent.choose({"yes": charge, "no": rejected}),
    charge >> paid >> ship >> END,
    rejected >> END,
)
order_now = StateMachine("order", Order, START >> reserve >> inspect >> charge >> ship >> END)
asking_now = StateMachine(
    "asking",
    Order,
    START >> reserve >> inspect >> consent.choose({"yes": charge, "no": rejected}),
    charge >> paid >> ship >> END,
    rejected >> END,
)

VERSIONS: dict[str, tuple[tuple[Compiled, type[Order | Trip]], ...]] = {
    OLD: ((order, Order), (asking, Order), (trip, Trip), (tour, Trip)),
    NEW: ((order_now, Order), (asking_now, Order), (trip, Trip), (tour, Trip)),
}
"""What a worker knows, with the inputs, before and after the upgrade."""

OF_OLD = frozenset({order.hash, asking.hash})
"""Graphs that only workers of before the upgrade know."""

EXPECTED = {
    "order": frozenset({"reserve", "charge", "ship"}),
    "asking": frozenset({"reserve", "charge", "ship"}),
    "trip": frozenset({"flight", "hotel", "car"}),
    "tour": frozenset(f"leg-{number}" for number in range(6)),
}
"""What a completed run has booked, each once."""
