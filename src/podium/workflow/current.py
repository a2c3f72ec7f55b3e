"""What a running step can ask about itself, and where a tool finds the call context that it runs in."""

from contextvars import ContextVar
from logging import Logger, LoggerAdapter
from typing import Any, Final, Protocol

from podium.errors import NotRunningError
from podium.workflow.binding import Compiled, ToolCode


class Current(Protocol):
    """The step that is running.

    Attributes:
        run_id: The run.
        step: The step's address in it, as `draft#2`.
        attempt: Which try, from 1.
        logger: Logs with the three above.
    """

    run_id: str
    step: str
    attempt: int
    logger: "LoggerAdapter[Logger]"

    @property
    def degraded(self) -> dict[str, str]:
        """Tools whose answer to this step came from one of their `fallback=`: the tool's name to the one that answered.

        Of several answers of a tool, the last counts. What is known is what the step has awaited so far.
        """

    def progress(self, share: float, text: str = "") -> None:
        """Tell whoever watches how far the step is (0 to 1). It is not stored."""

    async def start(self, workflow: Compiled, input: Any, *, id: str | None = None) -> str:
        """Start another run and return its id. A write: it counts as the one write of this step."""

    async def signal(self, run_id: str, name: str, payload: Any = None) -> None:
        """Signal another run. A write: it counts as the one write of this step."""


class Caller(Protocol):
    """The call context of a running step, or of a tool's own function."""

    def call(self, tool: ToolCode, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Make the call durably; an awaitable for an async tool, the result itself for a sync tool in a sync step."""

    def about(self) -> Current:
        """Return what the step's code may ask."""


CURRENT: Final[ContextVar[Caller | None]] = ContextVar("podium_current", default=None)
"""The call context of the step that is running; None outside a run."""


def current() -> Current:
    """Return the step that is running.

    Raises:
        NotRunningError: No step is.
    """
    context = CURRENT.get()
    if context is None:
        raise NotRunningError
    return context.about()
