"""What is undone under kills: five steps that write in every way there is, and branches side by side."""

from podium import END, FROM_ENGINE, START, Dag, IdempotencyKey, NotDone, StateMachine, node, step, tool
from tests.integration.crash.outside import Outside
from tests.integration.crash.workflows import AT_ONCE, Trip, look


@tool.write(idempotent=True, retry=AT_ONCE)
async def flight(what: str, *, key: IdempotencyKey = FROM_ENGINE, outside: Outside = FROM_ENGINE) -> str:
    """Keyed."""
    return outside.do("flight", key)


@flight.compensate
async def no_flight(booked: str, *, key: IdempotencyKey = FROM_ENGINE, outside: Outside = FROM_ENGINE) -> None:
    outside.do("no-flight", key)


@tool.write(idempotent=True, retry=AT_ONCE)
async def hotel(what: str, *, key: IdempotencyKey = FROM_ENGINE, outside: Outside = FROM_ENGINE) -> str:
    """Keyed, called by a step that reads too."""
    return outside.do("hotel", key)


@hotel.compensate
async def no_hotel(booked: str, *, key: IdempotencyKey = FROM_ENGINE, outside: Outside = FROM_ENGINE) -> str:
    return outside.do("no-hotel", key)


@tool.write(idempotent=True, retry=AT_ONCE)
def car(what: str, *, key: IdempotencyKey = FROM_ENGINE, outside: Outside = FROM_ENGINE) -> str:
    """Keyed, and in a thread, as is what undoes it."""
    return outside.do("car", key)


@car.compensate
def no_car(booked: str, *, key: IdempotencyKey = FROM_ENGINE, outside: Outside = FROM_ENGINE) -> None:
    outside.do("no-car", key)


@tool.write(retry=AT_ONCE)
async def table(what: str, *, key: IdempotencyKey = FROM_ENGINE, outside: Outside = FROM_ENGINE) -> str:
    """Not keyed, but can be asked."""
    return outside.do("table", f"table-{len(outside.lines('tried'))}-{key}")


@table.reconcile
async def find_table(*, key: IdempotencyKey = FROM_ENGINE, outside: Outside = FROM_ENGINE) -> str | None:
    return "table done" if any(line.endswith(key) for line in outside.lines("done")) else None


async def find_no_table(*, key: IdempotencyKey = FROM_ENGINE, outside: Outside = FROM_ENGINE) -> str | None:
    return "no-table done" if any(line.endswith(key) for line in outside.lines("done")) else None


@table.compensate(reconcile=find_no_table)
async def no_table(booked: str, *, key: IdempotencyKey = FROM_ENGINE, outside: Outside = FROM_ENGINE) -> str:
    """Not keyed either, but can be asked too."""
    return outside.do("no-table", f"no-table-{len(outside.lines('tried'))}-{key}")


@tool.write(idempotent=True, retry=AT_ONCE)
async def guide(what: str, *, key: IdempotencyKey = FROM_ENGINE, outside: Outside = FROM_ENGINE) -> str:
    return outside.do("guide", key)


@guide.compensate
async def no_guide(
    booked: str | None,
    *,
    forward_key: IdempotencyKey = FROM_ENGINE,
    key: IdempotencyKey = FROM_ENGINE,
    outside: Outside = FROM_ENGINE,
) -> None:
    """Undoes by the key of what it undoes."""
    assert outside.knows(forward_key)
    outside.do("no-guide", key)


@step
async def stay(trip: Trip) -> None:
    room = await look("room")
    trip.notes.append(await hotel(room))


@step
async def leave(_trip: Trip, *, outside: Outside = FROM_ENGINE) -> None:
    if outside.mode == "sold-out":
        raise NotDone("sold out")


by = {"what": "city"}

five = StateMachine(
    "five",
    Trip,
    START
    >> flight.state("fly", take=by, give="flight")
    >> stay
    >> car.state("drive", take=by)
    >> table.state("dine", take=by)
    >> guide.state("tour", take=by)
    >> leave
    >> END,
)


@node
async def left(fly: str, sleep: str, drive: str, *, outside: Outside = FROM_ENGINE) -> str:
    if outside.mode == "sold-out":
        raise NotDone("sold out")
    return fly + sleep + drive


branches = Dag(
    "branches",
    Trip,
    flight.node("fly", take=by),
    hotel.node("sleep", take={"what": "fly"}),
    car.node("drive", take=by),
    left,
    gives=left,
)


@step
async def never(_trip: Trip) -> None:
    raise NotDone("never")


@tool.write(idempotent=True)
async def stubborn(what: str, *, key: IdempotencyKey = FROM_ENGINE, outside: Outside = FROM_ENGINE) -> str:
    return outside.do("stubborn", key)


@stubborn.compensate
async def no_stubborn(booked: str, *, key: IdempotencyKey = FROM_ENGINE, outside: Outside = FROM_ENGINE) -> None:
    if outside.mode != "willing":
        outside.ask("refused")
        raise NotDone("no")
    outside.do("no-stubborn", key)


parking = StateMachine(
    "parking",
    Trip,
    START >> flight.state("fly", take=by) >> stubborn.state("hold", take=by) >> never >> END,
)


@step
async def sorry(trip: Trip) -> None:
    trip.notes.append("sorry")


within = StateMachine(
    "within",
    Trip,
    START >> flight.state("fly", take=by) >> stay >> leave.on_error(NotDone, to=sorry, undo=True) >> END,
    sorry >> guide.state("tour", take=by) >> END,
)
edge = StateMachine("edge", Trip, START >> car.state("drive", take=by) >> within.as_state("inside") >> END)

SAGAS = {workflow.name: workflow for workflow in (five, branches, parking, edge)}
