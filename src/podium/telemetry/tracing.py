"""Spans in OpenTelemetry's terms: made of what has ended, and entered for what runs now."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from types import TracebackType
from typing import Final

from opentelemetry import context, propagate, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.sampling import DEFAULT_ON, Decision, Sampler
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link as OtelLink
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from podium.guard.caught import caught_now
from podium.telemetry import names
from podium.telemetry.outgoing import CLOSE_S, Outgoing
from podium.telemetry.span import Span

_NS_PER_MS = 1_000_000
PROPAGATED: Final = propagate.inject
"""How clients say which span they send in; `podium.http` finds it once it is loaded."""
_SAMPLED, _NOT_SAMPLED = TraceFlags(TraceFlags.SAMPLED), TraceFlags(TraceFlags.DEFAULT)


class Tracer:
    """Sends spans by an exporter. It implements `observer.Sending`.

    Args:
        outgoing: Where they wait.
        resource: What they are of.
        sampler: Says by the id of a trace whether it is kept, where who started the run has not decided.

    Attributes:
        flushes: What else is to be called to have all sent, each in a thread of its own.
    """

    def __init__(self, outgoing: Outgoing, *, resource: Resource | None = None, sampler: Sampler = DEFAULT_ON) -> None:
        self._outgoing, self._sampler = outgoing, sampler
        self._resource = resource or Resource.create({})
        self._scope = InstrumentationScope(names.SCOPE, schema_url=names.CONVENTIONS)
        self.flushes: list[Callable[[], object]] = []

    # ----- what has ended

    def wants(self, trace_id: int, *, is_sampled: bool | None) -> bool:
        """Claim that spans of that trace are kept."""
        if is_sampled is not None:
            return is_sampled
        said = self._sampler.should_sample(None, trace_id, names.INVOKE_WORKFLOW)
        return said.decision is Decision.RECORD_AND_SAMPLE

    def ended(self, span: Span) -> None:
        """Take a span that has ended."""
        parent = None
        if span.parent is not None:
            parent = SpanContext(span.trace, span.parent, span.is_parent_remote, _SAMPLED)
        made = ReadableSpan(
            span.name,
            context=SpanContext(span.trace, span.id, is_remote=False, trace_flags=_SAMPLED),
            parent=parent,
            resource=self._resource,
            attributes=span.attributes,
            events=_events(span),
            links=[_link(*link) for link in span.links],
            kind=SpanKind.CLIENT if span.is_client else SpanKind.INTERNAL,
            status=Status(StatusCode.ERROR, span.message or None) if span.error else Status(StatusCode.UNSET),
            start_time=span.began * _NS_PER_MS,
            end_time=span.ended * _NS_PER_MS,
            instrumentation_scope=self._scope,
        )
        self._outgoing.put(made)

    async def close(self) -> None:
        """Send what is left, for a while; another engine may come yet."""
        await asyncio.gather(*(_within(CLOSE_S, flush) for flush in (self._outgoing.flush, *self.flushes)))

    # ----- what runs now

    def origin(self) -> str:
        """Return the `traceparent` of what runs now."""
        now = trace.get_current_span().get_span_context()
        if not now.is_valid:
            return ""
        return f"00-{now.trace_id:032x}-{now.span_id:016x}-{now.trace_flags:02x}"

    def enter(self, trace_id: int, span_id: int, *, is_sampled: bool) -> None:
        """Be inside a span, in this task, from here on."""
        context.attach(_context(trace_id, span_id, is_sampled=is_sampled))

    def inside(self, trace_id: int, span_id: int, *, is_sampled: bool) -> AbstractContextManager[object]:
        """Be inside a span for a while."""
        return _Inside(_context(trace_id, span_id, is_sampled=is_sampled))


async def _within(seconds: float, flush: Callable[[], object]) -> None:
    """Call in a thread that nobody waits for longer than that, not even the end of the process."""
    loop, over = asyncio.get_running_loop(), asyncio.Event()

    def flushed() -> None:
        caught_now(flush)  # exporters are somebody else's code
        with suppress(RuntimeError):  # the loop was not waited for
            loop.call_soon_threadsafe(over.set)

    threading.Thread(target=flushed, name="podium-flush", daemon=True).start()
    with suppress(TimeoutError):
        await asyncio.wait_for(over.wait(), seconds)


class _Inside:
    __slots__ = ("_context", "_token")

    def __init__(self, inside: context.Context) -> None:
        self._context = inside

    def __enter__(self) -> None:
        self._token = context.attach(self._context)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        context.detach(self._token)


def _context(trace_id: int, span_id: int, *, is_sampled: bool) -> context.Context:
    flags = _SAMPLED if is_sampled else _NOT_SAMPLED
    span = NonRecordingSpan(SpanContext(trace_id, span_id, is_remote=False, trace_flags=flags))
    return trace.set_span_in_context(span)


def _events(span: Span) -> list[Event]:
    events = [Event(moment.name, dict(moment.attributes), moment.at * _NS_PER_MS) for moment in span.moments]
    if span.error:
        said = {names.EXCEPTION_TYPE: span.error}
        if span.message:
            said[names.EXCEPTION_MESSAGE] = span.message
        events.append(Event(names.EXCEPTION, said, span.ended * _NS_PER_MS))
    return events


def _link(trace_id: int, span_id: int, why: str) -> OtelLink:
    return OtelLink(SpanContext(trace_id, span_id, is_remote=True, trace_flags=_SAMPLED), {names.LINK: why})
