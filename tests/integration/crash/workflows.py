"""What is run and killed: ten steps with reads and keyed writes, and smaller ones around a single write."""

from typing import Literal

from pydantic import BaseModel

from podium import END, FROM_ENGINE, START, Dag, IdempotencyKey, Retry, StateMachine, node, step, tool
from podium.workflow.state import State
from tests.integration.crash.outside import Outside, die

AT_ONCE = Retry(attempts=3, base=0, cap=0)


class Trip(BaseModel):
    """The record of all of them."""

    city: str = "Busan"
    notes: list[str] = []
    flight: str = ""
    hotel: str = ""
    paid: str = ""
    sent: str = ""


@tool.read(retry=AT_ONCE)
async def look(what: str, *, outside: Outside = FROM_ENGINE) -> str:
    return outside.ask(what)


@tool.read(retry=AT_ONCE)
def peek(what: str, *, outside: Outside = FROM_ENGINE) -> str:
    """In a thread."""
    return outside.ask(what)


@tool.write(idempotent=True, retry=AT_ONCE)
async def book(what: str, *, key: IdempotencyKey = FROM_ENGINE, outside: Outside = FROM_ENGINE) -> str:
    """Keyed: may be sent again."""
    return outside.do(what, key)


@tool.write(idempotent=True, retry=AT_ONCE)
def stamp(what: str, *, key: IdempotencyKey = FROM_ENGINE, outside: Outside = FROM_ENGINE) -> str:
    """Keyed, and in a thread."""
    return outside.do(what, key)


@tool.write(retry=AT_ONCE)
async def charge(what: str, *, outside: Outside = FROM_ENGINE) -> str:
    """Neither keyed nor able to say: every call that gets there has an effect."""
    return outside.do(what, f"charge-{len(outside.lines('tried'))}")


@tool.write(retry=AT_ONCE)
async def order(what: str, *, key: IdempotencyKey = FROM_ENGINE, outside: Outside = FROM_ENGINE) -> str:
    """Not keyed, but can be asked: its effects are told apart by turn, and found by key."""
    return outside.do(what, f"order-{len(outside.lines('tried'))}-{key}")


@order.reconcile
async def find_order(what: str, *, key: IdempotencyKey = FROM_ENGINE, outside: Outside = FROM_ENGINE) -> str | None:
    return f"{what} done" if any(line.endswith(key) for line in outside.lines("done")) else None


@step
async def compare(trip: Trip) -> None:
    trip.notes.append(await look("price"))
    trip.notes.append(await look("time"))


@step
async def hotel(trip: Trip) -> None:
    room = await look("room")
    trip.hotel = await book("hotel")
    trip.notes.append(room)


@step
async def think(trip: Trip) -> None:
    trip.notes.append("thought")


@step
def seal(trip: Trip) -> None:
    """In a thread."""
    trip.notes.append(peek("wax"))
    trip.notes.append(stamp("seal"))


@step
async def pay(trip: Trip) -> None:
    trip.paid = await book("payment")
    trip.notes.append(await look("receipt"))


ten = StateMachine(
    "ten",
    Trip,
    START
    >> look.state("search", take={"what": "city"})
    >> book.state("flight", take={"what": "city"}, give="flight")
    >> compare
    >> hotel
    >> think
    >> peek.state("check", take={"what": "hotel"})
    >> seal
    >> pay
    >> look.state("weather", take={"what": "city"})
    >> book.state("mail", take={"what": "paid"}, give="sent")
    >> END,
)


@step
async def kill(_trip: Trip) -> None:
    die()


@step
async def other_argument(trip: Trip, *, outside: Outside = FROM_ENGINE) -> None:
    trip.paid = await book(f"for-the-{outside.mode}")


@step
async def no_write(trip: Trip, *, outside: Outside = FROM_ENGINE) -> None:
    if outside.mode == "first":
        trip.paid = await book("seat")


@step
async def catches(trip: Trip, *, outside: Outside = FROM_ENGINE) -> None:
    """Catch whatever a write may raise, and clean up with a tool."""
    try:
        trip.paid = await charge("seat")
    except BaseException:
        outside.ask("caught")
        trip.paid = await look("instead")
        raise
    finally:
        await look("finally")


def alone(name: str, state: State[Trip, None]) -> StateMachine[Trip]:
    """Return a machine of one state."""
    return StateMachine(name, Trip, START >> state >> END)


class Stop(BaseModel):
    """One of the stops of a tour."""

    name: str
    legs: int = 0
    log: list[str] = []


@node
async def cities(city: str) -> list[Stop]:
    return [Stop(name=f"{city}-{number}") for number in range(12)]


@step
async def leg(stop: Stop) -> Literal["on", "enough"]:
    stop.log.append(await book(f"{stop.name}-{stop.legs}"))
    stop.legs += 1
    return "on" if stop.legs < 2 else "enough"


legs = StateMachine("legs", Stop, START >> leg.choose({"on": leg, "enough": END}))
stops = legs.as_node("stops", take="item", each="cities", concurrency=4)
touring = Dag("touring", Trip, cities, stops, gives=stops)

keying = alone("keying", book.state("pay", take={"what": "city"}, give="paid"))
charging = alone("charging", charge.state("pay", take={"what": "city"}, give="paid"))
ordering = alone("ordering", order.state("pay", take={"what": "city"}, give="paid"))
killing = alone("killing", kill)
arguing = alone("arguing", other_argument)
omitting = alone("omitting", no_write)
catching = alone("catching", catches)

MACHINES = (ten, charging, ordering, keying, killing, arguing, omitting, catching)
ALL = {machine.name: machine for machine in MACHINES}
