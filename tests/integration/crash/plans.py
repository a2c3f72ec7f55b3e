"""A machine that plans: the first plan fails after a write, the second one reaches the goal. Its planner counts."""

from pydantic import JsonValue

from podium import END, FROM_ENGINE, START, NotDone, Plan, Situation, StateMachine, tool
from tests.integration.crash.outside import Outside
from tests.integration.crash.workflows import AT_ONCE, Trip, book


@tool.read(retry=AT_ONCE)
async def full(what: str) -> str:
    """Has no room."""
    raise NotDone(what)


@tool.read(retry=AT_ONCE)
async def plans(situation: Situation[str], *, outside: Outside = FROM_ENGINE) -> JsonValue:
    """Plan, and be counted."""
    outside.ask("planner")
    if situation.done:
        tent: JsonValue = {"name": "tent", "tool": "book", "args": {"what": "tent"}, "replaces": "room"}
        return {"steps": [tent], "gives": "tent"}
    flight: JsonValue = {"name": "flight", "tool": "book", "args": {"what": "flight"}}
    room: JsonValue = {"name": "room", "tool": "full", "args": {"what": {"from": "flight"}}}
    return {"steps": [flight, room], "gives": "room"}


desk = Plan("desk", str, plans, tools=[book, full], gives=str)
planning = StateMachine("planning", Trip, START >> desk.as_state("desk", take={"goal": "city"}, give="paid") >> END)
