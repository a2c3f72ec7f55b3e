"""Workflows without a mistake, of every kind that the simulation has to play."""

from typing import Literal

from pydantic import BaseModel

from podium import (
    END,
    FROM_ENGINE,
    START,
    Approval,
    Approve,
    Dag,
    IdempotencyKey,
    Reject,
    StateMachine,
    days,
    human,
    node,
    step,
    tool,
    wait,
)


class Trip(BaseModel):
    """The record of the machines here."""

    city: str = "Busan"
    price: int = 0
    flight: str = ""
    hotel: str = ""
    note: str = ""


@tool.read
async def price_of(city: str) -> int:
    return len(city)


@tool.write(idempotent=True, timeout=20)
async def book_flight(city: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    return f"{city} {key}"


@book_flight.compensate
async def cancel_flight(booking: str, *, key: IdempotencyKey = FROM_ENGINE) -> None:
    del booking, key


@tool.write(timeout=20)
async def book_hotel(city: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    return f"{city} {key}"


@book_hotel.reconcile
async def find_hotel(*, key: IdempotencyKey = FROM_ENGINE) -> str | None:
    return key or None


@book_hotel.compensate(idempotent=True)
async def cancel_hotel(booking: str, *, key: IdempotencyKey = FROM_ENGINE) -> None:
    del booking, key


@step
async def compare(trip: Trip) -> None:
    trip.price = await price_of(trip.city) + await price_of("Seoul")


@step
async def write_down(trip: Trip) -> None:
    trip.note = f"{trip.flight} and {trip.hotel} for {trip.price}"


flight = book_flight.state("flight", give="flight")
hotel = book_hotel.state("hotel", give="hotel")
travel = StateMachine("travel", Trip, START >> compare >> flight >> hotel >> write_down >> END)


@human(timeout=days(2), default=Reject(reason="nobody answered"))
async def editor(trip: Trip, answer: Approve | Reject) -> Literal["go", "stay"]:
    """Shall it be booked?"""
    trip.note = answer.choice
    return "go" if isinstance(answer, Approve) else "stay"


@tool.write(idempotent=True, approve=Approval(timeout=days(1)))
async def pay(city: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    return f"{city} {key}"


class Payment(BaseModel):
    """A signal's payload."""

    cents: int


paid = wait("paid", Payment, timeout=days(3))
asking = StateMachine(
    "asking",
    Trip,
    START >> editor.choose({"go": paid, "stay": END}),
    paid >> pay.state("pay", give="hotel") >> END,
)


class Places(BaseModel):
    """The input of the DAG."""

    cities: list[str] = ["Busan", "Seoul", "Jeju"]


@node(each="cities", concurrency=2)
async def bookings(item: str) -> str:
    return await book_flight(item)


@node
async def listed(bookings: list[str], cities: list[str]) -> str:
    return f"{await price_of(cities[0])} {', '.join(bookings)}"


tour = Dag("tour", Places, bookings, listed, gives=listed)


@tool.write(idempotent=True)
def stamp(text: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    return f"{text} {key}"


@tool.read
def today(city: str) -> str:
    return city


@step
def in_a_thread(trip: Trip) -> None:
    trip.note = today(trip.city) + today("Seoul")
    trip.hotel = stamp(trip.note)


threaded = StateMachine("threaded", Trip, START >> in_a_thread >> END)
