"""Workflows of any shape over tools that write, made from dice.

What happens must not hang on who is first, or engines would rightly differ: beside others, in DAGs, only such tools are
called as do not fail for good. In a row anything may go wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from pydantic import BaseModel

from podium import (
    END,
    FROM_ENGINE,
    START,
    Approve,
    Dag,
    IdempotencyKey,
    OnFailure,
    Reject,
    StateMachine,
    ToolFailed,
    human,
    sleep,
    step,
    tool,
    wait,
)
from podium.testing.conformance.engines.parts import AT_ONCE, Trip, book, charge, fly, order, pay, ship
from podium.testing.conformance.engines.service import Service
from tests.simulation.graphs import Dice

UNDONE = (book, book, fly)
"""Tools for runs that undo what they wrote; one that can not be undone comes now and then."""
ANY = (book, charge, order, pay, fly)
NAP = 0.2
"""Seconds."""
SAFE = "safe_book"


class Wide(BaseModel):
    """The input of the DAGs."""

    city: str = "Busan"
    cities: list[str] = ["Jeju", "Sokcho"]


@tool.read
async def combine(left: str | None, right: str | None) -> str:
    """Need two, or none of them."""
    return f"({left}+{right})"


@tool.read
async def join(parts: list[str]) -> str:
    """Need all of a map."""
    return "&".join(parts)


@tool.write(idempotent=True, retry=AT_ONCE)
async def safe_book(city: str, *, key: IdempotencyKey = FROM_ENGINE, service: Service = FROM_ENGINE) -> str:
    """Write, and never fail for good."""
    return await service.act(SAFE, city, key=key)


@safe_book.compensate
async def safe_unbook(booking: str, *, key: IdempotencyKey = FROM_ENGINE, service: Service = FROM_ENGINE) -> None:
    """Undo it."""
    await service.act("safe_unbook", booking, key=key)


@dataclass
class Garden:
    """Where one workflow grows."""

    dice: Dice
    on_failure: OnFailure
    numbers: "count[int]" = field(default_factory=count)

    def name(self, kind: str) -> str:
        return f"{kind}{next(self.numbers)}"


def grow(dice: Dice) -> StateMachine[Trip]:
    """Return a machine of any shape, down to two levels."""
    return _machine(Garden(dice, dice.pick((OnFailure.COMPENSATE, OnFailure.COMPENSATE, OnFailure.STOP))), depth=2)


# ----- in a row


def _machine(garden: Garden, *, depth: int) -> StateMachine[Trip]:
    """Return states in a row, some with an error edge to the last of them."""
    dice, name = garden.dice, garden.name("machine")
    last = _noting(garden.name("last"))
    chain: Any = START
    for _ in range(1 + dice.below(4)):
        state, can_write = _state(garden, depth)
        if dice.once_in(4):
            said = {"undo": dice.once_in(2)} if can_write else {}
            state = state.on_error(ToolFailed, to=last, **said)
        chain = chain >> state
    return StateMachine(name, Trip, chain >> last >> END, on_failure=garden.on_failure)


def _state(garden: Garden, depth: int) -> tuple[Any, bool]:
    """Return a state, and whether it can write."""
    kinds: list[Callable[[], tuple[Any, bool]]] = [lambda: (_tool_state(garden), True)] * 4
    kinds += [
        lambda: (_noting(garden.name("note")), False),
        lambda: (sleep(garden.name("nap"), NAP), False),
        lambda: (wait(garden.name("wait"), str, give="car"), False),
        lambda: (_asking(garden.name("ask")), False),
    ]
    if depth:
        name = garden.name("inner")
        kinds += [
            lambda: (_dag(garden, depth - 1).as_state(name, take={"city": "city"}, give="found"), True),
            lambda: (_machine(garden, depth=depth - 1).as_state(name, take={"city": "found"}), True),
        ]
    return garden.dice.pick(kinds)()


def _tool_state(garden: Garden) -> Any:
    undoes = garden.on_failure is OnFailure.COMPENSATE
    used: Any = ship if undoes and garden.dice.once_in(8) else garden.dice.pick(UNDONE if undoes else ANY)
    parameter = "what" if used in (charge, order, pay, ship) else "city"
    fields = {parameter: garden.dice.pick(("city", "flight", "hotel"))}
    return used.state(garden.name("call"), take=fields, give=garden.dice.pick(("flight", "hotel", "car")))


def _noting(name: str) -> Any:
    async def note(trip: Trip) -> None:
        trip.log.append(f"{trip.flight} {trip.hotel}")

    note.__name__ = note.__qualname__ = name
    return step(note)


def _asking(name: str) -> Any:
    async def ask(trip: Trip, answer: Approve | Reject) -> None:
        trip.log.append(answer.choice)

    ask.__name__ = ask.__qualname__ = name
    return human()(ask)


# ----- beside one another


def _dag(garden: Garden, depth: int) -> Dag[Wide, str]:
    """Return nodes that need one another, as a text each."""
    dice, nodes = garden.dice, list[Any]()
    texts: list[Any] = []
    names = ["city"]
    for _ in range(1 + dice.below(4)):
        name = garden.name("node")
        made = _node(dice, name, names)
        nodes.append(made)
        if not dice.once_in(4):
            names.append(name)
            texts.append(made)
    if dice.once_in(2):
        mapped = safe_book.node(garden.name("map"), take={"city": "item"}, each="cities")
        nodes += [mapped, join.node(garden.name("join"), take={"parts": mapped.definition.name})]
        texts.append(nodes[-1])
    if depth and dice.once_in(3):
        nodes.append(_quiet(garden).as_node(garden.name("quiet"), take={"city": dice.pick(names)}))
    end = combine.node(garden.name("end"), take={"left": dice.pick(names), "right": dice.pick(names)})
    return Dag(garden.name("dag"), Wide, *nodes, end, gives=end, on_failure=garden.on_failure)


def _node(dice: Dice, name: str, names: list[str]) -> Any:
    if dice.once_in(3):
        return combine.node(name, take={"left": dice.pick(names), "right": dice.pick(names)})
    return safe_book.node(name, take={"city": dice.pick(names)})


def _quiet(garden: Garden) -> StateMachine[Trip]:
    """Return a machine in which nothing fails for good."""
    first = safe_book.state(garden.name("call"), take={"city": "city"}, give="flight")
    second = _noting(garden.name("note"))
    return StateMachine(garden.name("quiet"), Trip, START >> first >> second >> END, on_failure=garden.on_failure)
