"""What stands around each try of a call: it is counted and timed, and what it does is seen below its span."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType

from podium.failure import type_name
from podium.guard.clock import GuardClock
from podium.telemetry import names
from podium.telemetry.describe import Describer
from podium.telemetry.span import Moment, Value


class ToldCall:
    """A call, whose tries come one after the other, or beside one another. It implements `effects.telemetry.Try`.

    Attributes:
        around: Makes the context of its span.
    """

    __slots__ = ("_clock", "_describer", "_key", "_tool", "_tries", "around")

    def __init__(self, describer: Describer, key: tuple[str, str, str], tool: str, clock: GuardClock) -> None:
        self._describer, self._key, self._tool, self._clock = describer, key, tool, clock
        self._tries = 0
        self.around: Callable[[], AbstractContextManager[object]] = nullcontext

    def __call__(self) -> "ToldTry":
        """Begin a try."""
        self._tries += 1
        if self._tries > 1:
            self._describer.numbers.call_retries.add((self._tool,))
        return ToldTry(self, self._tries)

    @property
    def clock(self) -> GuardClock:
        """Time."""
        return self._clock

    def ended(self, nth: int, began_ms: int, error: type[BaseException] | None) -> None:
        """A try ended."""
        numbers = self._describer.numbers
        numbers.calls.add((self._tool, "ok" if error is None else "error"))
        numbers.call_seconds.put((self._tool,), (self._clock.mono_ms() - began_ms) / 1000)
        if error is not None:
            attributes: dict[str, Value] = {names.ERROR_TYPE: type_name(error), names.ATTEMPT: nth}
            self._describer.call_failed(self._key, Moment(self._clock.now_ms(), names.CALL_FAILED, attributes))


class ToldTry:
    """One try."""

    __slots__ = ("_around", "_began_ms", "_call", "_nth")

    def __init__(self, call: ToldCall, nth: int) -> None:
        self._call, self._nth = call, nth
        self._around = call.around()
        self._began_ms = 0

    def __enter__(self) -> None:
        self._around.__enter__()
        self._began_ms = self._call.clock.mono_ms()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._call.ended(self._nth, self._began_ms, kind)
        self._around.__exit__(kind, error, trace)
