"""The numbers: what is counted, under which labels, and how Prometheus reads it."""

from typing import Any

import pytest
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from prometheus_client.parser import text_string_to_metric_families
from pydantic import BaseModel

from podium import END, START, Engine, Retry, StateMachine, step, tool
from podium.telemetry import Observer, otel, prometheus
from podium.telemetry.gauges import GAUGES
from podium.telemetry.numbers import OTHER, SERIES_MAX, Counted, Numbers, Timed
from tests.unit.telemetry.seen import Seen


class Order(BaseModel):
    city: str = "Busan"
    price: int = 0


FAILS: list[Exception] = []


@tool.read(retry=Retry(attempts=3, base=0, cap=0))
async def price_of(city: str) -> int:
    if FAILS:
        raise FAILS.pop()
    return len(city)


@step
async def look(order: Order) -> None:
    order.price = await price_of(order.city)


shop = StateMachine("shop", Order, START >> look >> END)


def read(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Return samples by name and labels; a text that Prometheus does not read fails."""
    families = list(text_string_to_metric_families(text))
    assert len({family.name for family in families}) == len(families)
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


async def test_runs_steps_and_tries_are_counted_and_prometheus_reads_them() -> None:
    observer = Observer()
    FAILS[:] = [ConnectionError("no")]
    engine = Engine("memory:")
    engine.observe(observer)
    async with engine:
        for _ in range(2):
            await (await engine.start(shop, Order())).result()
        found = read(await prometheus.text(engine))
    workflow, at_look = (("workflow", "shop"),), (("outcome", "done"), ("step", "look"), ("workflow", "shop"))
    assert found["podium_runs_started_total", workflow] == 2
    assert found["podium_runs_ended_total", (("status", "completed"), *workflow)] == 2
    assert found["podium_steps_ended_total", at_look] == 2
    assert found["podium_calls_total", (("outcome", "ok"), ("tool", "price_of"))] == 2
    assert found["podium_calls_total", (("outcome", "error"), ("tool", "price_of"))] == 1
    assert found["podium_calls_retried_total", (("tool", "price_of"),)] == 1
    assert found["podium_call_duration_seconds_count", (("tool", "price_of"),)] == 3
    assert found["podium_store_answers", ()] == 1
    assert found["podium_disk_lag_events", ()] == 0


async def test_engine_that_nobody_observes_still_says_how_it_stands() -> None:
    async with Engine("memory:") as engine:
        found = read(await prometheus.text(engine))
    assert found["podium_store_answers", ()] == 1
    assert ("podium_tasks_open", ()) in found


async def test_labels_are_names_of_the_program_and_never_ids_or_texts() -> None:
    observer = Observer()
    engine = Engine("memory:")
    engine.observe(observer)
    async with engine:
        for number in range(50):
            await (await engine.start(shop, Order(city=f"city-{number}"), id=f"run-{number}")).result()
        text = await prometheus.text(engine)
    assert "run-" not in text
    assert "city-" not in text
    series = [labels for metric in observer.numbers for labels, _ in metric.series()]
    assert len(series) < 20


@pytest.mark.parametrize("metric", [Counted("c", "says", "a"), Timed("t", "says", "a")])
def test_series_beyond_the_bound_are_counted_together(metric: Counted | Timed) -> None:
    for number in range(SERIES_MAX + 10):
        metric.add((str(number),)) if isinstance(metric, Counted) else metric.put((str(number),), 1.0)
    series = dict(metric.series())
    assert len(series) == SERIES_MAX + 1
    assert (OTHER,) in series


async def test_open_telemetry_is_given_the_same_numbers() -> None:
    reader = InMemoryMetricReader()
    seen = Seen(reader=reader)
    async with seen.engine() as engine:
        await (await engine.start(shop, Order())).result()
        await seen.observer.look()
    data = reader.get_metrics_data()
    assert data is not None
    metrics: dict[str, list[Any]] = {
        metric.name: list(metric.data.data_points)
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }
    (started,) = metrics["podium.runs.started"]
    assert (started.value, dict(started.attributes or {})) == (1, {"workflow": "shop"})
    (answers,) = metrics["podium.store.answers"]
    assert answers.value == 1
    assert "podium.call.duration.sum" in metrics


def test_metrics_have_names_of_their_own() -> None:
    names = [metric.about.name for metric in Numbers()] + [about.name for about, _ in GAUGES]
    assert len(names) == len(set(names))
    assert all(name.startswith("podium.") for name in names)
    assert otel.captures() is False
