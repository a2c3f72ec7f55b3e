"""What a step's code may ask about itself, and the other runs that it may reach."""

import logging
from typing import TYPE_CHECKING, Any

from podium.effects.builtin import SignalTool, StartTool
from podium.workflow.binding import Compiled

if TYPE_CHECKING:
    from podium.effects.context import CallContext

_LOG = logging.getLogger("podium.step")


class About:
    """The step that is running. It implements `workflow.current.Current`."""

    __slots__ = ("_context", "attempt", "logger", "run_id", "step")

    def __init__(self, context: "CallContext") -> None:
        step = context.run.step(context.path)
        self._context = context
        self.run_id, self.step = context.run.run_id, context.path
        self.attempt = step.attempt if step else 1
        extra = {"run_id": self.run_id, "step": self.step, "attempt": self.attempt}
        self.logger = logging.LoggerAdapter(_LOG, extra)

    def progress(self, share: float, text: str = "") -> None:
        """Tell whoever watches how far the step is (0 to 1). It is not stored."""
        self._context.run.progress(self.step, share, text)

    async def start(self, workflow: Compiled, input: Any, *, id: str | None = None) -> str:
        """Start another run and return its id. A write: it counts as the one write of this step."""
        outbox = self._context.run.outbox
        outbox.know(workflow)
        arguments = {"graph": workflow.hash, "data": workflow.encode_input(input), "id": id}
        started: str = await self._context.make(StartTool(outbox), (), arguments)
        return started

    async def signal(self, run_id: str, name: str, payload: Any = None) -> None:
        """Signal another run. A write: it counts as the one write of this step."""
        arguments = {"run_id": run_id, "name": name, "payload": payload}
        await self._context.make(SignalTool(self._context.run.outbox), (), arguments)
