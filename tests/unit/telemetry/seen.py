"""What an observed engine sent, as a tree."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from podium import Engine
from podium.telemetry import Observer, otel


class Seen:
    """An observer whose spans are kept."""

    def __init__(self, **how: Any) -> None:
        self.exporter = InMemorySpanExporter()
        self.observer: Observer = otel.observer(self.exporter, **how)

    async def sent(self) -> None:
        """Wait until what was told is sent."""
        async with self.observer.observing(Engine("memory:")):
            pass

    @asynccontextmanager
    async def engine(self, url: str = "memory:", **how: Any) -> AsyncIterator[Engine]:
        """Give an engine that is observed, open."""
        engine = Engine(url, **how)
        engine.observe(self.observer)
        async with engine:
            yield engine

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        """All that was sent, in the order in which it ended; what is on its way comes once an engine is closed."""
        return self.exporter.get_finished_spans()

    def named(self, name: str) -> ReadableSpan:
        """Return the only span of that name."""
        (found,) = [span for span in self.spans if span.name == name]
        return found


def tree(spans: Sequence[ReadableSpan]) -> list[str]:
    """Return spans as lines, children below their parents, each two blanks deeper; a parent elsewhere is left out."""
    below: defaultdict[int | None, list[ReadableSpan]] = defaultdict(list)
    known = {ids(span) for span in spans}
    for span in sorted({ids(span): span for span in spans}.values(), key=_order):
        parent = span.parent.span_id if span.parent is not None else None
        below[parent if parent in known else None].append(span)
    return list(_lines(below, None, ""))


def _order(span: ReadableSpan) -> tuple[int, int, str, str]:
    return span.start_time or 0, span.end_time or 0, span.name, str((span.attributes or {}).get("podium.step.path"))


def _lines(below: Any, parent: int | None, margin: str) -> Any:
    for span in below.pop(parent, ()):
        yield f"{margin}{span.name}"
        yield from _lines(below, ids(span), margin + "  ")
    if parent is None:
        assert not below, "every span hangs below a root"


def ids(span: ReadableSpan) -> int:
    """Return a span's id."""
    assert span.context is not None, span.name
    number: int = span.context.span_id
    return number


def moments(span: ReadableSpan) -> list[str]:
    """Return the names of what happened in a span."""
    return [event.name for event in span.events]
