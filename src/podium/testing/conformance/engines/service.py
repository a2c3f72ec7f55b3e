"""The other side: what the tools of the cases act on. It keeps its keys, and errs as it is told."""

import asyncio
from collections.abc import Mapping, Sequence

from podium.errors import NotDone


class Refused(NotDone):
    """Said by the other side: certainly not."""

    def __init__(self, tool: str) -> None:
        super().__init__(f"{tool} says no")


class UnwellError(ConnectionRefusedError):
    """It can not be reached: nothing was sent."""


class LostError(TimeoutError):
    """No reply came: it may have happened."""


class Service:
    """The other side.

    How it meets a tool's calls (those with one argument, where `tool:argument` is named), one after the other, and well
    when nothing more is said:

    - `refused`: it says no, for good. `unsent`: it is not reached.
    - `lost`: it happens, and the reply is lost. `gone`: it does not happen, and nobody can know.
    - `held`: it happens when it is released.

    Attributes:
        effects: What happened, by key: one that was seen before changes nothing.
        calls: Every call that reached it, as `tool:argument`.
    """

    def __init__(self, faults: Mapping[str, Sequence[str]]) -> None:
        self._faults = {tool: list(ways) for tool, ways in faults.items()}
        self._gates: dict[str, asyncio.Event] = {}
        self._heard: dict[str, asyncio.Event] = {}
        self.effects: dict[str, str] = {}
        self.calls: list[str] = []

    async def act(self, tool: str, argument: str, *, key: str = "") -> str:
        """Be called; without a key, each call that gets here has an effect."""
        way = self._way(tool, argument, key)
        if way == "unsent":
            raise UnwellError(tool)
        self._hear(tool, argument)
        if way == "held":
            await self._gate(tool).wait()
        if way == "refused":
            raise Refused(tool)
        if way != "gone":
            self.effects.setdefault(key or f"call {len(self.calls)}", f"{tool}:{argument}")
        if way in {"lost", "gone"}:
            raise LostError(tool)
        return f"{argument}!"

    async def look(self, tool: str, argument: str) -> str:
        """Be asked; nothing happens."""
        way = self._way(tool, argument)
        self._hear(tool, argument)
        if way == "held":
            await self._gate(tool).wait()
        if way == "refused":
            raise Refused(tool)
        if way in {"unsent", "lost", "gone"}:
            raise UnwellError(tool)
        return f"{argument}?"

    async def heard(self, tool: str) -> None:
        """Return once a call of a tool got here."""
        await self._heard.setdefault(tool, asyncio.Event()).wait()

    def _hear(self, tool: str, argument: str) -> None:
        self.calls.append(f"{tool}:{argument}")
        self._heard.setdefault(tool, asyncio.Event()).set()

    def found(self, key: str) -> bool:
        """Claim that something happened under this key."""
        return key in self.effects

    def release(self, tool: str) -> None:
        """Let held calls of a tool go on, those to come too."""
        self._gate(tool).set()

    def release_all(self) -> None:
        """Hold nothing any more."""
        for tool, ways in self._faults.items():
            if "held" in ways:
                self.release(tool)
        for gate in self._gates.values():
            gate.set()

    def _way(self, tool: str, argument: str, key: str = "") -> str:
        """Return how a call is met; `key` is for those to whom it makes a difference."""
        del key
        ways = self._faults.get(f"{tool}:{argument}") or self._faults.get(tool)
        return ways.pop(0) if ways else "well"

    def _gate(self, tool: str) -> asyncio.Event:
        return self._gates.setdefault(tool, asyncio.Event())
