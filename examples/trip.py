"""A trip that is booked or undone, and what has to hold of it whatever goes wrong.

$ podium run examples/trip.py city=Busan
$ podium simulate examples/trip.py city=Busan
"""

from pydantic import BaseModel

from podium import END, FROM_ENGINE, START, IdempotencyKey, NotDone, StateMachine, tool
from podium.testing.simulation import Call, End, Options, World

SERVICE: dict[str, str] = {}
"""Stands in for two services that remember their keys."""


class Trip(BaseModel):
    """What the run works on."""

    city: str
    flight: str = ""
    hotel: str = ""


@tool.write(idempotent=True, timeout=20)
async def book_flight(city: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    """Book a seat. The airline honours keys, so that sending again is safe."""
    return SERVICE.setdefault(key, f"seat {len(SERVICE) + 1} to {city}")


@book_flight.compensate
async def cancel_flight(booking: str, *, key: IdempotencyKey = FROM_ENGINE) -> None:
    """Give it back."""
    SERVICE.pop(key, booking)


@tool.write(timeout=20)
async def book_hotel(city: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    """Book a room. The hotel keeps no keys, but it can be asked."""
    return SERVICE.setdefault(f"hotel {key}", f"room {len(SERVICE) + 1} in {city}")


@book_hotel.reconcile
async def find_hotel(*, key: IdempotencyKey = FROM_ENGINE) -> str | None:
    """Say which room it was."""
    return SERVICE.get(f"hotel {key}")


@book_hotel.compensate(idempotent=True)
async def cancel_hotel(booking: str, *, key: IdempotencyKey = FROM_ENGINE) -> None:
    """Give it back."""
    SERVICE.pop(key, booking)


flight = book_flight.state("flight", give="flight")
hotel = book_hotel.state("hotel", give="hotel")
travel = StateMachine("travel", Trip, START >> flight >> hotel >> END)


# ----- how it is simulated


def hotel_of(call: Call, world: World) -> str:
    """Answer in the hotel's place: in Seoul there is no room left."""
    if call.args["city"] == "Seoul":
        message = "sold out"
        raise NotDone(message)
    return f"room {len(world.ledger) + 1}"


def nobody_sleeps_in_the_street(end: End) -> bool:
    """Whoever flies has a room."""
    booked = {effect.tool for effect in end.ledger.standing}
    return end.result is None or booked == {"book_flight", "book_hotel"}


simulation: Options = {"tools": {book_hotel: hotel_of}, "invariants": [nobody_sleeps_in_the_street]}
