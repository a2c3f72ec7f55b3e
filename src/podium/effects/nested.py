"""What a tool's own function may call."""

from typing import Any

from podium.errors import NotRunningError, WriteInWriteError
from podium.workflow.binding import Provider, ToolCode
from podium.workflow.current import Caller, Current


class InsideTool:
    """Stands in for the call context while a tool's function runs: a read it calls is a part of it, a write is refused.

    The outer call is what is recorded and retried; the inner one is made plainly.
    """

    __slots__ = ("_outer", "_provider", "_step")

    def __init__(self, outer: ToolCode, provider: Provider, step: Caller | None) -> None:
        self._outer, self._provider, self._step = outer, provider, step

    def call(self, tool: ToolCode, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a read plainly; refuse a write before any effect."""
        if tool.writes:
            raise WriteInWriteError(outer=self._outer.name, inner=tool.name)
        return tool.send(tool.freeze(args, kwargs), key=None, provider=self._provider)

    def about(self) -> Current:
        """Return what the step around may ask; raise NotRunningError where the call is settled after a crash."""
        if self._step is None:
            raise NotRunningError
        return self._step.about()
