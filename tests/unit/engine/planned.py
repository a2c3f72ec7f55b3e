"""A desk that plans trips, with a planner that answers what it was told to, and tools that may refuse."""

from typing import Any

from pydantic import BaseModel, JsonValue

from podium import (
    FROM_ENGINE,
    Breaker,
    IdempotencyKey,
    NotDone,
    Plan,
    PlanSpec,
    PlanStep,
    Situation,
    tool,
)
from tests.unit.engine.world import AT_ONCE, World


class Journey(BaseModel):
    """Where somebody wants to go, and what the planner answers, one after the other."""

    city: str
    answers: list[JsonValue] = []


class Ticket(BaseModel):
    """What was booked."""

    number: str
    price: int = 0


@tool.read()
async def fares(city: str, *, world: World = FROM_ENGINE) -> list[int]:
    """What flights cost."""
    await world.act("fares", city)
    return [100, 200]


@tool.write(idempotent=True, retry=AT_ONCE, once_by=lambda call: call.args["city"])
async def fly(city: str, price: int = 0, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> Ticket:
    """Book a flight."""
    await world.act("fly", city, key=key)
    return Ticket(number=f"F-{city}", price=price)


@fly.compensate
async def unfly(ticket: Ticket, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> None:
    await world.act("unfly", ticket.number, key=key)


@tool.write(idempotent=True, retry=AT_ONCE)
async def sleep_in(city: str, stars: int, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> Ticket:
    """Book a hotel."""
    await world.act("sleep_in", city, key=key)
    return Ticket(number=f"H-{city}", price=stars)


@sleep_in.compensate
async def leave(ticket: Ticket, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> None:
    await world.act("leave", ticket.number, key=key)


@tool.write(retry=AT_ONCE, breaker=Breaker("camps"))
async def camp(city: str, *, world: World = FROM_ENGINE) -> Ticket:
    """Put up a tent."""
    await world.act("camp", city, key=f"camp {len(world.calls)}")
    return Ticket(number=f"C-{city}")


@camp.compensate
async def strike(ticket: Ticket, *, world: World = FROM_ENGINE) -> None:
    await world.act("strike", ticket.number)


@tool.write(idempotent=True, retry=AT_ONCE)
async def crowd(city: str) -> Ticket:
    """Book a hotel that never has a room."""
    raise NotDone(city)


@crowd.reconcile
async def find_room(*, key: IdempotencyKey = FROM_ENGINE) -> Ticket | None:
    del key
    return None


@crowd.compensate
async def disperse(ticket: Ticket) -> None:
    del ticket


@tool.write(irreversible=True)
async def wipe(city: str, *, world: World = FROM_ENGINE) -> None:
    await world.act("wipe", city, key="wipe")


TOOLS = (fares, fly, sleep_in, camp)

ASKED: list[Situation[Journey]] = []
"""What the planner was asked; emptied by `journey`."""


def planner(situation: Situation[Journey]) -> JsonValue:
    """Answer as the goal says: the first time with its first answer, and so on; the last one again and again."""
    ASKED.append(situation)
    answers = situation.goal.answers
    return answers[min(2 - situation.remaining, len(answers) - 1)]


desk = Plan("desk", Journey, planner, tools=TOOLS, gives=Ticket)


def spec(*steps: PlanStep, gives: str = "") -> JsonValue:
    return PlanSpec(steps=list(steps), gives=gives or steps[-1].name).model_dump(mode="json")


def flight(name: str = "flight", **more: Any) -> PlanStep:
    return PlanStep(name=name, tool="fly", args={"city": "Busan", **more.pop("args", {})}, **more)


def hotel(name: str = "hotel", **more: Any) -> PlanStep:
    return PlanStep(name=name, tool="sleep_in", args={"city": "Busan", "stars": 3, **more.pop("args", {})}, **more)


def tent(name: str = "tent", **more: Any) -> PlanStep:
    return PlanStep(name=name, tool="camp", args={"city": "Busan"}, **more)


def journey(*answers: JsonValue) -> Journey:
    ASKED.clear()
    return Journey(city="Busan", answers=list(answers))


def full(what: str = "no room") -> NotDone:
    return NotDone(what)
