"""What these sagas book and give back: writes with compensators of every kind, and a step that fails at the end."""

from typing import Unpack

from podium import END, FROM_ENGINE, START, IdempotencyKey, StateMachine, step, tool
from podium.core import events as ev
from podium.core.events import Event
from podium.workflow.state import State
from podium.workflow.workflow import WorkflowOptions
from tests.unit.engine.world import AT_ONCE, Trip, World, look


@tool.write(idempotent=True, retry=AT_ONCE)
async def flight(city: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    return await world.act("flight", city, key=key)


@flight.compensate
async def cancel_flight(booked: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> None:
    await world.act("cancel_flight", booked, key=key)


@tool.write(idempotent=True, retry=AT_ONCE)
async def hotel(city: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    return await world.act("hotel", city, key=key)


@hotel.compensate
async def cancel_hotel(booked: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    """Gives something itself."""
    return await world.act("cancel_hotel", booked, key=key)


@tool.write(idempotent=True, retry=AT_ONCE)
def car(city: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    """In a thread, like what undoes it."""
    world.note("car", city, key=key)
    return f"{city}!"


@car.compensate
def cancel_car(booked: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> None:
    world.note("cancel_car", booked, key=key)


@tool.write(retry=AT_ONCE)
async def seat(city: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    """Not keyed, and can not say: may be in doubt for good. What undoes it copes with that."""
    return await world.act("seat", city, key=key)


@seat.compensate(idempotent=True)
async def free_seat(
    booked: str | None,
    *,
    key: IdempotencyKey = FROM_ENGINE,
    forward_key: IdempotencyKey = FROM_ENGINE,
    world: World = FROM_ENGINE,
) -> None:
    world.seen.append(f"{booked} under {forward_key}")
    await world.act("free_seat", str(booked), key=key)


@tool.write(retry=AT_ONCE)
async def table(city: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    """Neither this nor what undoes it is keyed, and neither can say."""
    return await world.act("table", city, key=key)


@table.compensate
async def free_table(booked: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> None:
    await world.act("free_table", booked, key=key)


@tool.write(idempotent=True, irreversible=True, retry=AT_ONCE)
async def mail(city: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    return await world.act("mail", city, key=key)


@step
async def finish(trip: Trip) -> None:
    """Fails when the world says so."""
    trip.found = await look(trip.city)


fly = flight.state("fly", take={"city": "city"}, give="booked")
stay = hotel.state("stay", take={"city": "city"})
drive = car.state("drive", take={"city": "city"})
sit = seat.state("sit", take={"city": "city"})
dine = table.state("dine", take={"city": "city"})
post = mail.state("post", take={"city": "city"})


def machine(*states: State[Trip, None], **options: Unpack[WorkflowOptions]) -> StateMachine[Trip]:
    """Return a machine of these states in a row, then `finish`."""
    chain = START >> states[0]
    for state in (*states[1:], finish):
        chain = chain >> state
    return StateMachine("saga", Trip, chain >> END, **options)


def undone(story: list[Event]) -> list[str]:
    """Return the addresses of the steps that undid something, in the order in which they did."""
    return [event.path for event in story if isinstance(event, ev.UndoDone)]
