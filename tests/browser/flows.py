"""Workflows of every shape, for the dashboard to show; tests say when a step may go on."""

import asyncio
from typing import Literal

from pydantic import BaseModel

from podium import (
    END,
    FROM_ENGINE,
    START,
    Approve,
    Breaker,
    Dag,
    Edit,
    IdempotencyKey,
    NotDone,
    Reject,
    Retry,
    StateMachine,
    days,
    human,
    node,
    step,
    tool,
    wait,
)

HOSTILE = "<img src=x onerror=alert(1)><script>document.title='taken'</script>\"'`${7*7}\u202egnp.exe"
"""Text as an enemy writes it: from a tool, a model, or in the name of a run."""


class Gates:
    """Doors inside steps: whoever comes to a closed one waits until the test opens it."""

    def __init__(self) -> None:
        self._doors: dict[str, asyncio.Event] = {}

    async def through(self, name: str) -> None:
        """Wait at a door, if it is there."""
        door = self._doors.get(name)
        if door is not None:
            await door.wait()

    def close(self, name: str) -> None:
        """Put a closed door somewhere; called in the server's loop."""
        self._doors[name] = asyncio.Event()

    def open(self, name: str) -> None:
        """Open it; called in the server's loop."""
        self._doors[name].set()


GATES = Gates()


class Trip(BaseModel):
    """A journey."""

    city: str
    car: Literal["fine", "lost reply", "none left"] = "fine"
    fares: list[str] = []
    flight: str = ""
    hotel: str = ""
    rental: str = ""


_TRIED: dict[str, int] = {}


@tool.read(retry=Retry(attempts=3, base=0.01), timeout=600)
async def find_fares(city: str) -> list[str]:
    """Ask the airlines; the first answer is always that they are busy."""
    _TRIED[city] = _TRIED.get(city, 0) + 1
    if _TRIED[city] == 1:
        message = "HTTP 503: come back later"
        raise ConnectionError(message)
    return [f"KE123 to {city}", f"OZ8 to {city}"]


@tool.write(idempotent=True, breaker=Breaker("airline"), timeout=600)
async def book_flight(city: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    """Book a seat."""
    await GATES.through(f"flight to {city}")
    return f"seat {key[:4]} to {city}"


@book_flight.compensate
async def cancel_flight(booking: str, *, key: IdempotencyKey = FROM_ENGINE) -> None:
    """Give it back."""
    await GATES.through(f"undo {booking[10:]}")


@tool.write(idempotent=True, timeout=600)
async def book_hotel(city: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    """Book a room."""
    return f"room {key[:4]} in {city}"


@book_hotel.compensate(idempotent=True)
async def cancel_hotel(booking: str, *, key: IdempotencyKey = FROM_ENGINE) -> None:
    """Give it back."""


@tool.write(idempotent=True, retry=Retry(attempts=2, base=0.01), timeout=600)
async def rent_car(city: str, car: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    """Rent a car, if there is one; the first reply may be lost."""
    if car == "lost reply" and _TRIED.setdefault(f"car in {city}", 0) == 0:
        _TRIED[f"car in {city}"] = 1
        message = "nobody answered at the counter"
        raise TimeoutError(message)
    if car == "none left":
        message = f"no cars left in {city}"
        raise NotDone(message)
    return f"car {key[:4]}"


@rent_car.compensate(idempotent=True)
async def return_car(booking: str, *, key: IdempotencyKey = FROM_ENGINE) -> None:
    """Give it back."""


@step
async def search(trip: Trip) -> None:
    """Which fares are there?"""
    trip.fares = await find_fares(trip.city)


flight = book_flight.state("flight", give="flight")
hotel = book_hotel.state("hotel", give="hotel")
car = rent_car.state("car", give="rental")
travel = StateMachine("travel", Trip, START >> search >> flight >> hotel >> car >> END)


class Draft(BaseModel):
    """What is written, again and again."""

    rounds: int = 5
    text: str = ""
    written: int = 0


@step
async def write(draft: Draft) -> None:
    """Write another version."""
    draft.written += 1
    draft.text = f"version {draft.written}"


@step
async def review(draft: Draft) -> Literal["accept", "revise"]:
    """Is it good by now?"""
    return "accept" if draft.written >= draft.rounds else "revise"


writing = StateMachine(
    "writing", Draft, START >> write >> review.choose({"accept": END, "revise": write}), max_visits=50
)


class Brief(BaseModel):
    """What to look into."""

    topic: str


@node
async def sources(topic: str) -> list[str]:
    """Find out what there is."""
    return [f"{topic} {number}" for number in range(12)]


@node(each="sources", concurrency=4)
async def notes(item: str) -> str:
    """Read one of them."""
    await GATES.through(item)
    return f"on {item}"


@node
async def essay(topic: str) -> Draft:
    """Say how long the text is to be."""
    return Draft(rounds=3, text=topic)


@node(when=lambda sources: len(sources) > 100)
async def appendix(sources: list[str]) -> str:
    """Only for the thorough."""
    return str(len(sources))


@node
async def report(notes: list[str], story: Draft, appendix: str | None) -> str:
    """Put it together."""
    return f"{len(notes)} notes, {story.text}, {appendix}"


story = writing.as_node("story", take="essay")
briefing = Dag("briefing", Brief, sources, notes, essay, story, appendix, report, gives=report)


class Claim(BaseModel):
    """An expense."""

    who: str
    cents: int
    note: str = ""


@human(timeout=days(2), default=Reject(reason="nobody answered"))
async def manager(claim: Claim, answer: Approve | Edit[int] | Reject) -> Literal["pay", "drop"]:
    """Shall this claim be paid?"""
    if isinstance(answer, Edit):
        claim.cents = answer.value
    return "drop" if isinstance(answer, Reject) else "pay"


class Receipt(BaseModel):
    """What the bank says."""

    number: str


@step
async def thank(claim: Claim) -> None:
    """Say thank you."""
    claim.note = f"thank you, {claim.who}"


banked = wait("banked", Receipt, timeout=days(1))
expenses = StateMachine(
    "expenses", Claim, START >> manager.choose({"pay": banked, "drop": END}), banked >> thank >> END
)


class Letter(BaseModel):
    """What an enemy sends."""

    text: str = HOSTILE


@tool.read(retry=Retry(attempts=1))
async def translate(text: str) -> str:
    """Answer with what came in."""
    return f"</pre></script>{text}"


@step
async def read_letter(letter: Letter) -> None:
    """Read it."""
    letter.text = await translate(letter.text)


@step
async def refuse(letter: Letter) -> None:
    """Fail with it."""
    raise RuntimeError(letter.text)


letters = StateMachine("letters", Letter, START >> read_letter >> refuse >> END)

WORKFLOWS = (travel, writing, briefing, expenses, letters)
