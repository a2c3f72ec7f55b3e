"""Whether an engine of a command is observed: the standard variables of OpenTelemetry say so."""

import os

from podium.cli.say import note
from podium.engine.engine import Engine

_WHERE = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT")


def observed(opened: Engine, *, counts: bool = False) -> Engine:
    """Have an engine that is not open yet observed where the environment names a collector; return it.

    Without the extra that sends, one line says so, and nothing is sent.

    Args:
        opened: The engine.
        counts: Keep numbers in any case.
    """
    said = next((name for name in _WHERE if os.environ.get(name)), None)
    if said is not None and os.environ.get("OTEL_SDK_DISABLED", "").lower() != "true":
        try:
            from podium.telemetry import otel  # noqa: PLC0415  # door: the extra may be missing
        except ModuleNotFoundError as missing:
            note(f"{said} is set, and nothing is sent: {missing}")
        else:
            opened.observe(otel.from_environment())
            return opened
    if counts:
        from podium.telemetry import Observer  # noqa: PLC0415  # door: most commands count nothing

        opened.observe(Observer())
    return opened
