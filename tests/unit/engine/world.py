"""What the tools of these tests act on, and the tools: a read, and writes of every kind."""

import asyncio
from collections import defaultdict

from pydantic import BaseModel

from podium import FROM_ENGINE, IdempotencyKey, NotDone, Retry, tool

ANY_ERROR = Exception
WHATEVER = BaseException
"""What authors catch; spelt so because the code of this repository may not."""


class World:
    """The other side. It remembers who asked for what and what came of it.

    Attributes:
        calls: Every call that reached it, as `tool:argument`.
        effects: What happened there, by key; a key that was seen before changes nothing.
        failures: Tool to what its next calls raise, one each, before the effect.
        losses: Tool to what its next calls raise after the effect.
        doors: Tool to what its calls wait for, before anything else.
        gates: Tool to what its calls wait for, after the effect.
        entered: Tool to what is set when a call has reached its gate.
        mode: For steps whose code does something else when it is entered again.
    """

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.effects: dict[str, str] = {}
        self.failures: defaultdict[str, list[BaseException]] = defaultdict(list)
        self.losses: defaultdict[str, list[BaseException]] = defaultdict(list)
        self.doors: dict[str, asyncio.Event] = {}
        self.gates: dict[str, asyncio.Event] = {}
        self.entered: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.mode = "first"
        self.seen: list[str] = []

    async def act(self, name: str, argument: str, *, key: str | None = None) -> str:
        """Be called."""
        if name in self.doors:
            self.entered[name].set()
            await self.doors[name].wait()
        self.note(name, argument, key=key)
        if name in self.gates:
            self.entered[name].set()
            await self.gates[name].wait()
        return f"{argument}!"

    def note(self, name: str, argument: str, *, key: str | None = None) -> None:
        """Be called, without waiting at any gate; what has a key has an effect."""
        self.calls.append(f"{name}:{argument}")
        if self.failures[name]:
            raise self.failures[name].pop(0)
        if key is not None:
            self.effects.setdefault(key, f"{name}:{argument}")
        if self.losses[name]:
            raise self.losses[name].pop(0)

    def gate(self, name: str) -> asyncio.Event:
        """Let calls of a tool wait for the event that is returned."""
        self.gates[name] = asyncio.Event()
        return self.gates[name]

    def open_gates(self) -> None:
        """Let nobody wait any more."""
        for gate in (*self.doors.values(), *self.gates.values()):
            gate.set()

    def count(self, name: str) -> int:
        """Return how often a tool was called."""
        return sum(call.startswith(f"{name}:") for call in self.calls)

    @property
    def done(self) -> list[str]:
        """Return what happened, in order."""
        return list(self.effects.values())


AT_ONCE = Retry(attempts=3, base=0, cap=0)
"""Three tries without a wait in between."""


class Refused(NotDone):
    """Said by the other side: certainly not."""


@tool.read(retry=AT_ONCE)
async def look(what: str, *, world: World = FROM_ENGINE) -> str:
    return await world.act("look", what)


@tool.write(idempotent=True, retry=AT_ONCE)
async def book(city: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    """Keyed: may be sent again."""
    return await world.act("book", city, key=key)


@tool.write(retry=AT_ONCE)
async def charge(what: str, *, world: World = FROM_ENGINE) -> str:
    """Without a key: each call that gets there has an effect."""
    return await world.act("charge", what, key=f"charge-{len(world.calls)}")


@tool.write(retry=AT_ONCE)
async def order(what: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str:
    """Can be asked afterwards whether it happened."""
    return await world.act("order", what, key=f"order-{len(world.calls)}-{key}")


@order.reconcile
async def find_order(what: str, *, key: IdempotencyKey = FROM_ENGINE, world: World = FROM_ENGINE) -> str | None:
    world.calls.append(f"find_order:{what}")
    return f"{what}!" if any(name.endswith(key) for name in world.effects) else None


class Trip(BaseModel):
    """The record of most machines here."""

    city: str = "Busan"
    found: str = ""
    booked: str = ""
    log: list[str] = []
