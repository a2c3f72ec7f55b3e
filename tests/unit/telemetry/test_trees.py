"""What is sent of runs of each shape: one tree a run, whose spans say what was done."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from opentelemetry import trace
from pydantic import BaseModel

from podium import (
    END,
    FROM_ENGINE,
    START,
    Approve,
    Dag,
    Engine,
    IdempotencyKey,
    NotDone,
    OnFailure,
    Reject,
    Retry,
    StateMachine,
    human,
    node,
    step,
    tool,
)
from podium.errors import RunCompensatedError, RunFailedError
from podium.telemetry import names
from tests.inside import inner
from tests.unit.telemetry.seen import Seen, ids, moments, tree


class Order(BaseModel):
    city: str = "Busan"
    price: int = 0
    booked: str = ""
    paid: str = ""


SEEN: list[tuple[str, trace.SpanContext]] = []
FAILS: list[Exception] = []


def note(where: str) -> None:
    SEEN.append((where, trace.get_current_span().get_span_context()))


@pytest.fixture(autouse=True)
def _anew() -> None:
    SEEN.clear()
    FAILS.clear()


@tool.read(retry=Retry(attempts=3, base=0, cap=0))
async def price_of(city: str) -> int:
    note("price_of")
    if FAILS:
        raise FAILS.pop()
    return len(city)


@tool.write(idempotent=True, retry=Retry(attempts=2, base=0, cap=0))
async def book(city: str, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    note("book")
    return f"{city}:{len(key)}"


@book.compensate
async def unbook(booked: str, *, key: IdempotencyKey = FROM_ENGINE) -> None:
    note("unbook")


@tool.write(idempotent=True, irreversible=True)
async def pay(price: int, *, key: IdempotencyKey = FROM_ENGINE) -> str:
    message = f"password=4111-1111 refused for {price}"
    raise NotDone(message)


@step
async def look(order: Order) -> None:
    note("look")
    order.price = await price_of(order.city)
    order.price += await price_of(order.city)


@step
async def grow(order: Order) -> None:
    order.paid = "x" * 100_000


@human()
async def agree(order: Order, answer: Approve | Reject) -> Literal["yes", "no"]:
    return "yes" if isinstance(answer, Approve) else "no"


booking = book.state("booking", take={"city": "city"}, give="booked")
shop = StateMachine("shop", Order, START >> look >> booking >> END)
paying = pay.state("paying", take={"price": "price"}, give="paid")
till = StateMachine("till", Order, START >> look >> booking >> paying >> END)
asking = StateMachine("asking", Order, START >> agree.choose({"yes": booking, "no": END}), booking >> END)


class Places(BaseModel):
    places: list[str]


@node
async def cities(places: list[str]) -> list[str]:
    return places


@node
async def total(prices: list[int]) -> int:
    return sum(prices)


prices = price_of.node("prices", take={"city": "item"}, each="cities")
tour = Dag("tour", Places, cities, prices, total, gives=total)


async def test_machine_is_a_workflow_over_steps_over_calls() -> None:
    seen = Seen()
    async with seen.engine() as engine:
        await (await engine.start(shop, Order(), id="r")).result()
    assert tree(seen.spans) == [
        "invoke_workflow shop",
        "  step look",
        "    execute_tool price_of",
        "    execute_tool price_of",
        "  step booking",
        "    execute_tool book",
    ]
    root = seen.named("invoke_workflow shop")
    assert root.parent is None
    assert root.attributes == {
        names.OPERATION: "invoke_workflow",
        names.WORKFLOW_NAME: "shop",
        names.RUN_ID: "r",
        names.RUN_STATUS: "completed",
    }
    write = seen.named("execute_tool book")
    assert write.attributes is not None
    assert write.attributes[names.TOOL_NAME] == "book"
    assert write.attributes[names.TOOL_WRITES] is True
    assert len({ids(span) for span in seen.spans}) == len(seen.spans)


async def test_items_of_a_map_hang_below_the_map() -> None:
    seen = Seen()
    async with seen.engine() as engine:
        await (await engine.start(tour, Places(places=["a", "bc"]))).result()
    assert tree(seen.spans) == [
        "invoke_workflow tour",
        "  step cities",
        "  step prices",
        "    step prices",
        "      execute_tool price_of",
        "    step prices",
        "      execute_tool price_of",
        "  step total",
    ]


async def test_what_runs_is_inside_the_span_that_is_sent_of_it() -> None:
    seen = Seen()
    async with seen.engine() as engine:
        await (await engine.start(shop, Order())).result()
    sent = {ids(span): span.name for span in seen.spans}
    assert [(where, sent[inside.span_id]) for where, inside in SEEN] == [
        ("look", "step look"),
        ("price_of", "execute_tool price_of"),
        ("price_of", "execute_tool price_of"),
        ("book", "execute_tool book"),
    ]
    assert {inside.trace_id for _, inside in SEEN} == {span.context.trace_id for span in seen.spans if span.context}
    assert not trace.get_current_span().get_span_context().is_valid, "and nothing else is"


async def test_failure_is_an_error_with_its_type_and_secrets_are_taken_out_of_its_words() -> None:
    seen = Seen()
    async with seen.engine() as engine:
        with pytest.raises(RunCompensatedError):
            await (await engine.start(till, Order())).result()
    assert tree(seen.spans)[-4:] == [
        "  step paying",
        "    execute_tool pay",
        "  undo booking",
        "    execute_tool unbook",
    ]
    failed = seen.named("execute_tool pay")
    assert not failed.status.is_ok
    assert failed.attributes is not None
    assert failed.attributes[names.ERROR_TYPE] == "NotDone"
    assert failed.status.description == "password=[redacted] refused for 10"
    assert "4111" not in "".join(span.to_json() for span in seen.spans)
    root = seen.named("invoke_workflow till")
    assert moments(root) == [names.COMPENSATION_STARTED, names.EXCEPTION]


async def test_observer_that_raises_breaks_no_run(caplog: pytest.LogCaptureFixture) -> None:
    def redact(text: str) -> str:
        raise ValueError(text)

    seen = Seen(redact=redact)
    async with seen.engine() as engine:
        with pytest.raises(RunCompensatedError):
            await (await engine.start(till, Order(), id="r")).result()
    assert [record.message for record in caplog.records] == ["what is told of run r breaks off"]


async def test_each_try_of_a_call_that_failed_is_told_in_its_span() -> None:
    seen = Seen()
    FAILS[:] = [ConnectionError("no"), ConnectionError("no")]
    async with seen.engine() as engine:
        await (await engine.start(shop, Order())).result()
    first = next(span for span in seen.spans if span.name == "execute_tool price_of")
    assert moments(first) == [names.CALL_FAILED, names.CALL_FAILED]
    assert [dict(event.attributes or {})[names.ERROR_TYPE] for event in first.events] == ["ConnectionError"] * 2


async def test_answer_of_a_person_ends_the_span_of_the_wait(tmp_path: Path) -> None:
    seen = Seen()
    async with seen.engine(f"sqlite:///{tmp_path}/a.db") as engine:
        run = await engine.start(asking, Order())
        while not await engine.tasks():
            await asyncio.sleep(0)
    assert seen.spans == (), "nothing has ended"
    async with seen.engine(f"sqlite:///{tmp_path}/a.db", workflows=[asking]) as engine:
        await (await engine.get(run.id)).answer("agree", Approve())
        await (await engine.get(run.id)).result()
    assert moments(seen.named("step agree")) == [names.TASK_OPENED, names.ANSWERED]
    assert tree(seen.spans) == ["invoke_workflow asking", "  step agree", "  step booking", "    execute_tool book"]


async def test_run_that_waits_is_not_in_memory_and_long_ones_are_told_on_from_before_their_snapshot(
    tmp_path: Path,
) -> None:
    url, seen = f"sqlite:///{tmp_path}/a.db", Seen()
    long = StateMachine("long", Order, START >> grow >> agree.choose({"yes": booking, "no": END}), booking >> END)
    async with seen.engine(url) as engine:
        run = await engine.start(long, Order())
        while not await engine.tasks():
            await asyncio.sleep(0)
        (task,) = await engine.tasks()
        telling = inner(engine).host.telling
        assert telling is not None
        assert telling._stories == {}
        assert (await engine.load(run.id)).snapshot_seq > 0
    async with seen.engine(url, workflows=[long]) as engine:
        await (await engine.get(run.id)).answer("agree", Approve())
        await (await engine.get(run.id)).result()
    asked = seen.named("step agree")
    assert moments(asked) == [names.TASK_OPENED, names.ANSWERED]
    assert asked.start_time == task.asked_at * 1_000_000
    assert len(seen.spans) == len({ids(span) for span in seen.spans})


async def test_engine_that_closes_at_once_still_tells_what_ended_before_it(tmp_path: Path) -> None:
    url, seen = f"sqlite:///{tmp_path}/a.db", Seen()
    async with Engine(url) as engine:
        await (await engine.start(shop, Order())).result()
    async with seen.engine(url):
        pass
    assert tree(seen.spans)[:2] == ["invoke_workflow shop", "  step look"]


async def test_run_belongs_to_the_trace_of_who_started_it() -> None:
    seen = Seen()
    outer = trace.SpanContext(7 << 64, 9, is_remote=False, trace_flags=trace.TraceFlags(1))
    async with seen.engine() as engine:
        with trace.use_span(trace.NonRecordingSpan(outer)):
            run = await engine.start(shop, Order())
        await run.result()
    root = seen.named("invoke_workflow shop")
    assert root.parent is not None
    assert (root.parent.trace_id, root.parent.span_id, root.parent.is_remote) == (7 << 64, 9, True)
    assert {span.context.trace_id for span in seen.spans if span.context} == {7 << 64}


async def test_run_of_a_trace_that_is_not_sampled_is_not_sent() -> None:
    seen = Seen()
    outer = trace.SpanContext(7, 9, is_remote=False, trace_flags=trace.TraceFlags(0))
    async with seen.engine() as engine:
        with trace.use_span(trace.NonRecordingSpan(outer)):
            run = await engine.start(shop, Order())
        await run.result()
    assert seen.spans == ()
    assert not SEEN[0][1].trace_flags.sampled, "and no service is told that it is"


async def test_fork_and_a_run_that_is_sent_on_are_linked_to_what_they_follow_from() -> None:
    seen = Seen()
    stop = StateMachine("stop", Order, START >> look >> END, on_failure=OnFailure.STOP)
    FAILS[:] = [ConnectionError("no")] * 3
    async with seen.engine() as engine:
        run = await engine.start(stop, Order(), id="r")
        with pytest.raises(RunFailedError):
            await run.result()
        await run.retry()
        await run.result()
        fork = await run.fork(at=1, id="f")
        await fork.result()
    first, again, forked = [span for span in seen.spans if span.name == "invoke_workflow stop"]
    assert [ids(first), *(link.context.span_id for link in (*again.links, *forked.links))][:2] == [ids(first)] * 2
    assert [(link.context.span_id, dict(link.attributes or {})[names.LINK]) for link in forked.links] == [
        (ids(first), "fork")
    ]
    assert dict(again.attributes or {})[names.RUN_LIFE] == 1
    assert len({ids(span) for span in seen.spans}) == len(seen.spans)


async def test_content_is_shown_only_where_the_environment_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Seen()
    monkeypatch.setenv(names.CAPTURE, "SPAN_ONLY")
    shown = Seen()
    for seen in (plain, shown):
        async with seen.engine() as engine:
            await (await engine.start(shop, Order(city="Gyeongju"))).result()
    assert "Gyeongju" not in "".join(span.to_json() for span in plain.spans)
    write = dict(shown.named("execute_tool book").attributes or {})
    assert write[names.TOOL_ARGUMENTS] == '{"city":"Gyeongju"}'
    assert write[names.TOOL_RESULT] == '"Gyeongju:40"'


async def test_waits_are_told_from_tries_of_a_step() -> None:
    tried: list[int] = []

    @step(retry=Retry(attempts=2, base=0, cap=0))
    async def shaky(order: Order) -> None:
        order.price = await price_of(order.city)
        tried.append(1)
        if len(tried) == 1:
            message = "not yet"
            raise ConnectionError(message)

    machine = StateMachine("shaking", Order, START >> shaky >> END, deadline=timedelta(minutes=1))
    seen = Seen()
    async with seen.engine() as engine:
        await (await engine.start(machine, Order())).result()
    assert moments(seen.named("step shaky")) == [names.ATTEMPT_FAILED, names.RESUMED]
    reads = [span for span in seen.spans if span.name == "execute_tool price_of"]
    assert len(reads) == len({ids(span) for span in reads}) == 2
