"""What can not be meant of guards is said when a workflow is defined, with its place and what to do."""

import inspect
import math
from datetime import timedelta
from typing import Any

import pytest
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
    step,
    tool,
)
from podium.errors import DefinitionError, DefinitionErrors, Fault
from podium.graph.guards import CallPolicy, merged

LAWS = {
    "window": Breaker("a", window=0),
    "calls_min": Breaker("a", calls_min=0),
    "failure_rate": Breaker("a", failure_rate=50),
    "slow_rate": Breaker("a", slow_rate=0),
    "slow": Breaker("a", slow=timedelta(0)),
    "consecutive": Breaker("a", consecutive=0),
    "open_for": Breaker("a", open_for=math.nan),
    "open_for_max": Breaker("a", open_for=10, open_for_max=5),
    "probes": Breaker("a", probes=0),
    "limit": Bulkhead(0),
    "queue": Bulkhead(1, queue=-1),
    "requests": Rate("a", requests=0),
    "limits nothing": Rate("a"),
    "how many tokens": Rate("a", tokens=1000),
    "per": Rate("a", requests=1, per=math.inf),
    "money": Budget("a", money=0, cost=lambda _: (1, 0)),
    "no name": Budget("", money=1, cost=lambda _: (1, 0)),
    "what a call costs": Budget("a", money=1),
    "after": Hedge(-1),
    "share_max": Hedge(share_max=2),
}


class Trip(BaseModel):
    city: str = ""


def guarded(**guards: Any) -> Any:
    @tool.read(**guards)
    async def look(city: str) -> str:
        return city

    return look


def flight(used: Any, **calls: Any) -> Any:
    return used.state("flight", take={"city": "city"}, **calls)


def faults_of(*states: Any) -> tuple[Fault, ...]:
    chain = START >> states[0]
    for state in states[1:]:
        chain = chain >> state
    with pytest.raises(DefinitionErrors) as raised:
        StateMachine("travel", Trip, chain >> END)
    return raised.value.faults


@pytest.mark.parametrize(("word", "guard"), LAWS.items(), ids=LAWS)
def test_number_that_can_not_be_meant_is_said_with_its_place(word: str, guard: Any) -> None:
    look = guarded(**{type(guard).__name__.lower(): guard})
    (fault,) = faults_of(flight(look))
    assert fault.code == "bad-guard"
    assert word in fault.message
    assert fault.message.startswith("tool look: ")
    assert fault.suggestion.endswith(".")
    line = inspect.getsourcelines(guarded)[1] + 1
    assert fault.where == f"{__file__}:{line}"


@pytest.mark.parametrize("name", ["timeout", "deadline"])
def test_time_in_which_no_call_can_end_is_said(name: str) -> None:
    (fault,) = faults_of(flight(guarded(**{name: 0})))
    assert (fault.code, fault.message) == ("bad-guard", f"tool look: {name}= of 0 s lets no call end")


def test_sums_that_can_be_meant_are_no_fault() -> None:
    look = guarded(
        retry=Retry(attempts=2),
        timeout=5,
        deadline=timedelta(seconds=30),
        breaker=Breaker("airline", slow=2, consecutive=None),
        bulkhead=Bulkhead(2, queue=0),
        rate=Rate("airline", requests=60, tokens=9000, estimate=len),
        budget=Budget("trips", money=1, cost=lambda _: (1, 0)),
        hedge=Hedge(),
        hard=True,
    )
    machine = StateMachine("travel", Trip, START >> flight(look) >> END)
    assert machine.graph.nodes["flight"].limits == (
        "retry 2",
        "hard timeout 5 s",
        "within 30 s",
        "breaker airline",
        "2 at once",
        "airline: 60/min, 9000 tokens/min",
        "budget trips",
        "hedged",
    )


@pytest.mark.parametrize(
    ("guards", "said"),
    [
        ({"breaker": "airline"}, 'Write breaker=Breaker("airline").'),
        ({"retry": 3}, "Write retry=Retry(attempts=3)."),
        ({"timeout": "20"}, "Write timeout=20."),
        ({"deadline": math.nan}, "Write deadline=20."),
        ({"braeker": Breaker()}, "Did you mean 'breaker'?"),
        (
            {"classify": "permanent"},
            "Write classify=lambda error: FailureKind.PERMANENT if isinstance(error, Gone) else None.",
        ),
    ],
)
def test_what_is_no_guard_is_refused_where_it_is_written(guards: dict[str, Any], said: str) -> None:
    with pytest.raises(DefinitionError) as raised:
        guarded(**guards)
    assert raised.value.fault.suggestion == said
    assert raised.value.fault.where.startswith(__file__)


def test_async_cost_is_said() -> None:
    async def cost(args: dict[str, Any]) -> tuple[int, int]:
        return 1, 0

    budget: Any = Budget("trips", money=1, cost=cost)  # type: ignore[arg-type]  # authors without a type checker
    (fault,) = faults_of(flight(guarded(budget=budget)))
    assert "cost= is async" in fault.message


# ----- hedging


@tool.write(hedge=Hedge())
async def hedged_write(city: str) -> str:
    return city


@tool.write
async def book(city: str) -> str:
    return city


@step(calls=Guards(hedge=Hedge()))
async def hedged_step(trip: Trip) -> None:
    await book(trip.city)


def test_write_can_not_be_hedged() -> None:
    (fault,) = faults_of(flight(hedged_write))
    assert (fault.code, fault.where.partition(":")[0]) == ("hedged-write", __file__)
    assert "hedged_write" in fault.message


def test_step_that_writes_can_not_be_hedged() -> None:
    (fault,) = faults_of(hedged_step)
    assert (fault.code, fault.message) == (
        "hedged-write",
        "hedged_step, which writes by book, can not be hedged: a second call is a second write",
    )
    (fault,) = faults_of(flight(book, calls=Guards(hedge=Hedge())))
    assert fault.code == "hedged-write"


# ----- names


@tool.read(breaker=Breaker("airline", open_for=5), rate=Rate("airline", tokens=9, estimate=lambda _: 1))
async def seats(city: str) -> str:
    return city


@tool.read(breaker=Breaker("airline", open_for=10), rate=Rate("airline", tokens=9, estimate=lambda _: 2))
async def meals(city: str) -> str:
    return city


def test_name_with_two_policies_is_said_with_both_places() -> None:
    (fault,) = faults_of(seats.state("seats", take={"city": "city"}), meals.state("meals", take={"city": "city"}))
    assert fault.code == "two-policies"
    assert fault.message == "tool meals: Breaker 'airline' says open_for=10, and tool seats says open_for=5"
    assert str(seats.where) in fault.suggestion
    assert fault.where == str(meals.where)


def test_step_that_says_another_policy_for_a_name_is_said() -> None:
    other = Guards(breaker=Breaker("airline", open_for=7))
    (fault,) = faults_of(seats.state("seats", calls=other, take={"city": "city"}))
    assert (fault.code, fault.message.partition(":")[0]) == ("two-policies", "calls= of seats")


@step(calls=Guards(breaker=Breaker("airline", open_for=5)))
async def guarded_step(trip: Trip) -> None:
    """Nothing in it but the step itself names the airline."""


def test_policy_of_a_nested_workflow_counts_too() -> None:
    inner = StateMachine("inner", Trip, START >> guarded_step >> END)
    (fault,) = faults_of(inner.as_state("inner"), meals.state("meals", take={"city": "city"}))
    assert fault.code == "two-policies"


def test_guard_of_a_step_needs_a_name() -> None:
    (fault,) = faults_of(flight(guarded(), calls=Guards(bulkhead=Bulkhead(2))))
    assert (fault.code, fault.message) == (
        "unnamed-guard",
        "calls= of flight: Bulkhead needs a name there; without one it is a tool's own",
    )


def test_guard_of_a_dependency_does_not_stand_before_what_is_called_in_its_place() -> None:
    other = guarded()

    @tool.read(fallback=[other])
    async def first(city: str) -> str:
        return city

    (fault,) = faults_of(flight(first, calls=Guards(timeout=5, breaker=Breaker("airline"))))
    assert fault.code == "guard-of-fallback"
    assert "Breaker 'airline' would hold for look too" in fault.message


# ----- what a step says counts over what its tools say


def test_step_counts_over_the_tool_guard_by_guard() -> None:
    tools = CallPolicy(retry=Retry(attempts=5), timeout_ms=1000, breaker=Breaker("airline"), is_hard=True)
    assert merged(tools, CallPolicy(timeout_ms=50)) == CallPolicy(
        retry=Retry(attempts=5), timeout_ms=50, breaker=Breaker("airline"), is_hard=True
    )
    assert merged(tools, None) is tools


def test_guards_are_shown_where_they_are_said() -> None:
    @node(retry=Retry(attempts=2), calls=Guards(timeout=3, breaker=Breaker("airline", open_for=5)))
    async def found(city: str) -> str:
        return await seats(city)

    looked = guarded(timeout=9, retry=Retry()).node("looked", calls=Guards(timeout=2))
    dag = Dag("search", Trip, found, looked, gives=found)
    assert dag.graph.nodes["found"].limits == ("retry 2", "calls: timeout 3 s", "calls: breaker airline")
    assert dag.graph.nodes["found"].tools[0].limits == ("breaker airline", "airline: 9 tokens/min")
    assert dag.graph.nodes["looked"].limits == ("retry 3", "timeout 2 s")


def test_compensation_has_the_guards_of_its_tool_but_budget_and_deadline() -> None:
    @tool.write(
        timeout=5,
        deadline=9,
        rate=Rate("airline", tokens=9, estimate=lambda args: len(args["city"])),
        budget=Budget("trips", money=1, cost=lambda _: (1, 0)),
    )
    async def buy(city: str) -> str:
        return city

    @buy.compensate
    async def refund(bought: str) -> None: ...

    guards = refund.policy.guards
    assert (guards.timeout_ms, guards.deadline_ms, guards.budget) == (5000, None, None)
    assert guards.rate is not None
    assert guards.rate.estimate is not None
    assert guards.rate.estimate({}) == 0
    StateMachine("travel", Trip, START >> flight(buy) >> END)
