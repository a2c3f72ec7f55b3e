"""A collector that is down, slow or does not answer: runs do not wait for it, and what was lost is counted."""

import threading
from collections.abc import Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from pydantic import BaseModel

from podium import END, START, Engine, StateMachine, step
from podium.telemetry import otel
from podium.telemetry.numbers import Numbers
from podium.telemetry.outgoing import Outgoing


class Count(BaseModel):
    n: int = 0


@step
async def one_more(count: Count) -> None:
    count.n += 1


count = StateMachine("count", Count, START >> one_more >> END)


class Stuck(SpanExporter):
    """Takes a batch and keeps whoever sends it, until it is let go of."""

    def __init__(self) -> None:
        self.is_sending, self.lets_go = threading.Event(), threading.Event()
        self.batches: list[int] = []

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Keep the sender."""
        self.is_sending.set()
        self.lets_go.wait()
        self.batches.append(len(spans))
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        """Let go."""
        self.lets_go.set()


class Refusing(Stuck):
    """Takes nothing."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Refuse."""
        del spans
        return SpanExportResult.FAILURE


class Raising(Stuck):
    """Fails in a way that nobody thought of."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Raise."""
        del spans
        raise OSError("no such collector")


def dropped(numbers: Numbers) -> dict[tuple[str, ...], int]:
    """Return what was dropped, by why."""
    return dict(numbers.spans_dropped.series())


def test_spans_that_there_is_no_room_for_are_dropped_and_counted_and_nobody_waits() -> None:
    stuck, numbers = Stuck(), Numbers()
    outgoing = Outgoing(stuck, numbers, queue_max=10, delay_s=0.01)
    outgoing.put(ReadableSpan("first"))
    assert stuck.is_sending.wait(60)
    for number in range(25):
        outgoing.put(ReadableSpan(f"{number}"))
    assert dropped(numbers) == {("queue_full",): 15}
    stuck.lets_go.set()
    assert outgoing.flush(60)
    assert sum(stuck.batches) == 11
    assert dict(numbers.spans_exported.series()) == {(): 11}


def test_closing_waits_for_a_stuck_collector_no_longer_than_it_was_told() -> None:
    stuck, numbers = Stuck(), Numbers()
    outgoing = Outgoing(stuck, numbers, delay_s=0.01)
    outgoing.put(ReadableSpan("first"))
    assert stuck.is_sending.wait(60)
    outgoing.put(ReadableSpan("second"))
    assert not outgoing.flush(0.01)
    outgoing.close(0.01)
    outgoing.put(ReadableSpan("third"))
    assert dropped(numbers) == {("closed",): 2}


@pytest.mark.parametrize("exporter", [Refusing, Raising])
def test_spans_that_a_collector_does_not_take_are_counted_and_the_next_are_sent(exporter: type[Stuck]) -> None:
    numbers = Numbers()
    outgoing = Outgoing(exporter(), numbers, delay_s=0.01)
    for _ in range(2):
        outgoing.put(ReadableSpan("one"))
        assert outgoing.flush(60)
    assert dropped(numbers) == {("refused",): 2}
    assert numbers.spans_exported.series() == []
    outgoing.close()


def test_flush_waits_for_what_is_being_sent_though_nothing_waits_any_more() -> None:
    stuck = Stuck()
    outgoing = Outgoing(stuck, Numbers(), delay_s=0.01)
    stuck.lets_go.set()
    outgoing.put(ReadableSpan("first"))
    assert outgoing.flush(60)
    stuck.lets_go.clear()
    stuck.is_sending.clear()
    outgoing.put(ReadableSpan("second"))
    assert stuck.is_sending.wait(60)
    assert not outgoing.flush(0)
    stuck.lets_go.set()
    assert outgoing.flush(60)
    assert stuck.batches == [1, 1]


def test_flush_of_nothing_is_at_once() -> None:
    assert Outgoing(Stuck(), Numbers()).flush(0)


async def test_engine_whose_collector_is_stuck_goes_on_as_if_there_were_none() -> None:
    stuck = Stuck()
    observer = otel.observer(stuck)
    engine = Engine("memory:")
    engine.observe(observer)
    async with engine:
        for number in range(3):
            assert (await (await engine.start(count, Count(n=number))).result()).n == number + 1
        stuck.lets_go.set()
    assert sum(stuck.batches) == 6
