"""What a step's code may ask about itself, and the other runs that it may reach."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from podium.core.state import WriteStatus
from podium.effects.builtin import SignalTool, StartTool
from podium.effects.keys import tool_of
from podium.effects.ports import Progress, RunPort, Token
from podium.guard.clock import GuardClock
from podium.redaction import mask, without_known
from podium.workflow.binding import Compiled, ToolCode
from podium.workflow.current import Health
from podium.workflow.toolcode import Declared

Make: TypeAlias = Callable[[ToolCode, tuple[Any, ...], dict[str, Any]], Awaitable[Any]]
"""Makes a call of the step, durably."""

Look: TypeAlias = Callable[[ToolCode], Health]
"""Says whether a tool can be called now."""

_LOG = logging.getLogger("podium.step")


class About:
    """The step that is running. It implements `workflow.current.Current`."""

    __slots__ = ("_clock", "_look", "_make", "_run", "attempt", "logger", "run_id", "step")

    def __init__(self, run: RunPort, path: str, make: Make, *, look: Look, clock: GuardClock) -> None:
        step = run.step(path)
        self._run, self._make, self._look, self._clock = run, make, look, clock
        self.run_id, self.step = run.run_id, path
        self.attempt = step.attempt if step else 1
        extra = {"run_id": self.run_id, "step": self.step, "attempt": self.attempt}
        self.logger = logging.LoggerAdapter(_LOG, extra)

    @property
    def now_ms(self) -> int:
        """The engine's wall clock, in ms since 1970 UTC."""
        return self._clock.now_ms()

    @property
    def degraded(self) -> dict[str, str]:
        """Tools whose answer to this step came from one of their `fallback=`: the tool's name to the one that answered.

        Of several answers of a tool, the last counts.
        """
        step = self._run.step(self.step)
        if step is None:
            return {}
        found = {tool_of(call): read.source for call, read in step.reads.items()}
        if step.write is not None and step.write.status is WriteStatus.DONE and step.write.asked:
            found[step.write.asked] = step.write.tool
        return {tool: source for tool, source in found.items() if source}

    def progress(self, share: float, text: str = "") -> None:
        """Tell whoever watches how far the step is (0 to 1). It is not stored."""
        self._run.say(Progress(self.step, share, mask(text)))

    def token(self, text: str, *, stream: int) -> None:
        """Tell whoever follows the run's tokens what was added to an answer that is on its way. It is not stored."""
        self._run.say(Token(self.step, stream, without_known(text)))

    def health(self, tool: Declared) -> Health:
        """Return whether a tool can be called now, under the guards that it has in this step."""
        return self._look(tool.code)

    async def start(self, workflow: Compiled, input: Any, *, id: str | None = None) -> str:
        """Start another run and return its id. A write: it counts as the one write of this step."""
        outbox = self._run.outbox
        outbox.know(workflow)
        arguments = {"graph": workflow.hash, "data": workflow.encode_input(input), "id": id}
        started: str = await self._make(StartTool(outbox), (), arguments)
        return started

    async def signal(self, run_id: str, name: str, payload: Any = None) -> None:
        """Signal another run. A write: it counts as the one write of this step."""
        arguments = {"run_id": run_id, "name": name, "payload": payload}
        await self._make(SignalTool(self._run.outbox), (), arguments)
