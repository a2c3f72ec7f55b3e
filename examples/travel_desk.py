"""A desk that finds out what a sentence is for, asks for what is missing, and books it in the same run.

$ podium route examples/travel_desk.py "fly me to Busan for three nights"
$ podium run examples/travel_desk.py:desk text="a week in Porto"
$ podium run examples/travel_desk.py:desk text="hello?"
"""

import re

from pydantic import BaseModel, Field

from podium import END, FROM_ENGINE, START, IdempotencyKey, StateMachine, step, tool
from podium.routing import IntentRouter, Route

CITIES = ("Busan", "Lisbon", "Oslo", "Porto", "Rome")
NIGHTS = {"one": 1, "two": 2, "three": 3, "a week": 7}
BOOKED: dict[str, str] = {}
"""Stands in for an airline and a hotel that remember their keys."""


class Trip(BaseModel):
    """What is booked."""

    city: str = Field(description="where to")
    nights: int = Field(description="for how long")
    flight: str = ""
    hotel: str = ""


class Change(BaseModel):
    """What is changed of a booking."""

    booking: str = Field(description="the number on your ticket, such as T7")
    answer: str = ""


class Question(BaseModel):
    """What somebody at the desk is to look at."""

    text: str
    answer: str = ""


@tool.write(idempotent=True)
async def book(what: str, city: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    """Book a flight or a room."""
    return BOOKED.setdefault(key, f"{what} {city}")


@book.compensate
async def cancel(booking: str, *, key: IdempotencyKey = FROM_ENGINE) -> None:
    """Give it back."""
    BOOKED.pop(key, booking)


@step
async def flight(trip: Trip) -> None:
    """Book the flight."""
    trip.flight = await book("seat to", trip.city)


@step
async def hotel(trip: Trip) -> None:
    """Book the room."""
    trip.hotel = await book(f"{trip.nights} nights in", trip.city)


@step
async def look_up(change: Change) -> None:
    """Look up what the booking allows."""
    change.answer = f"{change.booking} can be changed until the day before"


@step
async def note(question: Question) -> None:
    """Leave it for a colleague."""
    question.answer = "somebody will call you back"


travel = StateMachine("travel", Trip, START >> flight >> hotel >> END)
changes = StateMachine("changes", Change, START >> look_up >> END)
helpdesk = StateMachine("helpdesk", Question, START >> note >> END)


def read_trip(text: str) -> Trip | None:
    """Find a city and the nights; without either, the traveller is asked."""
    city = next((city for city in CITIES if city in text), None)
    nights = next((count for words, count in NIGHTS.items() if words in text), None)
    return None if city is None or nights is None else Trip(city=city, nights=nights)


def read_change(text: str) -> Change | None:
    """Find the number of a ticket."""
    found = re.search(r"\bT\d+\b", text)
    return Change(booking=found.group()) if found else None


desk = IntentRouter(
    "desk",
    Route(
        travel,
        "book a flight and a hotel",
        examples=[
            "fly me to Rome",
            "a week in Lisbon",
            "book a flight to Oslo and a room",
            "two nights in Porto, please",
        ],
        read=read_trip,
    ),
    Route(
        changes,
        "change or cancel a booking",
        examples=["change my booking T3", "I need to cancel my flight", "move my trip to another day", "cancel T12"],
        read=read_change,
    ),
    otherwise=helpdesk,
)
