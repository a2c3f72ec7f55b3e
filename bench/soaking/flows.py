"""The workflows of the soak: a chain, one with a person and a signal, a DAG, and one whose write nobody can ask about.

All write at one service. Some are refused their last booking, and then have to give everything back.
"""

from __future__ import annotations

from typing import Literal

import httpx
from pydantic import BaseModel

from podium import (
    END,
    FROM_ENGINE,
    START,
    Approve,
    Dag,
    IdempotencyKey,
    Reject,
    Retry,
    StateMachine,
    human,
    minutes,
    node,
    step,
    tool,
    wait,
)
from podium.workflow.binding import Compiled

TIMEOUT_S = 1.0
RETRY = Retry(attempts=3, base=0.02, cap=0.5)


class Booked(BaseModel):
    """What the service answers to an act."""

    number: int
    run: str
    what: str
    sign: int


class Desk:
    """The service, as tools get it.

    Args:
        http: Open, with the service as its base.
    """

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def act(self, run: str, what: str, sign: int, *, key: str) -> Booked:
        """Book (1) or give back (-1); without a key, by a stamp."""
        asked = {"run": run, "what": what, "sign": sign}
        headers = {"Idempotency-Key": key} if key else {}
        reply = await self._http.post("/acts" if key else "/acts/stamps", json=asked, headers=headers)
        return Booked.model_validate_json(reply.raise_for_status().content)

    async def price(self, run: str) -> int:
        """Ask what nobody has to remember."""
        return int((await self._http.get(f"/prices/{run}")).raise_for_status().json())


class Order(BaseModel):
    """The record of the chains."""

    run: str
    price: int = 0
    reserved: Booked | None = None
    charged: Booked | None = None
    stamped: Booked | None = None
    shipped: Booked | None = None
    paid: int = 0


class Trip(BaseModel):
    """The input of the DAG."""

    run: str


class RejectedError(Exception):
    """A person said no."""


@tool.read(retry=RETRY, timeout=TIMEOUT_S)
async def price(run: str, *, desk: Desk = FROM_ENGINE) -> int:
    """Ask for a price."""
    return await desk.price(run)


@tool.write(idempotent=True, retry=RETRY, timeout=TIMEOUT_S)
async def book(run: str, what: str, *, key: IdempotencyKey = FROM_ENGINE, desk: Desk = FROM_ENGINE) -> Booked:
    """Book one thing."""
    return await desk.act(run, what, 1, key=key)


@book.compensate
async def give_back(booked: Booked, *, key: IdempotencyKey = FROM_ENGINE, desk: Desk = FROM_ENGINE) -> None:
    """Give back what was booked."""
    await desk.act(booked.run, booked.what, -1, key=key)


@tool.write(retry=RETRY, timeout=TIMEOUT_S)
async def stamp(run: str, *, desk: Desk = FROM_ENGINE) -> Booked:
    """Do what has no key, and what nobody can ask about."""
    return await desk.act(run, "stamp", 1, key="")


@stamp.compensate(idempotent=True)
async def unstamp(booked: Booked, *, key: IdempotencyKey = FROM_ENGINE, desk: Desk = FROM_ENGINE) -> None:
    """Give it back; this has a key."""
    await desk.act(booked.run, booked.what, -1, key=key)


@step
async def reserve(order: Order) -> None:
    """Read, then write."""
    order.price = await price(order.run)
    order.reserved = await book(order.run, "reserve")


@step
async def charge(order: Order) -> None:
    """Write."""
    order.charged = await book(order.run, "charge")


@step
async def ship(order: Order) -> None:
    """Write what may be refused for good."""
    order.shipped = await book(order.run, "ship")


@human(timeout=minutes(5), default=Reject(reason="nobody answered"))
async def consent(order: Order, answer: Approve | Reject) -> Literal["yes", "no"]:
    """Shall it be sent?"""
    order.paid = 0
    return "yes" if isinstance(answer, Approve) else "no"


@step
async def rejected(order: Order) -> None:
    """End as a failure, so that all is given back."""
    raise RejectedError(order.run)


paid = wait("paid", int, give="paid", timeout=minutes(5))
stamped = stamp.state("stamped", take={"run": "run"}, give="stamped")

order = StateMachine("order", Order, START >> reserve >> charge >> ship >> END)
asking = StateMachine(
    "asking",
    Order,
    START >> reserve >> consent.choose({"yes": charge, "no": rejected}),
    charge >> paid >> ship >> END,
    rejected >> END,
)
stamping = StateMachine("stamping", Order, START >> reserve >> stamped >> ship >> END)


@node
async def flight(run: str) -> Booked:
    """Write, beside others."""
    return await book(run, "flight")


@node
async def hotel(run: str) -> Booked:
    """Write, beside others."""
    return await book(run, "hotel")


@node
async def car(run: str) -> Booked:
    """Write what may be refused for good, beside others."""
    return await book(run, "car")


@node
async def total(run: str, flight: Booked, hotel: Booked, car: Booked) -> int:
    """Wait for all, and read."""
    return await price(run) + flight.number + hotel.number + car.number


trip = Dag("trip", Trip, flight, hotel, car, total, gives=total)

FLOWS: tuple[tuple[Compiled, type[Order | Trip], tuple[str, ...]], ...] = (
    (order, Order, ("reserve", "charge", "ship")),
    (asking, Order, ("reserve", "charge", "ship")),
    (trip, Trip, ("flight", "hotel", "car")),
    (stamping, Order, ("reserve", "stamp", "ship")),
)
"""Each workflow, its input, and what a completed run of it has booked, each once."""
