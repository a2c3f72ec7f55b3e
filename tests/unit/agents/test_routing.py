"""Agents where sentences are routed: to read a sentence, and to be a route."""

from typing import Any

from pydantic import BaseModel

from podium import END, START, Engine, StateMachine, step
from podium.agents import Agent
from podium.routing import IntentRouter, Route
from tests.unit.agents.script import Script, final


class Trip(BaseModel):
    city: str
    booked: bool = False


@step
async def book(trip: Trip) -> None:
    trip.booked = True


travel = StateMachine("travel", Trip, START >> book >> END)
TRIPS = ["book a flight to Busan", "I need a hotel in Seoul", "fly me to Tokyo"]
BILLS = ["where is my invoice", "I want a refund", "you charged my card twice"]


def desk(read: Agent[Any], answer: Agent[str]) -> IntentRouter:
    """Return a router with two routes: one is read for by an agent, the other is an agent."""
    return IntentRouter(
        "desk",
        Route(travel, "book flights and hotels", examples=TRIPS, read=read),
        Route(answer, "questions about invoices and refunds", examples=BILLS),
    )


async def test_an_agent_reads_a_sentence_for_a_route() -> None:
    reader: Agent[Any] = Agent("reader", Script(final(city="Busan")).model, output=Trip)
    async with Engine("memory:") as engine:
        run = await engine.start(desk(reader, Agent("helper", Script("Hello.").model)), "book a flight to Busan")
        answered: Any = await run.result()
    assert (answered.route, answered.result) == ("travel", Trip(city="Busan", booked=True))


async def test_an_agent_is_a_route() -> None:
    reader: Agent[Any] = Agent("reader", Script(final(city="x")).model, output=Trip)
    async with Engine("memory:") as engine:
        run = await engine.start(desk(reader, Agent("billing", Script("It is here.").model)), "where is my invoice")
        answered: Any = await run.result()
    assert (answered.route, answered.result) == ("billing", "It is here.")
