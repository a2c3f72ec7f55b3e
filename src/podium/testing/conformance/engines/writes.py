"""Writes: sent, refused, in doubt, decided about."""

from podium import END, START, StateMachine, Status, ToolFailed, Verb, step
from podium.failure import Failure
from podium.testing.conformance.engines.case import Case, Release, Resolve, Restart
from podium.testing.conformance.engines.parts import Trip, book, charge, order


@step
async def apologise(trip: Trip, failure: Failure) -> None:
    """Say what went wrong."""
    trip.log.append(failure.type)


@step
async def thank(trip: Trip) -> None:
    """Go on."""
    trip.log.append("thanks")


TAKE = {"what": "city"}

booking = StateMachine(
    "booking", Trip, START >> book.state("flight", take={"city": "city"}, give="flight") >> thank >> END
)
charging = StateMachine(
    "charging",
    Trip,
    START
    >> charge.state("charge", take=TAKE, give="hotel").on_error(ToolFailed, to=apologise, undo=False)
    >> thank
    >> END,
    apologise >> END,
)
ordering = StateMachine("ordering", Trip, START >> order.state("order", take=TAKE, give="car") >> thank >> END)


def _decided(verb: Verb, *, answer: str | None = None) -> list[Resolve]:
    return [Resolve(after="StepParked charge", path="charge", verb=verb, answer=answer)]


IN_DOUBT = {"charge": ["lost"]}

CASES: tuple[Case, ...] = (
    Case(name="write", workflow=booking, input=Trip(), gives={"flight": "Busan!"}, effects=["book:Busan"]),
    Case(
        name="write-that-is-refused",
        workflow=charging,
        input=Trip(),
        faults={"charge": ["refused"]},
        gives={"log": ["Refused"]},
    ),
    Case(
        name="write-that-was-not-sent",
        workflow=charging,
        input=Trip(),
        faults={"charge": ["unsent"]},
        gives={"hotel": "Busan!"},
        effects=["charge:Busan"],
    ),
    Case(
        name="write-under-a-key-is-sent-again",
        workflow=booking,
        input=Trip(),
        faults={"book": ["lost"]},
        gives={"flight": "Busan!"},
        effects=["book:Busan"],
    ),
    Case(
        name="doubt-that-reconcile-ends",
        workflow=ordering,
        input=Trip(),
        faults={"order": ["lost"]},
        gives={"car": "Busan!"},
        effects=["order:Busan"],
    ),
    Case(
        name="doubt-decided-done",
        workflow=charging,
        input=Trip(),
        faults=IN_DOUBT,
        script=_decided(Verb.DONE, answer="by hand"),
        gives={"hotel": "by hand"},
        effects=["charge:Busan"],
    ),
    Case(
        name="doubt-decided-not-done",
        workflow=charging,
        input=Trip(),
        faults={"charge": ["gone"]},
        script=_decided(Verb.NOT_DONE),
        gives={"hotel": "Busan!"},
        effects=["charge:Busan"],
    ),
    Case(
        name="doubt-decided-send-again",
        workflow=charging,
        input=Trip(),
        faults={"charge": ["gone"]},
        script=_decided(Verb.SEND_AGAIN),
        gives={"hotel": "Busan!"},
        effects=["charge:Busan"],
    ),
    Case(
        name="doubt-decided-abort",
        workflow=charging,
        input=Trip(),
        faults=IN_DOUBT,
        script=_decided(Verb.ABORT),
        ends=Status.FAILED,
        effects=["charge:Busan"],
    ),
    Case(
        name="doubt-outlives-its-engine",
        workflow=charging,
        input=Trip(),
        faults=IN_DOUBT,
        script=[Restart(after="StepParked charge"), *_decided(Verb.DONE, answer="by hand")],
        gives={"hotel": "by hand"},
        effects=["charge:Busan"],
    ),
    Case(
        name="write-that-settles-as-its-engine-closes",
        workflow=booking,
        input=Trip(),
        faults={"book": ["held"]},
        script=[Release(after="call book", tool="book"), Restart(after="WriteDone flight")],
        gives={"flight": "Busan!"},
        effects=["book:Busan"],
    ),
)
