"""What a first visit to the dashboard runs: a trip that asks before it books. Nothing is really booked.

It needs no service and no key: each booking is a pause and a made-up number. The hotel is tried twice; for more than
seven nights there is no car, and what was booked by then is cancelled, last first.
"""

import asyncio
import hashlib
from typing import Literal

from pydantic import BaseModel, Field

from podium import (
    END,
    FROM_ENGINE,
    START,
    Approve,
    Breaker,
    Edit,
    IdempotencyKey,
    NotDone,
    Reject,
    Retry,
    StateMachine,
    current,
    human,
    step,
    tool,
)

PAUSE_S = 0.4
"""How long each call takes, so that it can be watched."""

NIGHTS_WITH_CAR = 7
_NIGHT, _FLIGHT = 95, 240
_PATIENCE = Retry(attempts=4, base=0.3, cap=1.0)


class Plan(BaseModel):
    """What is to be booked; the price is in euros."""

    city: str = "Busan"
    nights: int = Field(default=3, ge=1, le=30)
    price: int = 0


class Trip(BaseModel):
    """A trip that a person approves before it is booked."""

    wish: str = "three nights in Busan, with a car"
    plan: Plan = Plan()
    flight: str | None = None
    hotel: str | None = None
    car: str | None = None
    remark: str = ""


@tool.read(retry=_PATIENCE)
async def look_up(plan: Plan) -> int:
    """Say what a trip costs."""
    await asyncio.sleep(PAUSE_S)
    return _FLIGHT + _NIGHT * plan.nights


@tool.write(idempotent=True, retry=_PATIENCE, breaker=Breaker("airline"))
async def book_flight(city: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    """Book a flight."""
    await asyncio.sleep(PAUSE_S)
    return _number("FL", f"{key}{city}")


@book_flight.compensate
async def cancel_flight(booking: str) -> None:
    """Cancel the flight."""
    del booking
    await asyncio.sleep(PAUSE_S)


@tool.write(idempotent=True, retry=_PATIENCE, breaker=Breaker("hotels"))
async def book_hotel(city: str, nights: int, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    """Book a hotel."""
    await asyncio.sleep(PAUSE_S)
    return _number("HO", f"{key}{city}{nights}")


@book_hotel.compensate
async def cancel_hotel(booking: str) -> None:
    """Cancel the hotel."""
    del booking
    await asyncio.sleep(PAUSE_S)


@tool.write(idempotent=True, retry=_PATIENCE, breaker=Breaker("cars"))
async def rent_car(city: str, nights: int, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    """Rent a car, which is to be had for a week at most."""
    await asyncio.sleep(PAUSE_S)
    if nights > NIGHTS_WITH_CAR:
        message = f"no car is to be had in {city} for {nights} nights"
        raise NotDone(message)
    return _number("CA", f"{key}{city}")


@rent_car.compensate
async def return_car(booking: str) -> None:
    """Give the car back."""
    del booking
    await asyncio.sleep(PAUSE_S)


@step
async def propose(trip: Trip) -> None:
    """Find out what the trip costs."""
    trip.plan.price = await look_up(trip.plan)


@human()
def approve(trip: Trip, answer: Approve | Edit[Plan] | Reject) -> Literal["book", "leave"]:
    """Book this trip? Edit it for more than 7 nights to see it undone: no car is to be had for that long."""
    if isinstance(answer, Reject):
        trip.remark = answer.reason or "not wanted"
        return "leave"
    if isinstance(answer, Edit):
        trip.plan = answer.value
    return "book"


@step
async def flight(trip: Trip) -> None:
    """Book the flight."""
    trip.flight = await book_flight(trip.plan.city)


@step(retry=_PATIENCE)
async def hotel(trip: Trip) -> None:
    """Book the hotel, whose server does not answer at once."""
    if current().attempt == 1:
        message = "the hotels' server refused the connection"
        raise ConnectionRefusedError(message)
    trip.hotel = await book_hotel(trip.plan.city, trip.plan.nights)


@step
async def car(trip: Trip) -> None:
    """Rent the car."""
    trip.car = await rent_car(trip.plan.city, trip.plan.nights)


def _number(kind: str, seed: str) -> str:
    """Return a booking's number: the same for the same key."""
    return f"{kind}-{hashlib.sha256(seed.encode()).hexdigest()[:6].upper()}"


trip = StateMachine(
    "trip",
    Trip,
    START >> propose >> approve.choose({"book": flight, "leave": END}),
    flight >> hotel >> car >> END,
)
