"""Runs that undo what they wrote."""

from podium import END, START, Dag, StateMachine, Status, ToolFailed, Verb, node, step
from podium.failure import Failure
from podium.testing.conformance.engines.case import Cancel, Case, Resolve, RetryRun
from podium.testing.conformance.engines.parts import Cities, Trip, book, look, ship

TAKE = {"city": "city"}


@step
async def check_in(trip: Trip) -> None:
    """Fail, if the other side says so."""
    trip.found = await look(trip.city)


@step
async def apologise(trip: Trip, failure: Failure) -> None:
    """Say what went wrong."""
    trip.log.append(failure.type)


flight = book.state("flight", take=TAKE, give="flight")
hotel = book.state("hotel", take={"city": "flight"}, give="hotel")
travel = StateMachine("travel", Trip, START >> flight >> hotel >> check_in >> END)
handled = StateMachine(
    "handled",
    Trip,
    START >> flight >> hotel >> check_in.on_error(ToolFailed, to=apologise, undo=True) >> END,
    apologise >> END,
)
shipping = StateMachine(
    "shipping", Trip, START >> flight >> ship.state("ship", take={"what": "city"}, give="car") >> check_in >> END
)


@node(each="cities")
async def booked(item: str) -> str:
    """Book each."""
    return await book(item)


@node
async def confirmed(booked: list[str]) -> str:
    """Fail, if the other side says so."""
    return await look(booked[0])


tour = Dag("tour", Cities, booked, confirmed, gives=confirmed)
nested = StateMachine("nested", Trip, START >> travel.as_state("inside") >> END)

NO = {"look": ["refused"]}
BOTH = ["book:Busan", "book:Busan!"]
UNDONE = [*BOTH, "unbook:Busan!", "unbook:Busan!!"]

CASES: tuple[Case, ...] = (
    Case(
        name="saga",
        workflow=travel,
        input=Trip(),
        faults=NO,
        ends=Status.COMPENSATED,
        fails="Refused",
        effects=UNDONE,
    ),
    Case(
        name="saga-of-a-map",
        workflow=tour,
        input=Cities(cities=["A", "B"]),
        faults=NO,
        ends=Status.COMPENSATED,
        effects=["book:A", "book:B", "unbook:A!", "unbook:B!"],
    ),
    Case(name="saga-inside", workflow=nested, input=Trip(), faults=NO, ends=Status.COMPENSATED, effects=UNDONE),
    Case(
        name="error-edge-that-undoes",
        workflow=handled,
        input=Trip(),
        faults=NO,
        gives={"log": ["Refused"]},
        effects=UNDONE,
    ),
    Case(
        name="cancel-that-undoes",
        workflow=travel,
        input=Trip(),
        faults={"look": ["held"]},
        script=[Cancel(after="StepStarted check_in")],
        ends=Status.COMPENSATED,
        effects=UNDONE,
    ),
    Case(
        name="compensation-that-is-sent-again",
        workflow=travel,
        input=Trip(),
        faults={**NO, "unbook": ["lost"]},
        ends=Status.COMPENSATED,
        effects=UNDONE,
    ),
    Case(
        name="compensation-that-is-skipped",
        workflow=shipping,
        input=Trip(),
        faults=NO,
        script=[
            Cancel(after="StepParked check_in", is_refused=True),
            Resolve(path="check_in", verb=Verb.ABORT),
            Resolve(after="StepParked ship.undo", path="ship.undo", verb=Verb.SKIP),
        ],
        ends=Status.COMPENSATED,
        effects=["book:Busan", "ship:Busan", "unbook:Busan!"],
    ),
    Case(
        name="forward-only",
        workflow=shipping,
        input=Trip(),
        faults=NO,
        script=[Resolve(after="StepParked check_in", path="check_in", verb=Verb.SEND_AGAIN)],
        gives={"found": "Busan?"},
        effects=["book:Busan", "ship:Busan"],
    ),
    Case(
        name="rewound",
        workflow=travel,
        input=Trip(),
        faults=NO,
        script=[RetryRun(after="RunCompensated")],
        gives={"found": "Busan?"},
        effects=[*UNDONE, *BOTH],
    ),
)
