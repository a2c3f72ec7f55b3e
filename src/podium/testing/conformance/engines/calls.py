"""Calls of tools inside steps: more than one read, one write, retries of the step, what stands in for a tool."""

from podium import END, START, Retry, StateMachine, Status, step
from podium.testing.conformance.engines.case import Case
from podium.testing.conformance.engines.parts import Trip, announce, book, fly, look, peek


@step
async def mixed(trip: Trip) -> None:
    """Read, write, read."""
    trip.found = await look(trip.city)
    trip.flight = await book(trip.city)
    trip.hotel = await look(trip.flight)


@step(retry=Retry(attempts=3, base=0, cap=0))
async def stubborn(trip: Trip) -> None:
    """Write, and fail at the first reading."""
    trip.flight = await book(trip.city)
    trip.found = await look(trip.city)


@step
async def sideways(trip: Trip) -> None:
    """Ask somebody for whom another stands in."""
    trip.found = await peek(trip.city)


mixing = StateMachine("mixing", Trip, START >> mixed >> END)
insisting = StateMachine("insisting", Trip, START >> stubborn >> END)
asking = StateMachine("asking", Trip, START >> sideways >> END)
flying = StateMachine("flying", Trip, START >> fly.state("flight", take={"city": "city"}, give="flight") >> END)
saying = StateMachine(
    "saying",
    Trip,
    START
    >> announce.state("first", take={"what": "city"}, give="flight")
    >> announce.state("second", take={"what": "city"}, give="hotel")
    >> END,
)

CASES: tuple[Case, ...] = (
    Case(
        name="reads-and-a-write-in-one-step",
        workflow=mixing,
        input=Trip(),
        gives={"flight": "Busan!", "hotel": "Busan!?"},
        effects=["book:Busan"],
    ),
    Case(
        name="step-that-is-tried-again-keeps-its-write",
        workflow=insisting,
        input=Trip(),
        faults={"look": ["well"]},
        gives={"flight": "Busan!"},
        effects=["book:Busan"],
    ),
    Case(
        name="read-for-which-another-stands-in",
        workflow=asking,
        input=Trip(),
        faults={"peek": ["unsent"] * 3},
        gives={"found": "Busan?"},
    ),
    Case(
        name="write-for-which-another-stands-in",
        workflow=flying,
        input=Trip(),
        faults={"fly": ["unsent"] * 3},
        gives={"flight": "Busan!"},
        effects=["book:Busan"],
    ),
    Case(
        name="write-for-which-none-helps",
        workflow=flying,
        input=Trip(),
        faults={"fly": ["unsent"] * 3, "book": ["unsent"] * 3},
        ends=Status.FAILED,
    ),
    Case(
        name="act-that-is-done-once",
        workflow=saying,
        input=Trip(),
        gives={"flight": "Busan!", "hotel": "Busan!"},
        effects=["announce:Busan"],
    ),
)
