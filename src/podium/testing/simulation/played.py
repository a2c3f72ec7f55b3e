"""What stands in for a tool in a simulation: its policies and types are the tool's own, what it does is the world's."""

import json
import sys
from typing import Any

from pydantic_core import to_json

from podium.core.path import place
from podium.effects.keys import digest_of
from podium.graph.nodes import Graph, GraphKind
from podium.guard.caught import Raised, caught_now
from podium.testing.simulation.disk import Disk
from podium.testing.simulation.errors import NoValueError
from podium.testing.simulation.laws import Law
from podium.testing.simulation.parts import REAL, Call, Part
from podium.testing.simulation.scene import RUN_ID, Scene, address
from podium.testing.simulation.values import Maker
from podium.testing.simulation.world import Request, World
from podium.workflow.binding import Provider
from podium.workflow.current import CURRENT
from podium.workflow.toolcode import ToolBinding


class PlayedTool:
    """A tool as simulated processes call it; it stands in for `binding.ToolCode`.

    Args:
        tool: What the author declared.
        world: The other side.
        part: How it is played.
        disk: Knows what may be sent.
    """

    is_async = reconcile_is_async = True

    def __init__(self, tool: ToolBinding, world: World, part: Part, *, disk: Disk, scene: Scene) -> None:
        self._tool, self._world, self._part, self._disk, self._scene = tool, world, part, disk, scene

    def __getattr__(self, name: str) -> Any:
        """Everything else is the tool's own."""
        return getattr(self._tool, name)

    async def send(self, frozen: str, *, key: str | None, provider: Provider, forward_key: str | None = None) -> Any:
        """Do what the tool does, in the world."""
        request, tool = self._request(frozen, key), self._tool
        if self._part == REAL:
            request.perform = lambda: tool.send(frozen, key=key, provider=provider, forward_key=forward_key)
            return await self._world.call_real(request)
        if asks_model(tool):
            from podium.testing.simulation.minds import mind_of  # noqa: PLC0415  # door: agents are an extra

            mind = mind_of(tool.name, self._part, lambda: self._answer(frozen, key, request.path), self._world)
            request.perform, request.spoil = mind.answer, mind.spoilt
            return await self._world.call(request)
        request.perform = lambda: self._answer(frozen, key, request.path)
        return await self._world.call(request)

    def _request(self, frozen: str, key: str | None) -> Request:
        tool = self._tool
        path = self._may_send(key, frozen) if key is not None else _path_of_step()
        return Request(
            tool=tool.name, path=path, args=frozen, writes=tool.writes, slot=key or "",
            key=key if tool.key_life_ms is not None else None, life_ms=tool.key_life_ms or 0,
            timeout_ms=tool.policy.timeout_ms, perform=_nothing,
        )  # fmt: skip

    def _may_send(self, key: str, frozen: str) -> str:
        """Return the step whose intent is on disk for this key; it is a breach where none is, or another one."""
        known = self._disk.intents.get(key)
        if known is None:
            says = f"{self._tool.name}{frozen} is sent, and no intent is on disk"
            self._scene.breach(Law.INTENT, self._tool.name, says)
            return _path_of_step()
        run_id, intent = known
        if (intent.tool, intent.args) != (self._tool.name, frozen):
            says = f"{self._tool.name}{frozen} is sent, and {intent.tool}{intent.args} is on disk"
            self._scene.breach(Law.INTENT, self._tool.name, says)
        other = self._disk.doubts.beside(run_id, intent, one_at_a_time=self._is_of_machine(run_id, intent.path))
        if other is not None:
            says = f"{intent.tool} by {intent.path} is sent while {other.tool} by {other.path} is in doubt"
            self._scene.breach(Law.SINGLE, self._tool.name, says)
        return address(run_id, intent.path)

    def _is_of_machine(self, run_id: str, path: str) -> bool:
        """Claim that the step stands in a machine of the simulated run."""
        if run_id != RUN_ID:
            return False
        graph: Graph | None = self._scene.case.workflow.graph
        for name in place(path).split("/")[:-1]:
            graph = None if graph is None else graph.nodes[name].child
        return graph is not None and graph.kind is GraphKind.MACHINE

    def _answer(self, frozen: str, key: str | None, path: str) -> Any:
        if self._part is not None:
            return self._part(Call(tool=self._tool.name, args=json.loads(frozen), path=path, key=key), self._world)
        told = f"{frozen}{path if self._tool.writes else ''}"
        try:
            return made_up(self._tool, told, self._scene.case.made_up)
        except NoValueError as error:
            self._scene.error = error
            raise

    async def reconcile(self, frozen: str, *, key: str, provider: Provider, forward_key: str | None = None) -> Any:
        """Say what the ledger says, or what the author's own function finds."""
        request, tool = self._request(frozen, key), self._tool
        request.writes, request.tool = False, f"{tool.name}.reconcile"
        if self._part == REAL:
            request.perform = lambda: tool.reconcile(frozen, key=key, provider=provider, forward_key=forward_key)
            return await self._world.call_real(request)
        await self._world.settled(key)
        request.perform = lambda: self._found(key)
        return await self._world.call(request)

    def _found(self, key: str) -> Any:
        effect = self._world.ledger.under(key, self._tool.name)
        return None if effect is None else effect.result


def asks_model(tool: ToolBinding) -> bool:
    """Claim that a tool is a model request of an agent: what it gives is a model's answer."""
    agents = sys.modules.get("podium.agents.request")
    return agents is not None and tool.result.type is agents.Answer


def _nothing() -> None:
    """Do nothing."""


def _path_of_step() -> str:
    current = CURRENT.get()
    if current is None:
        return ""
    about = current.about()
    return address(about.run_id, about.step)


def made_up(tool: ToolBinding, told: str, known: dict[tuple[str, str], str]) -> Any:
    """Return a value of a tool's type, the same for the same words.

    Args:
        tool: The tool.
        told: What it was asked.
        known: Those that were made before, as JSON texts; more are added.
    """
    text = known.get((tool.name, told))
    if text is None:
        text = known[tool.name, told] = _made(tool, f"{tool.name}-{digest_of(told)[:4]}")
    return tool.decode(text)


def _made(tool: ToolBinding, word: str) -> str:
    value = Maker(tool.result.schema(), word).value()
    text = caught_now(lambda: tool.result.from_outside(to_json(value).decode()))
    if isinstance(text, Raised):
        raise NoValueError(tool=tool.name, why=str(text.error).replace("\n", " "))
    return text
