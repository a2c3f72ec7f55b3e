"""What an engine is observed with: numbers for Prometheus, traces and metrics for OpenTelemetry, logs as JSON.

`Observer()` keeps numbers and needs nothing. `podium.telemetry.otel` (extra `otel`) sends spans and metrics besides.
"""

from podium.telemetry.observer import Observer

__all__ = ["Observer"]
