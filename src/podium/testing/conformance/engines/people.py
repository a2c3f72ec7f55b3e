"""People, signals and time."""

from typing import Literal

from podium import END, START, Approve, NotApproved, Reject, StateMachine, Status, days, human, sleep, step, wait
from podium.failure import Failure
from podium.testing.conformance.engines.case import Answer, Cancel, Case, Release, Signal
from podium.testing.conformance.engines.parts import Trip, look, pay, pay_soon

SOON = 0.3
"""Seconds that a case waits for: long enough to be a wait, short enough where time is real."""


@human(timeout=days(30), default=Reject())
async def editor(trip: Trip, answer: Approve | Reject) -> Literal["publish", "drop"]:
    """Shall it be published?"""
    trip.log.append(answer.choice)
    return "publish" if isinstance(answer, Approve) else "drop"


@human(timeout=SOON, default=Reject())
async def hasty(trip: Trip, answer: Approve | Reject) -> None:
    """Quick, shall it be published?"""
    trip.log.append(answer.choice)


@human(timeout=SOON)
async def strict(trip: Trip, answer: Approve | Reject) -> None:
    """Somebody has to answer."""
    trip.log.append(answer.choice)


@step
async def publish(trip: Trip) -> None:
    """Publish it."""
    trip.found = await look(trip.city)


@step
async def regret(trip: Trip, failure: Failure) -> None:
    """Say why not."""
    trip.log.append(failure.type)


@step
async def open_shop(trip: Trip) -> None:
    """Look, for as long as that takes."""
    trip.found = await look(trip.city)


desk = StateMachine("desk", Trip, START >> editor.choose({"publish": publish, "drop": END}), publish >> END)
hasty_desk = StateMachine("hasty_desk", Trip, START >> hasty >> publish >> END)
strict_desk = StateMachine("strict_desk", Trip, START >> strict >> publish >> END)
paying = StateMachine(
    "paying",
    Trip,
    START >> pay.state("pay", take={"what": "city"}, give="hotel").on_error(NotApproved, to=regret, undo=False) >> END,
    regret >> END,
)
paying_soon = StateMachine(
    "paying_soon",
    Trip,
    START
    >> pay_soon.state("pay", take={"what": "city"}, give="hotel").on_error(NotApproved, to=regret, undo=False)
    >> END,
    regret >> END,
)
napping = StateMachine("napping", Trip, START >> sleep("nap", SOON) >> publish >> END)
waiting = StateMachine("waiting", Trip, START >> open_shop >> wait("paid", str, give="hotel") >> publish >> END)
waiting_soon = StateMachine("waiting_soon", Trip, START >> wait("paid", str, give="hotel", timeout=SOON) >> END)
twice = StateMachine(
    "twice", Trip, START >> open_shop >> wait("paid", str, give="hotel") >> wait("sent", str, give="car") >> END
)
late = StateMachine("late", Trip, START >> wait("paid", str, give="hotel") >> END, deadline=SOON)

CASES: tuple[Case, ...] = (
    Case(
        name="question",
        workflow=desk,
        input=Trip(),
        script=[Answer(after="TaskOpened editor", path="editor", answer=Approve())],
        gives={"log": ["approve"], "found": "Busan?"},
    ),
    Case(
        name="question-answered-twice",
        workflow=desk,
        input=Trip(),
        script=[
            Answer(after="TaskOpened editor", path="editor", answer=Reject()),
            Answer(after="RunCompleted", path="editor", answer=Approve(), is_refused=True),
        ],
        gives={"log": ["reject"]},
    ),
    Case(name="question-with-a-default", workflow=hasty_desk, input=Trip(), gives={"log": ["reject"]}),
    Case(
        name="question-out-of-time",
        workflow=strict_desk,
        input=Trip(),
        ends=Status.FAILED,
        fails="StepTimeoutError",
    ),
    Case(
        name="approval-given",
        workflow=paying,
        input=Trip(),
        script=[Answer(after="TaskOpened pay", path="pay", answer=True)],
        gives={"hotel": "Busan!"},
        effects=["pay:Busan"],
    ),
    Case(
        name="approval-refused",
        workflow=paying,
        input=Trip(),
        script=[Answer(after="TaskOpened pay", path="pay", answer=False)],
        gives={"log": ["NotApproved"]},
    ),
    Case(name="approval-out-of-time", workflow=paying_soon, input=Trip(), gives={"log": ["NotApproved"]}),
    Case(name="sleep", workflow=napping, input=Trip(), gives={"found": "Busan?"}),
    Case(
        name="signal",
        workflow=waiting,
        input=Trip(),
        script=[Signal(after="StepStarted paid", name="paid", payload="7")],
        gives={"hotel": "7"},
    ),
    Case(
        name="signal-that-comes-early",
        workflow=waiting,
        input=Trip(),
        faults={"look": ["held"]},
        script=[
            Signal(after="StepStarted open_shop", name="paid", payload="7"),
            Release(tool="look"),
        ],
        gives={"hotel": "7"},
    ),
    Case(
        name="signals-in-another-order",
        workflow=twice,
        input=Trip(),
        script=[
            Signal(after="StepStarted paid", name="sent", payload="2"),
            Signal(name="paid", payload="1"),
        ],
        gives={"hotel": "1", "car": "2"},
    ),
    Case(
        name="signal-that-does-not-come",
        workflow=waiting_soon,
        input=Trip(),
        ends=Status.FAILED,
        fails="StepTimeoutError",
    ),
    Case(name="deadline", workflow=late, input=Trip(), ends=Status.FAILED, fails="DeadlineError"),
    Case(
        name="cancel",
        workflow=waiting,
        input=Trip(),
        script=[
            Cancel(after="StepStarted paid"),
            Signal(after="RunCancelled", name="paid", payload="7", is_refused=True),
        ],
        ends=Status.CANCELLED,
    ),
)
