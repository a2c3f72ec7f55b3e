"""Runs that plan: what is carried out came with the data."""

from pydantic import BaseModel, JsonValue

from podium import END, START, Plan, PlanSpec, PlanStep, Replan, Situation, StateMachine, Status
from podium.testing.conformance.engines.case import Case, Crash, Restart
from podium.testing.conformance.engines.parts import Trip, book, fly, look
from podium.workflow.replan import Task

_SAYS: JsonValue = {"from": "flight"}


class Wish(BaseModel):
    """What a plan is made for."""

    city: str = "Busan"


def planner(situation: Situation[Wish]) -> PlanSpec:
    """Book, and look whether it is good; where that can not be told, fly instead."""
    city = situation.goal.city
    if situation.done:
        return PlanSpec(steps=[_step("car", "fly", _SAYS, replaces="seen")], gives="car")
    flight = PlanStep(name="flight", tool="book", args={"city": city})
    return PlanSpec(steps=[flight, _step("seen", "look", _SAYS), _step("fair", "look", city)], gives="seen")


def _step(name: str, tool: str, what: JsonValue, *, replaces: str = "") -> PlanStep:
    return PlanStep(name=name, tool=tool, args={"city" if tool == "fly" else "what": what}, replaces=replaces)


def reckless(situation: Situation[Wish]) -> PlanSpec:
    """Do what may not be done."""
    return PlanSpec(steps=[PlanStep(name="x", tool="charge", args={"what": situation.goal.city})], gives="x")


def otherwise(situation: Situation[Task]) -> PlanSpec:
    """Fly where nothing could be booked."""
    return PlanSpec(steps=[_step("instead", "fly", situation.goal.takes["city"], replaces="flight")], gives="instead")


desk = Plan("plan-desk", Wish, planner, tools=[look, book, fly], gives=str, limit=1)
refusing = Plan("plan-refused", Wish, reckless, tools=[look], gives=str, limit=1)
mended = StateMachine(
    "plan-mended",
    Trip,
    START >> book.state("flight", take={"city": "city"}, give="flight", replan=Replan(otherwise, tools=[fly])) >> END,
)

NO = {"look:Busan!": ["refused"]}
BOTH = ["book:Busan", "fly:Busan!"]

CASES: tuple[Case, ...] = (
    Case(name="plan", workflow=desk, input=Wish(), gives="Busan!?", effects=["book:Busan"]),
    Case(name="plan-and-another-one", workflow=desk, input=Wish(), faults=NO, gives="Busan!!", effects=BOTH),
    Case(
        name="plans-that-all-fail",
        workflow=desk,
        input=Wish(),
        faults={**NO, "fly": ["refused"]},
        ends=Status.COMPENSATED,
        fails="PlanFailed",
        effects=["book:Busan", "unbook:Busan!"],
    ),
    Case(name="plans-that-are-refused", workflow=refusing, input=Wish(), ends=Status.FAILED, fails="PlanFailed"),
    Case(
        name="plan-in-doubt-that-is-sent-again",
        workflow=desk,
        input=Wish(),
        faults={**NO, "fly": ["lost"]},
        gives="Busan!!",
        effects=BOTH,
    ),
    Case(
        name="plan-whose-process-dies",
        workflow=desk,
        input=Wish(),
        script=[Crash(after="StepDone plan/flight")],
        faults={**NO, "book": ["lost"]},
        gives="Busan!!",
        effects=BOTH,
        varies=True,
    ),
    Case(
        name="plan-whose-engine-is-closed",
        workflow=desk,
        input=Wish(),
        script=[Restart(after="StepStarted planner#2")],
        faults=NO,
        gives="Busan!!",
        effects=BOTH,
        varies=True,
    ),
    Case(
        name="replan",
        workflow=mended,
        input=Trip(),
        faults={"book": ["refused"]},
        gives={"flight": "Busan!"},
        effects=["fly:Busan"],
    ),
)
