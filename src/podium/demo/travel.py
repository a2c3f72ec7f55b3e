"""The `travel` machine: books a flight, and a hotel and a car where they are asked for, over three real services.

Every booking is a write with an idempotency key, a compensation, and a way to ask whether it happened: what a good
service offers. Nothing in here knows about crashes, retries, doubt, or about undoing: what a trip that fails has booked
is cancelled, because `book` says how.
"""

from typing import Literal

from pydantic import BaseModel, Field

from podium import END, FROM_ENGINE, START, Failure, IdempotencyKey, Retry, StateMachine, ToolFailed, human, step, tool
from podium.demo.client import DeskClient
from podium.demo.desk.models import Booking, BookingRequest, Kind, Offer
from podium.demo.wish import Unclear, read_wish

PATIENCE = Retry(attempts=5, base=0.1, cap=1.0)
READ_S = 2.0
WRITE_S = 4.0


class Trip(BaseModel):
    """What a run of `travel` works on.

    Attributes:
        wish: What the traveller wrote; the step `understand` makes the next four fields of it.
        order: What the bookings belong to; a traveller's order holds one booking at each service.
        city: Where to; empty until it is understood.
        nights: How long.
        hotel_wanted, car_wanted: What is booked beside the flight.
        car_needed: Without a car the traveller does not go at all.
        unclear: Why the wish was not understood; empty when it was.
        offers: The best offer for each booking, in order.
        flight, hotel, car: The bookings, once made.
        remarks: What the traveller should know.
    """

    wish: str
    order: str
    traveller: str = "guest"
    city: str = ""
    nights: int = 1
    hotel_wanted: bool = True
    car_wanted: bool = False
    car_needed: bool = False
    unclear: list[str] = Field(default_factory=list)
    offers: list[Offer] = Field(default_factory=list)
    flight: Booking | None = None
    hotel: Booking | None = None
    car: Booking | None = None
    remarks: list[str] = Field(default_factory=list)


class CarNeededError(Exception):
    """No car is to be had, and the traveller does not go without one."""


class Rewording(BaseModel):
    """The answer to a wish that was not understood."""

    wish: str


# ----- tools


@tool.read(retry=PATIENCE, timeout=READ_S)
async def search_offers(kind: Kind, city: str, *, desk: DeskClient = FROM_ENGINE) -> list[Offer]:
    """Look for offers, the cheapest first."""
    return await desk.search(kind, city)


@tool.write(idempotent=True, retry=PATIENCE, timeout=WRITE_S)
async def book(
    kind: Kind, asked: BookingRequest, *, key: IdempotencyKey = FROM_ENGINE, desk: DeskClient = FROM_ENGINE
) -> Booking:
    """Book a flight, a hotel or a car."""
    return await desk.book(kind, asked, key=key)


@book.compensate
async def cancel(booking: Booking, *, key: IdempotencyKey = FROM_ENGINE, desk: DeskClient = FROM_ENGINE) -> Booking:
    """Cancel a booking."""
    return await desk.cancel(booking, key=key)


@book.reconcile
async def find(kind: Kind, *, key: IdempotencyKey = FROM_ENGINE, desk: DeskClient = FROM_ENGINE) -> Booking | None:
    """Ask the service whether it has booked."""
    return await desk.find(kind, key=key)


# ----- states


@step
def understand(trip: Trip) -> Literal["clear", "unclear"]:
    """Make a trip of the wish."""
    read = read_wish(trip.wish)
    if isinstance(read, Unclear):
        trip.unclear = list(read.reasons)
        return "unclear"
    trip.unclear = []
    trip.city, trip.nights = read.city, read.nights
    trip.hotel_wanted, trip.car_wanted, trip.car_needed = read.hotel, read.car, read.car_needed
    trip.remarks.extend(f"assumed: {what}" for what in read.assumed)
    return "clear"


@human()
def reword(trip: Trip, answer: Rewording) -> None:
    """Where to, for how many nights, with a hotel, with a car?"""
    trip.wish = answer.wish


@step
async def flight(trip: Trip) -> Literal["stay", "drive", "done"]:
    """Book the flight."""
    trip.flight = await _best("flight", trip)
    if trip.hotel_wanted:
        return "stay"
    return "drive" if trip.car_wanted else "done"


@step
async def hotel(trip: Trip) -> Literal["drive", "done"]:
    """Book the hotel."""
    trip.hotel = await _best("hotel", trip)
    return "drive" if trip.car_wanted else "done"


@step
async def car(trip: Trip) -> None:
    """Book the car."""
    trip.car = await _best("car", trip)


@step
def by_train(trip: Trip, failure: Failure) -> None:
    """Go without a car, since none is to be had, unless the trip was wished only with one."""
    if trip.car_needed:
        raise CarNeededError(failure.message)
    trip.remarks.append(f"no car ({failure.message}): take the train")


async def _best(kind: Kind, trip: Trip) -> Booking:
    """Note the best offer and book it."""
    trip.offers.append((await search_offers(kind, trip.city))[0])
    asked = BookingRequest(city=trip.city, traveller=trip.traveller, order=trip.order, nights=trip.nights)
    return await book(kind, asked)


driving = car.on_error(ToolFailed, to=by_train, undo=False)
staying = hotel.choose({"drive": driving, "done": END})
flying = flight.choose({"stay": staying, "drive": driving, "done": END})

travel = StateMachine(
    "travel",
    Trip,
    START >> understand.choose({"clear": flying, "unclear": reword}),
    reword >> understand,
    driving >> END,
    by_train >> END,
)
