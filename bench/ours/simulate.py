"""A workflow of five steps, two of them writes with a way back, simulated."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING

from pydantic import BaseModel

from bench.meter import Meter
from podium import END, FROM_ENGINE, START, IdempotencyKey, StateMachine, step, tool
from podium.testing.simulation.lab import Lab
from podium.testing.simulation.scene import Case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podium.testing.simulation.director import Script

RATE = "runs/CPU s"


class Trip(BaseModel):
    """What the run works on."""

    city: str = "Busan"
    price: int = 0
    flight: str = ""
    hotel: str = ""
    note: str = ""


@tool.read(timeout=20)
async def price_of(city: str) -> int:
    """A read; it is played."""
    return len(city)


@tool.write(idempotent=True, timeout=20)
async def book(city: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    """A write; it is played."""
    return f"{city} {key}"


@book.compensate
async def cancel(booking: str, *, key: IdempotencyKey = FROM_ENGINE) -> None:
    """Undo it; it is played."""
    del booking, key


@step
async def compare(trip: Trip) -> None:
    """Read in a step."""
    trip.price = await price_of(trip.city)


@step
async def write_down(trip: Trip) -> None:
    """Compute."""
    trip.note = f"{trip.flight} {trip.hotel} {trip.price}"


look = price_of.state("look", give="price")
flight, hotel = book.state("flight", give="flight"), book.state("hotel", give="hotel")
travel = StateMachine("travel", Trip, START >> look >> compare >> flight >> hotel >> write_down >> END)


def plain(*, runs: int) -> dict[str, float]:
    """Simulate without faults."""
    lab = _lab()
    return _measured(lab, [()] * runs)


def singles(*, runs: int) -> dict[str, float]:
    """Simulate each fault alone, again and again."""
    lab = _lab()
    ways = itertools.islice(itertools.cycle(lab.play().ways_on()), runs)
    return _measured(lab, [(way,) for way in ways])


def pairs(*, runs: int) -> dict[str, float]:
    """Simulate two faults at a time, drawn from all that there are."""
    lab = _lab()
    chance = random.Random(0)
    found: list[Script] = []
    for first in chance.sample(lab.play().ways_on(), 40):
        verdict = lab.play((first,))
        found += [(first, second) for second in verdict.ways_on()] if verdict.script else []
    chance.shuffle(found)
    return _measured(lab, found[:runs])


def by_lot(*, runs: int) -> dict[str, float]:
    """Simulate faults by lot."""
    lab = _lab()
    with Meter() as meter:
        for seed in range(1, runs + 1):
            lab.play(seed=seed, by_lot=True)
    return {RATE: runs / meter.cpu_s}


def _lab() -> Lab:
    lab = Lab(Case(workflow=travel, data=travel.encode_input(Trip())))
    lab.calibrate()
    return lab


def _measured(lab: Lab, scripts: Sequence[Script]) -> dict[str, float]:
    with Meter() as meter:
        for script in scripts:
            lab.play(script)
    return {RATE: len(scripts) / meter.cpu_s}
