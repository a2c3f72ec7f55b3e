"""Traces and metrics by OpenTelemetry. Needs the extra `otel`: pip install 'podium[otel]'.

```python
engine.observe(otel.observer())  # sends by OTLP/HTTP, as the OTEL_* variables say
```
"""

import os
from collections.abc import Callable, Sequence

from podium.redaction import mask
from podium.telemetry import names
from podium.telemetry.describe import Describer
from podium.telemetry.numbers import Numbers
from podium.telemetry.observer import Observer

try:
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
    from opentelemetry.sdk.trace.sampling import (
        ALWAYS_OFF,
        DEFAULT_ON,
        ParentBasedTraceIdRatio,
        Sampler,
    )
except ModuleNotFoundError as missing:
    message = "podium.telemetry.otel needs OpenTelemetry, which is in an extra: pip install 'podium[otel]'"
    raise ModuleNotFoundError(message, name="opentelemetry") from missing

from podium.telemetry.meters import Meters
from podium.telemetry.outgoing import Outgoing
from podium.telemetry.tracing import Tracer

_CAPTURES = frozenset({"true", "span_only", "span_and_event"})


def observer(
    exporter: SpanExporter | None = None,
    *,
    reader: MetricReader | None = None,
    sampler: Sampler = DEFAULT_ON,
    redact: Callable[[str], str] = mask,
    flushes: Sequence[Callable[[], object]] = (),
) -> Observer:
    """Return an observer that sends spans and, where a reader is given, metrics.

    Args:
        exporter: Sends spans; None for OTLP/HTTP as OTEL_EXPORTER_OTLP_* say.
        reader: Takes metrics, and sends them as often as it likes; None for no metrics.
        sampler: Says which traces are kept that begin here.
        redact: Returns what is shown of the words of errors: by default, all but secrets.
        flushes: What else is to be called when the engine is closed, so that all is sent.
    """
    numbers, resource = Numbers(), _resource()
    outgoing = Outgoing(exporter or OTLPSpanExporter(), numbers)
    tracer = Tracer(outgoing, resource=resource, sampler=sampler)
    tracer.flushes += flushes
    made = Observer(tracer, describer=Describer(numbers, tracer, has_content=captures(), redact=redact))
    if reader is not None:
        meters = MeterProvider([reader], resource=resource, shutdown_on_exit=False)
        Meters(made, meters)
        tracer.flushes.append(meters.force_flush)
    return made


def from_environment(*, redact: Callable[[str], str] = mask) -> Observer:
    """Return an observer as the standard variables say, and let other libraries' spans take the same way.

    Read are OTEL_EXPORTER_OTLP_* (where to), OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES (of what),
    OTEL_TRACES_EXPORTER and OTEL_METRICS_EXPORTER (`none` sends nothing), OTEL_TRACES_SAMPLER with _ARG (which traces),
    and the one that lets content into spans (`names.CAPTURE`).
    """
    reader = None if _is_none("METRICS") else PeriodicExportingMetricReader(OTLPMetricExporter())
    sampler = ALWAYS_OFF if _is_none("TRACES") else _sampler()
    others = TracerProvider(resource=_resource(), sampler=sampler, shutdown_on_exit=False)
    others.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(others)
    return observer(reader=reader, sampler=sampler, redact=redact, flushes=[others.force_flush])


def captures() -> bool:
    """Claim that the environment lets arguments, results and messages into spans."""
    return os.environ.get(names.CAPTURE, "").strip().lower() in _CAPTURES


def _resource() -> Resource:
    return Resource.create({"service.name": os.environ.get("OTEL_SERVICE_NAME", "podium")})


def _is_none(signal: str) -> bool:
    return os.environ.get(f"OTEL_{signal}_EXPORTER", "otlp").strip().lower() == "none"


def _sampler() -> Sampler:
    """Return what OTEL_TRACES_SAMPLER says; what started a run decides in any case, where it was traced."""
    said = os.environ.get("OTEL_TRACES_SAMPLER", "").lower()
    if said.endswith("always_off"):
        return ALWAYS_OFF
    if said.endswith("traceidratio"):
        return ParentBasedTraceIdRatio(float(os.environ.get("OTEL_TRACES_SAMPLER_ARG", "1")))
    return DEFAULT_ON
