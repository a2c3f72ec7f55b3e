"""Spans wait here for the collector: a bounded queue, and a thread of its own that sends.

Nobody ever waits for it. What there is no room for is dropped and counted, and so is what a collector does not take.
"""

import threading
import time
from collections import deque
from collections.abc import Sequence

from opentelemetry.context import _SUPPRESS_INSTRUMENTATION_KEY, attach, detach, set_value
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from podium.guard.caught import caught_now
from podium.telemetry.numbers import Numbers

QUEUE_MAX = 8192
BATCH_MAX = 512
DELAY_S = 2.0
"""So many spans wait at most; so many are sent together, once there are, or after so long."""

CLOSE_S = 3.0
"""How long a closing process goes on sending."""


class Outgoing:
    """Spans on their way to an exporter.

    Args:
        exporter: Sends them; called in one thread.
        numbers: Where what became of them is counted.
        queue_max, delay_s: See above.
    """

    def __init__(
        self, exporter: SpanExporter, numbers: Numbers, *, queue_max: int = QUEUE_MAX, delay_s: float = DELAY_S
    ) -> None:
        self._exporter, self._numbers = exporter, numbers
        self._max, self._delay_s = queue_max, delay_s
        self._queue: deque[ReadableSpan] = deque()
        self._wake, self._idle = threading.Event(), threading.Event()
        self._is_closed = False
        self._thread: threading.Thread | None = None

    def put(self, span: ReadableSpan) -> None:
        """Take a span, or drop it where there is no room."""
        if self._is_closed:
            self._numbers.spans_dropped.add(("closed",))
            return
        if len(self._queue) >= self._max:
            self._numbers.spans_dropped.add(("queue_full",))
            return
        self._queue.append(span)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="podium-spans", daemon=True)
            self._thread.start()
        elif len(self._queue) >= BATCH_MAX:
            self._wake.set()

    def flush(self, timeout_s: float = CLOSE_S) -> bool:
        """Send what waits now; claim that all of it was taken or dropped within that time."""
        ends = time.monotonic() + timeout_s
        while self._queue or not self._idle.is_set():
            if self._thread is None:
                return True
            self._idle.clear()
            self._wake.set()
            if not self._idle.wait(max(ends - time.monotonic(), 0)):
                return False
        return True

    def close(self, timeout_s: float = CLOSE_S) -> None:
        """Send what waits for at most so long, and take nothing any more."""
        self.flush(timeout_s)
        self._is_closed = True
        self._wake.set()
        left = len(self._queue)
        if left:
            self._queue.clear()
            self._numbers.spans_dropped.add(("closed",), left)
        self._exporter.shutdown()

    def _run(self) -> None:
        while not self._is_closed:
            self._wake.wait(self._delay_s)
            self._wake.clear()
            while self._queue and not self._is_closed:
                self._idle.clear()  # before anything is taken out: else it would be neither waiting nor on its way
                self._send([self._queue.popleft() for _ in range(min(BATCH_MAX, len(self._queue)))])
            self._idle.set()

    def _send(self, batch: Sequence[ReadableSpan]) -> None:
        token = attach(set_value(_SUPPRESS_INSTRUMENTATION_KEY, value=True))
        said = caught_now(self._exporter.export, batch)  # an exporter is somebody else's code
        detach(token)
        is_taken = said is SpanExportResult.SUCCESS
        if is_taken:
            self._numbers.spans_exported.add((), len(batch))
        else:
            self._numbers.spans_dropped.add(("refused",), len(batch))
