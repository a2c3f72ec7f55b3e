"""The numbers as Prometheus reads them. Needs `prometheus-client`, which is in the extra `server`.

Names of metrics are those of `numbers` and `gauges` with underscores: `podium_runs_started_total{workflow="travel"}`.
"""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import generate_latest

from podium.engine.engine import Engine
from podium.telemetry.gauges import GAUGES, Gauges, gauged
from podium.telemetry.numbers import SECONDS, Counted, Numbers, Timed
from podium.telemetry.observer import Observer

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


async def text(engine: Engine) -> str:
    """Return how an engine stands now, and what was counted since it is observed, in Prometheus' text format."""
    observer = engine.platform.telemetry
    return shown(observer.numbers if isinstance(observer, Observer) else Numbers(), await gauged(engine))


def shown(numbers: Numbers, gauges: Gauges) -> str:
    """Return numbers and gauges in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(numbers, gauges))
    return generate_latest(registry).decode()


class _Collector:
    def __init__(self, numbers: Numbers, gauges: Gauges) -> None:
        self._numbers, self._gauges = numbers, gauges

    def collect(self) -> Iterator[Metric]:
        """Give every metric."""
        for metric in self._numbers:
            yield _counted(metric) if isinstance(metric, Counted) else _timed(metric)
        for about, read in GAUGES:
            family = GaugeMetricFamily(_named(about.name, about.unit), about.says, labels=about.labels)
            for labels, value in read(self._gauges):
                family.add_metric(labels, value)
            yield family


def _counted(metric: Counted) -> Metric:
    family = CounterMetricFamily(_named(metric.about.name), metric.about.says, labels=metric.about.labels)
    for labels, count in metric.series():
        family.add_metric(labels, count)
    return family


def _timed(metric: Timed) -> Metric:
    about = metric.about
    family = HistogramMetricFamily(_named(about.name, about.unit), about.says, labels=about.labels)
    for labels, spread in metric.series():
        below, buckets = 0, []
        for bound, count in zip((*map(str, SECONDS), "+Inf"), spread.buckets, strict=True):
            below += count
            buckets.append((bound, below))
        family.add_metric(labels, buckets, spread.sum)
    return family


def _named(name: str, unit: str = "1") -> str:
    plain = name.replace(".", "_")
    return f"{plain}_seconds" if unit == "s" else plain
