"""The numbers as OpenTelemetry's metrics: instruments that are looked at whenever metrics are sent."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeAlias

from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk.metrics import MeterProvider

from podium.telemetry import names
from podium.telemetry.gauges import GAUGES, Gauges, Series
from podium.telemetry.numbers import SECONDS, About, Counted, Timed

if TYPE_CHECKING:
    from podium.telemetry.observer import Observer

_Look: TypeAlias = Callable[[CallbackOptions], Iterable[Observation]]


class Meters:
    """What is counted and looked at by an observer, as instruments of a provider.

    How long things took is shown as Prometheus shows it, for no instrument of a spread can be looked at: a sum, and how
    many were at most as long as each bound (`le`, in seconds).
    """

    def __init__(self, observer: "Observer", provider: MeterProvider) -> None:
        self._observer = observer
        meter = provider.get_meter(names.SCOPE, schema_url=names.CONVENTIONS)
        for metric in observer.numbers:
            about = metric.about
            if isinstance(metric, Counted):
                meter.create_observable_counter(about.name, [_counts(metric)], about.unit, about.says)
            else:
                for part, unit, look in _spreads(metric):
                    meter.create_observable_counter(f"{about.name}.{part}", [look], unit, about.says)
        for about, read in GAUGES:
            meter.create_observable_gauge(about.name, [self._gauge(about, read)], about.unit, about.says)

    def _gauge(self, about: About, read: Callable[[Gauges], Series]) -> _Look:
        def look(options: CallbackOptions) -> Iterable[Observation]:
            del options
            return [Observation(value, _labelled(about, labels)) for labels, value in read(self._observer.gauges)]

        return look


def _counts(metric: Counted) -> _Look:
    def look(options: CallbackOptions) -> Iterable[Observation]:
        del options
        return [Observation(count, _labelled(metric.about, labels)) for labels, count in metric.series()]

    return look


def _spreads(metric: Timed) -> Iterable[tuple[str, str, _Look]]:
    about = metric.about

    def sums(options: CallbackOptions) -> Iterable[Observation]:
        del options
        return [Observation(spread.sum, _labelled(about, labels)) for labels, spread in metric.series()]

    def buckets(options: CallbackOptions) -> Iterable[Observation]:
        del options
        for labels, spread in metric.series():
            below = 0
            for bound, count in zip((*map(str, SECONDS), "+Inf"), spread.buckets, strict=True):
                below += count
                yield Observation(below, {**_labelled(about, labels), "le": bound})

    return (("sum", "s", sums), ("bucket", "1", buckets))


def _labelled(about: About, labels: tuple[str, ...]) -> dict[str, str]:
    return dict(zip(about.labels, labels, strict=True))
