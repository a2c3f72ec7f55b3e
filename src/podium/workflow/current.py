"""What a running step can ask about itself, and where a tool finds the call context that it runs in."""

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from logging import Logger, LoggerAdapter
from typing import Any, Final, Protocol

from podium.errors import NotRunningError
from podium.workflow.binding import Compiled, ToolCode
from podium.workflow.toolcode import Declared


@dataclass(frozen=True, slots=True)
class Health:
    """Whether a tool can be called now, as far as its breaker knows.

    Attributes:
        is_open: A call would be refused: its breaker is open, or waits for the end of another call that tries it.
        on_trial: Its breaker lets one call at a time through, to see whether it is well again.
        has_turn: Whoever asked may be the one to try it, if it is on trial; somebody else gets the turn if no call
            comes of it within a second.
        why: In words; empty for a tool that is well.
    """

    is_open: bool = False
    on_trial: bool = False
    has_turn: bool = True
    why: str = ""


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
    def now_ms(self) -> int:
        """The engine's wall clock, in ms since 1970 UTC."""

    @property
    def degraded(self) -> dict[str, str]:
        """Tools whose answer to this step came from one of their `fallback=`: the tool's name to the one that answered.

        Of several answers of a tool, the last counts. What is known is what the step has awaited so far.
        """

    def progress(self, share: float, text: str = "") -> None:
        """Tell whoever watches how far the step is (0 to 1). It is not stored."""

    def token(self, text: str, *, stream: int) -> None:
        """Tell whoever follows the run's tokens what was added to an answer that is on its way. It is not stored.

        Args:
            text: What was added.
            stream: Tells the answers of this process apart.
        """

    def health(self, tool: Declared) -> Health:
        """Return whether a tool can be called now, under the guards that it has in this step."""

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

    def post(self, board: str, text: str) -> None:
        """Put a JSON text on a board once the step is done."""

    def board(self, name: str) -> Sequence[str]:
        """Return what is on a board, as JSON texts."""


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
