"""Guards as authors write them; clean."""

from typing import Any

from pydantic import BaseModel

from podium import (
    END,
    START,
    Breaker,
    Budget,
    Bulkhead,
    Dag,
    Guards,
    Hedge,
    Rate,
    Retry,
    StateMachine,
    node,
    seconds,
    step,
    tool,
)

AIRLINE = Breaker("airline", open_for=seconds(10), slow=2)


class Trip(BaseModel):
    city: str
    seats: int = 0


def tokens(args: dict[str, Any]) -> int:
    return len(args["city"])


@tool.read(
    retry=Retry(attempts=4),
    timeout=20,
    deadline=seconds(60),
    breaker=AIRLINE,
    bulkhead=Bulkhead(8, queue=0),
    rate=Rate("airline", requests=60, tokens=9000, estimate=tokens),
    budget=Budget("trips", money=5_000_000, cost=lambda args: (20_000, 0)),
    hedge=Hedge(0.2),
    hard=True,
)
async def seats(city: str) -> int:
    return 3


@step(retry=Retry(attempts=2), timeout=60, calls=Guards(timeout=5, breaker=AIRLINE))
async def look(trip: Trip) -> None:
    trip.seats = await seats(trip.city)


@node(calls=Guards(retry=Retry(attempts=1)))
async def found(city: str) -> int:
    return await seats(city)


machine = StateMachine(
    "travel", Trip, START >> look >> seats.state("again", give="seats", calls=Guards(timeout=2)) >> END
)
dag: Dag[Trip, int] = Dag("search", Trip, seats.node("free", calls={"timeout": 2}), found, gives=found)
