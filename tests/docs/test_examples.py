"""Each file in `examples/` does what its first line says."""

import asyncio
import importlib.util
import sqlite3
import sys
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from examples import approval, briefing, composition, flaky, order, payments, plain_sync, reminder, resources
from podium import Approve, Edit, Engine, Handle, Reject
from podium.core.call_events import WriteDone
from podium.core.events import Event, StepAnswered, StepDone, StepFailed, StepStarted, TaskOpened
from podium.errors import AskError, RunFailedError
from podium.testing.clock import FakeClock
from podium.workflow.workflow import Workflow
from tests.docs.pages import ROOT

HOUR_MS = 3_600_000


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def engine(clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Engine]:
    monkeypatch.chdir(tmp_path)
    async with Engine("memory:", clock=clock, resources=resources.resources) as opened:
        yield opened


async def until(run: Handle[Any], kind: type[Event], path: str) -> None:
    """Wait for an event of that kind about that step."""
    async for _, event in run.events():
        if isinstance(event, kind) and event.path == path:  # type: ignore[union-attr]  # only kinds that have one are asked for
            return
    pytest.fail(f"the run ended without {kind.__name__} of {path}")


async def pass_time(clock: FakeClock, hours: int, seen: Coroutine[Any, Any, None]) -> None:
    """Let hours pass at once, and then as much more as it takes for the engine to look and act."""
    clock.jump(hours * HOUR_MS)
    task = asyncio.create_task(seen)
    while not task.done():
        await clock.advance(1_000)
    await task


async def test_order_tries_the_next_card_until_one_is_taken(engine: Engine) -> None:
    run = await engine.start(order.order, order.Order(item="tea"))
    ended = await run.result()
    assert (ended.cents, ended.cards) == (300, [])
    assert ended.receipt in order.PAID.values()


async def test_order_gives_up_when_no_card_is_left(engine: Engine) -> None:
    run = await engine.start(order.order, order.Order(item="tea", cards=["empty"]))
    assert (await run.result()).receipt == ""


async def test_order_is_charged_under_one_key_per_visit(engine: Engine) -> None:
    run = await engine.start(order.order, order.Order(item="tea", cards=["empty", "empty", "gold"]))
    await run.result()
    writes = [event.path async for _, event in run.events() if isinstance(event, WriteDone)]
    assert writes == ["pay", "pay#2", "pay#3"]


async def test_order_may_not_loop_for_ever(engine: Engine) -> None:
    run = await engine.start(order.order, order.Order(item="tea", cards=["empty"] * 9))
    with pytest.raises(RunFailedError, match="max_visits=3"):
        await run.result()


async def test_briefing_reads_the_folder(engine: Engine) -> None:
    run = await engine.start(briefing.briefing, briefing.Brief(folder=str(ROOT / "docs")))
    report = await run.result()
    files = [path.name for path in (ROOT / "docs").glob("*.md")]
    assert len(files) > 2
    assert all(name in report for name in files)
    assert "long: " in report


async def test_briefing_leaves_out_the_appendix_of_little(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "short.md").write_text("nothing much", "utf-8")
    run = await engine.start(briefing.briefing, briefing.Brief(folder=str(tmp_path)))
    assert "long: " not in await run.result()
    assert "appendix" not in [event.path async for _, event in run.events() if isinstance(event, StepDone)]


async def test_approval_asks_two_people_about_much(engine: Engine) -> None:
    run = await engine.start(approval.expenses, approval.Claim(who="Ada", cents=90_000))
    await until(run, TaskOpened, "manager")
    await run.answer("manager", Edit(value=80_000), by="Grace")
    await until(run, TaskOpened, "refund")
    await run.answer("refund", answer=True, by="Alan")
    assert (await run.result()).paid.startswith("80000 cents to Ada")


async def test_approval_asks_one_person_about_little(engine: Engine) -> None:
    run = await engine.start(approval.expenses, approval.Claim(who="Ada", cents=100))
    await until(run, TaskOpened, "manager")
    await run.answer("manager", Approve())
    assert (await run.result()).paid.startswith("100 cents to Ada")


@pytest.mark.parametrize("answer", [Reject(reason="no"), {"choice": "reject", "reason": "no"}])
async def test_approval_takes_no_for_an_answer(engine: Engine, answer: BaseModel | dict[str, str]) -> None:
    run = await engine.start(approval.expenses, approval.Claim(who="Ada", cents=100))
    await until(run, TaskOpened, "manager")
    await run.answer("manager", answer)
    ended = await run.result()
    assert (ended.paid, ended.note) == ("", "no")


async def test_approval_takes_nothing_else_for_an_answer(engine: Engine) -> None:
    run = await engine.start(approval.expenses, approval.Claim(who="Ada", cents=100))
    await until(run, TaskOpened, "manager")
    with pytest.raises(AskError, match="choice"):
        await run.answer("manager", {})


async def test_approval_that_nobody_gives_is_a_no(engine: Engine, clock: FakeClock) -> None:
    run = await engine.start(approval.expenses, approval.Claim(who="Ada", cents=100))
    await until(run, TaskOpened, "manager")
    await pass_time(clock, 48, until(run, StepAnswered, "manager"))
    assert (await run.result()).note == "nobody answered in two days"


async def test_composition_is_one_run_with_nested_addresses(engine: Engine) -> None:
    run = await engine.start(composition.paper, composition.Paper(topics=["tea", "rain"]))
    assert await run.result() == ["tea (3 rounds)", "rain (2 rounds)"]
    paths = {event.path async for _, event in run.events() if isinstance(event, StepDone)}
    assert {"articles[1]/facts/when", "articles[0]/draft#3", "front_page"} <= paths


async def test_reminder_ends_with_the_signal(engine: Engine) -> None:
    run = await engine.start(reminder.invoice, reminder.Invoice(customer="Ada", cents=1200))
    await run.signal("paid", reminder.Payment(cents=1200, by="Ada"))
    ended = await run.result()
    assert (ended.reminders, ended.payment) == (0, reminder.Payment(cents=1200, by="Ada"))


async def test_reminder_reminds_before_it_goes_on_waiting(engine: Engine, clock: FakeClock) -> None:
    run = await engine.start(reminder.invoice, reminder.Invoice(customer="Ada", cents=1200))
    await pass_time(clock, 14 * 24, until(run, StepFailed, "paid"))
    await pass_time(clock, 12, until(run, StepStarted, "paid#2"))
    await run.signal("paid", {"cents": 1200, "by": "Ada"})
    assert (await run.result()).reminders == 1


async def test_resources_are_given_by_type(engine: Engine) -> None:
    first = await engine.start(resources.guest, resources.Guest(name="Ada"))
    second = await engine.start(resources.guest, resources.Guest(name="Alan"))
    assert {(await first.result()).number, (await second.result()).number} == {1, 2}


async def test_payments_are_charged_once_though_a_reply_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(payments, "LOST", [])
    async with Engine("memory:", resources=payments.resources) as engine:
        ended = await (await engine.start(payments.payment, payments.Payment(card="gold", cents=1200))).result()
    assert len(payments.LOST) == 1
    assert ended.receipt == "receipt 1 over 1200 cents"
    connection = sqlite3.connect(payments.DATABASE)
    assert connection.execute("SELECT card, cents FROM charges").fetchall() == [("gold", 1200)]
    connection.close()


def test_plain_sync_waits_for_the_result() -> None:
    ended = Engine("memory:").run_sync(plain_sync.survey, plain_sync.Survey(folder=str(ROOT / "examples")))
    assert "plain_sync.py" in ended.files
    assert len(ended.digest) == 64


@pytest.mark.parametrize("file", sorted((ROOT / "examples").glob("[!_]*.py")), ids=lambda file: file.name)
def test_example_stands_alone_and_defines_a_workflow(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = importlib.util.spec_from_file_location(f"alone_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    assert any(isinstance(value, Workflow) for value in vars(module).values())
    assert module.__doc__ is not None
    assert f"podium run examples/{file.name}" in module.__doc__


async def test_service_that_is_down_is_left_alone_and_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flaky, "ASKED", [])
    async with Engine("memory:", resources=flaky.resources) as engine:
        ended = await (await engine.start(flaky.trip, flaky.Trip(city="Busan"))).result()
        (fares,) = await engine.breakers()
    assert (ended.fare, ended.is_guess) == (42, False)
    assert flaky.ASKED == ["/Busan"] * (flaky.DOWN_FOR + 1)
    assert (fares.name, fares.why != "") == ("fares", True)


async def test_trip_does_without_a_service_that_stays_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flaky, "ASKED", [])
    monkeypatch.setattr(flaky, "DOWN_FOR", 1000)
    async with Engine("memory:", resources=flaky.resources) as engine:
        ended = await (await engine.start(flaky.trip, flaky.Trip(city="Busan"))).result()
    assert ended.is_guess
