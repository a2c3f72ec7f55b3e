"""What stands in for a tool in a simulation: its policies and types are the tool's own, what it does is the world's."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from pydantic_core import to_json

from podium.effects.keys import digest_of
from podium.errors import AskError
from podium.guard.caught import Raised, caught_now
from podium.testing.simulation.values import Maker
from podium.testing.simulation.world import Request, World
from podium.workflow.binding import Provider
from podium.workflow.current import CURRENT
from podium.workflow.toolcode import ToolBinding

NOTHING_KNOWN = "null"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a fake is told of a call.

    Attributes:
        tool: The tool's name.
        args: Its arguments by name, as the frozen JSON texts say.
        path: The step that calls.
        key: The idempotency key of a write; None for a read.
    """

    tool: str
    args: Mapping[str, Any]
    path: str
    key: str | None


Fake: TypeAlias = Callable[[Call, World], Any]
"""Answers a call in the tool's place: `lambda call, world: Booking(…)`."""

REAL: Literal["real"] = "real"

Part: TypeAlias = Fake | Literal["real"] | None
"""How a tool is played: by a fake, by its own function, or by made-up values of its type."""


class NoValueError(AskError):
    """No value of a tool's type could be made up; give the simulation a fake for it."""

    code = "ask.no-value"

    def __init__(self, *, tool: str, why: str) -> None:
        message = f"no result of {tool} can be made up ({why}); say one: tools={{{tool}: lambda call, world: …}}"
        super().__init__(message)


class PlayedTool:
    """A tool as simulated processes call it; it stands in for `binding.ToolCode`.

    Args:
        tool: What the author declared.
        world: The other side.
        part: How it is played.
        path_of: Says which step a key belongs to.
    """

    is_async = reconcile_is_async = True

    def __init__(self, tool: ToolBinding, world: World, part: Part, path_of: Callable[[str], str]) -> None:
        self._tool, self._world, self._part, self._path_of = tool, world, part, path_of

    def __getattr__(self, name: str) -> Any:
        """Everything else is the tool's own."""
        return getattr(self._tool, name)

    async def send(self, frozen: str, *, key: str | None, provider: Provider) -> Any:
        """Do what the tool does, in the world."""
        request = self._request(frozen, key)
        if self._part == REAL:
            request.perform = lambda: self._tool.send(frozen, key=key, provider=provider)
            return await self._world.call_real(request)
        request.perform = lambda: self._answer(frozen, key, request.path)
        return await self._world.call(request)

    def _request(self, frozen: str, key: str | None) -> Request:
        tool = self._tool
        path = self._path_of(key) if key is not None else _path_of_step()
        return Request(
            tool=tool.name, path=path, args=frozen, writes=tool.writes, slot=key or "",
            key=key if tool.key_life_ms is not None else None, life_ms=tool.key_life_ms or 0,
            timeout_ms=tool.timeout_ms, perform=_nothing,
        )  # fmt: skip

    def _answer(self, frozen: str, key: str | None, path: str) -> Any:
        if self._part is not None and self._part != REAL:
            return self._part(Call(tool=self._tool.name, args=json.loads(frozen), path=path, key=key), self._world)
        return made_up(self._tool, f"{frozen}{path if self._tool.writes else ''}")

    async def reconcile(self, frozen: str, *, key: str, provider: Provider) -> Any:
        """Say what the ledger says, or what the author's own function finds."""
        request = self._request(frozen, key)
        request.writes, request.tool = False, f"{self._tool.name}.reconcile"
        if self._part == REAL:
            request.perform = lambda: self._tool.reconcile(frozen, key=key, provider=provider)
            return await self._world.call_real(request)
        request.perform = lambda: self._found(key)
        return await self._world.call(request)

    def _found(self, key: str) -> Any:
        effect = self._world.ledger.under(key, self._tool.name)
        return None if effect is None else effect.result


def _nothing() -> None:
    """Do nothing."""


def _path_of_step() -> str:
    current = CURRENT.get()
    return "" if current is None else current.about().step


def made_up(tool: ToolBinding, told: str) -> Any:
    """Return a value of a tool's type, the same for the same words."""
    codec = tool.result
    word = f"{tool.name}-{digest_of(told)[:4]}"
    text = caught_now(lambda: codec.from_outside(to_json(Maker(codec.schema(), word).value()).decode()))
    if isinstance(text, Raised):
        raise NoValueError(tool=tool.name, why=str(text.error).replace("\n", " "))
    return codec.decode(text)
