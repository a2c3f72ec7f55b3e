"""A desk whose first plan always fails, and whose second one reaches the goal over what the first has done."""

from pydantic import BaseModel

from podium import (
    END,
    FROM_ENGINE,
    START,
    IdempotencyKey,
    NotDone,
    Plan,
    PlanSpec,
    PlanStep,
    Replan,
    Situation,
    StateMachine,
    tool,
)
from podium.workflow.replan import Task


class Trip(BaseModel):
    """Where to."""

    city: str = "Busan"
    booked: str = ""


@tool.write(idempotent=True, timeout=20)
async def fly(city: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    return f"{city} {key}"


@fly.compensate
async def unfly(flight: str, *, key: IdempotencyKey = FROM_ENGINE) -> None:
    del flight, key


@tool.write(timeout=20)
async def full(city: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    del city, key
    raise NotDone("no room")


@full.compensate(idempotent=True)
async def unfull(room: str | None, *, key: IdempotencyKey = FROM_ENGINE) -> None:
    del room, key


@tool.write(timeout=20)
async def camp(city: str, flight: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    return f"{city} {flight} {key}"


@camp.reconcile
async def is_camped(*, key: IdempotencyKey = FROM_ENGINE) -> str | None:
    return key or None


@camp.compensate(idempotent=True)
async def strike(pitch: str | None, *, key: IdempotencyKey = FROM_ENGINE) -> None:
    del pitch, key


def planner(situation: Situation[Trip]) -> PlanSpec:
    city = situation.goal.city
    if not situation.done:
        steps = [
            PlanStep(name="flight", tool="fly", args={"city": city}),
            PlanStep(name="room", tool="full", args={"city": city}, after=["flight"]),
        ]
        return PlanSpec(steps=steps, gives="room")
    flight = {"from": "flight"}
    tent = PlanStep(name="tent", tool="camp", args={"city": city, "flight": flight}, replaces="room")
    return PlanSpec(steps=[tent], gives="tent")


desk = Plan("desk", Trip, planner, tools=[fly, full, camp], gives=str)


def instead(situation: Situation[Task]) -> PlanSpec:
    city = situation.goal.takes["city"]
    seat = PlanStep(name="seat", tool="fly", args={"city": city}, replaces="room")
    return PlanSpec(steps=[seat], gives="seat")


room = full.state("room", take={"city": "city"}, give="booked", replan=Replan(instead, tools=[fly]))
mended = StateMachine("mended-by-a-plan", Trip, START >> room >> END)
