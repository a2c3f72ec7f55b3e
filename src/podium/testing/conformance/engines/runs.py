"""What is done with whole runs: sent on, copied, restarted, taken over, started by others."""

from podium import END, START, StateMachine, Status, current, step
from podium.testing.conformance.engines.case import Cancel, Case, Crash, ForkRun, Release, Restart, RetryRun
from podium.testing.conformance.engines.parts import Trip, look
from podium.testing.conformance.engines.walks import find, line, note
from podium.testing.conformance.engines.writes import booking, charging


@step
async def begin(trip: Trip) -> None:
    """Start another run."""
    await current().start(line, Trip(city="Jeju"), id=f"{current().run_id}-child")
    trip.car = "begun"


@step
async def pause(trip: Trip) -> None:
    """Look, for as long as that takes."""
    trip.found = await look(trip.city)


starting = StateMachine("starting", Trip, START >> begin >> END)
pausing = StateMachine("pausing", Trip, START >> note >> pause >> find >> END)

CASES: tuple[Case, ...] = (
    Case(
        name="run-that-is-sent-on",
        workflow=line,
        input=Trip(),
        faults={"look": ["refused"]},
        script=[RetryRun(after="RunFailed")],
        gives={"found": "Busan?"},
    ),
    Case(
        name="run-that-can-not-be-sent-on",
        workflow=line,
        input=Trip(),
        script=[RetryRun(after="RunCompleted", is_refused=True), Cancel(is_refused=True)],
        gives={"found": "Busan?"},
    ),
    Case(
        name="run-that-outlives-its-engine",
        workflow=pausing,
        input=Trip(),
        faults={"look": ["held"]},
        script=[Restart(after="StepStarted pause")],
        gives={"found": "Busan?"},
    ),
    Case(
        name="fork",
        workflow=booking,
        input=Trip(),
        script=[ForkRun(after="RunCompleted", at=4, writes=True)],
        gives={"flight": "Busan!"},
        effects=["book:Busan"],
    ),
    Case(name="run-that-starts-another", workflow=starting, input=Trip(), gives={"car": "begun"}),
    Case(
        name="process-that-dies-in-a-read",
        workflow=pausing,
        input=Trip(),
        faults={"look": ["held"]},
        script=[Crash(after="StepStarted pause")],
        gives={"found": "Busan?"},
    ),
    Case(
        name="process-that-dies-in-a-write-under-a-key",
        workflow=booking,
        input=Trip(),
        faults={"book": ["held"]},
        script=[Crash(after="call book")],
        gives={"flight": "Busan!"},
        effects=["book:Busan"],
    ),
    Case(
        name="cancelled-while-a-write-is-under-way",
        workflow=charging,
        input=Trip(),
        faults={"charge": ["held"]},
        script=[Cancel(after="call charge"), Release(after="CancelAsked", tool="charge")],
        ends=Status.CANCELLED,
        effects=["charge:Busan"],
        varies=True,
    ),
)
