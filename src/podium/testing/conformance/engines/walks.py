"""Machines, DAGs, maps, conditions, and one inside the other."""

from typing import Literal

from podium import END, START, Dag, ItemFailed, StateMachine, Status, ToolFailed, node, step
from podium.failure import Failure
from podium.testing.conformance.engines.case import Case
from podium.testing.conformance.engines.parts import Cities, Trip, look


@step
async def find(trip: Trip) -> None:
    """Look once."""
    trip.found = await look(trip.city)


@step
async def note(trip: Trip) -> None:
    """Note what was found."""
    trip.log.append(trip.found)


@step
async def count(trip: Trip) -> Literal["again", "enough"]:
    """Go round three times."""
    trip.rounds += 1
    return "again" if trip.rounds < 3 else "enough"  # noqa: PLR2004  # of the example


@step
async def apologise(trip: Trip, failure: Failure) -> None:
    """Say what went wrong."""
    trip.log.append(failure.type)


@step
def in_a_thread(trip: Trip) -> None:
    """Be an ordinary function."""
    trip.log.append("thread")


line = StateMachine("line", Trip, START >> find >> note >> in_a_thread >> END)
loop = StateMachine("loop", Trip, START >> find >> count.choose({"again": find, "enough": END}))
endless = StateMachine("endless", Trip, START >> find >> count.choose({"again": find, "enough": END}), max_visits=2)
guarded = StateMachine("guarded", Trip, START >> find.on_error(ToolFailed, to=apologise) >> END, apologise >> END)


@node
async def one(city: str) -> str:
    """Look."""
    return await look(city)


@node
async def other(city: str) -> str:
    """Look elsewhere."""
    return await look(f"{city} again")


@node
async def both(one: str, other: str) -> str:
    """Need two."""
    return f"{one} {other}"


@node(each="cities", concurrency=2)
async def each(item: str) -> str:
    """Look for every city."""
    return await look(item)


@node(each="cities", on_item_error="collect")
async def each_or_not(item: str) -> str:
    """Look for every city, and keep those that fail."""
    return await look(item)


@node
async def joined(each: list[str]) -> str:
    """Join what was found."""
    return " ".join(each)


@node
async def counted(each_or_not: list[str | ItemFailed]) -> list[str]:
    """Say which failed."""
    return [item if isinstance(item, str) else f"{item.index} failed" for item in each_or_not]


@node(when=lambda limit: limit > 1)
async def much(limit: int) -> str:
    """Run for a high limit."""
    return f"much {limit}"


@node(when=lambda limit: limit <= 1)
async def little(limit: int) -> str:
    """Run for a low limit."""
    return f"little {limit}"


@node
async def either(much: str | None, little: str | None) -> str:
    """Take the one that ran."""
    return f"{much} {little}"


diamond = Dag("diamond", Cities, one, other, both, gives=both)
mapped = Dag("mapped", Cities, each, joined, gives=joined)
collected = Dag("collected", Cities, each_or_not, counted, gives=counted)
conditional = Dag("conditional", Cities, much, little, either, gives=either)


@node
async def trip_of(city: str) -> Trip:
    """Make a machine's input."""
    return Trip(city=f"{city} by node")


walked = line.as_node("walked", take="trip_of")
machine_in_dag = Dag("machine_in_dag", Cities, trip_of, walked, gives=walked)
dag_in_machine = StateMachine(
    "dag_in_machine", Trip, START >> diamond.as_state("inside", take={"city": "city"}, give="found") >> note >> END
)
guarded_inside = StateMachine(
    "guarded_inside", Trip, START >> line.as_state("inside").on_error(ToolFailed, to=apologise) >> END, apologise >> END
)

CITIES = "Busan? Seoul? Jeju?"

CASES: tuple[Case, ...] = (
    Case(name="machine", workflow=line, input=Trip(), gives={"found": "Busan?", "log": ["Busan?", "thread"]}),
    Case(name="choose-and-loop", workflow=loop, input=Trip(), gives={"rounds": 3}),
    Case(name="too-many-visits", workflow=endless, input=Trip(), ends=Status.FAILED, fails="TooManyVisitsError"),
    Case(
        name="error-edge",
        workflow=guarded,
        input=Trip(),
        faults={"look": ["refused"]},
        gives={"log": ["Refused"]},
    ),
    Case(name="step-that-fails", workflow=line, input=Trip(), faults={"look": ["refused"]}, ends=Status.FAILED),
    Case(name="read-that-is-tried-again", workflow=line, input=Trip(), faults={"look": ["unsent"] * 2}),
    Case(name="dag", workflow=diamond, input=Cities(), gives="Busan? Busan again?"),
    Case(name="map", workflow=mapped, input=Cities(), gives=CITIES),
    Case(name="map-over-nothing", workflow=mapped, input=Cities(cities=[]), gives=""),
    Case(
        name="map-that-fails",
        workflow=mapped,
        input=Cities(cities=["Busan"]),
        faults={"look": ["refused"]},
        ends=Status.FAILED,
    ),
    Case(
        name="map-that-collects",
        workflow=collected,
        input=Cities(cities=["Busan"]),
        faults={"look": ["refused"]},
        gives=["0 failed"],
    ),
    Case(name="condition-holds", workflow=conditional, input=Cities(limit=2), gives="much 2 None"),
    Case(name="condition-does-not-hold", workflow=conditional, input=Cities(limit=1), gives="None little 1"),
    Case(
        name="machine-in-dag",
        workflow=machine_in_dag,
        input=Cities(),
        gives={"found": "Busan by node?", "log": ["Busan by node?", "thread"]},
    ),
    Case(name="dag-in-machine", workflow=dag_in_machine, input=Trip(), gives={"log": ["Busan? Busan again?"]}),
    Case(
        name="nested-failure-on-an-error-edge",
        workflow=guarded_inside,
        input=Trip(),
        faults={"look": ["refused"]},
        gives={"log": ["Refused"]},
    ),
)
