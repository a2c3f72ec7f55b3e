"""Spans that a process sent before it was killed: lines of a file, each there once the exporter was called."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from podium.telemetry import Observer
from podium.telemetry.describe import Describer
from podium.telemetry.numbers import Numbers
from podium.telemetry.outgoing import Outgoing
from podium.telemetry.tracing import Tracer

FILE = "spans.jsonl"


@dataclass(frozen=True, slots=True)
class Kept:
    """A span that was sent.

    Attributes:
        trace, id, parent: Its ids; `parent` "" for a root.
        name, path: Its name, and the step's address; "" where it is of none.
        attributes: By name.
        moments: What happened in it.
        began, ended: In ns since 1970 UTC.
    """

    trace: str
    id: str
    parent: str
    name: str
    path: str
    attributes: Mapping[str, str]
    moments: Sequence[str]
    began: int
    ended: int

    @property
    def what(self) -> tuple[str, str]:
        """What it is about."""
        return self.name, self.path


class FileExporter(SpanExporter):
    """Adds spans to a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Write them down."""
        lines = "".join(f"{json.dumps(_plain(span))}\n" for span in spans)
        with self._path.open("ab", buffering=0) as file:
            file.write(lines.encode())  # at once: whoever reads meanwhile, or is killed, sees whole lines
        return SpanExportResult.SUCCESS


def _plain(span: ReadableSpan) -> dict[str, object]:
    attributes = {name: str(value) for name, value in (span.attributes or {}).items()}
    assert span.context is not None
    return {
        "trace": f"{span.context.trace_id:032x}",
        "id": f"{span.context.span_id:016x}",
        "parent": "" if span.parent is None else f"{span.parent.span_id:016x}",
        "name": span.name,
        "path": attributes.get("podium.step.path", ""),
        "attributes": attributes,
        "moments": [event.name for event in span.events],
        "began": span.start_time,
        "ended": span.end_time,
    }


def spans_kept_in(folder: Path, *, sends_after_s: float) -> Observer:
    """Return an observer that sends spans to a file of a folder, so long after they ended."""
    numbers = Numbers()
    tracer = Tracer(Outgoing(FileExporter(folder / FILE), numbers, delay_s=sends_after_s))
    return Observer(tracer, describer=Describer(numbers, tracer))


def kept_in(folder: Path) -> list[Kept]:
    """Return all that was sent, by any process, in order; the last line of one that was killed may be cut off."""
    path = folder / FILE
    lines = path.read_text().splitlines() if path.exists() else []
    return [Kept(**json.loads(line)) for line in lines if line.endswith("}")]


def union(spans: Sequence[Kept]) -> dict[str, Kept]:
    """Return spans by id: what was told twice is one, and has to be the same."""
    found: dict[str, Kept] = {}
    for span in spans:
        known = found.setdefault(span.id, span)
        assert (known.what, known.parent, known.trace) == (span.what, span.parent, span.trace)
    return found


def shape(spans: Mapping[str, Kept]) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    """Return what there is and what it hangs below, sorted; fail where a parent is missing or there are two roots."""
    roots = [span for span in spans.values() if not span.parent]
    assert len(roots) == 1, roots
    assert len({span.trace for span in spans.values()}) == 1
    for span in spans.values():
        if span.parent:
            assert span.began >= spans[span.parent].began, span
    return sorted((span.what, spans[span.parent].what if span.parent else ("", "")) for span in spans.values())
