"""Podium keeps its promises in every simulated run, and where it is broken on purpose, the simulation says so."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from pydantic import BaseModel

from podium import END, FROM_ENGINE, START, Retry, StateMachine, step, tool
from podium.core import events as ev
from podium.core.advance import advance
from podium.effects.write import Sender
from podium.engine import live, undo
from podium.engine.host import Host
from podium.engine.live import LiveRun
from podium.engine.ports import Append
from podium.memory import shelf, store
from podium.memory.store import MemoryStore
from podium.testing import simulate
from podium.testing.simulation import BrokenPromiseError, Finding
from podium.testing.simulation.laws import Law
from tests.simulation import trips, wide
from tests.simulation.trips import Places, Trip

WORKFLOWS: Sequence[tuple[Any, BaseModel]] = (
    (trips.travel, Trip()),
    (trips.asking, Trip()),
    (trips.tour, Places()),
    (trips.threaded, Trip()),
    (wide.branches, wide.Order()),
    (wide.mended, wide.Task()),
    (wide.replaced, wide.Task()),
    (wide.forward, wide.Task()),
    (wide.starting, wide.Task()),
)


@pytest.mark.parametrize(("workflow", "input"), WORKFLOWS, ids=lambda value: getattr(value, "name", ""))
def test_every_promise_holds_under_every_single_fault(workflow: Any, input: BaseModel) -> None:
    report = simulate(workflow, input, runs=200, workflows=[wide.inner])
    assert report.coverage.singles == report.coverage.singles_of > 20
    assert report.ends["completed"] > report.runs // 2


@pytest.mark.slow
@pytest.mark.parametrize(("workflow", "input"), WORKFLOWS, ids=lambda value: getattr(value, "name", ""))
def test_every_promise_holds_under_many_faults(workflow: Any, input: BaseModel) -> None:
    assert simulate(workflow, input, runs=2_000, workflows=[wide.inner]).is_ok


# ----- Podium, broken on purpose


def laws_broken(workflow: Any = trips.travel, input: BaseModel | None = None, **options: Any) -> dict[Law, Finding]:
    """Return what is found."""
    with pytest.raises(BrokenPromiseError) as broken:
        simulate(workflow, input or Trip(), runs=150, **options)
    return {finding.law: finding for finding in broken.value.report.findings}


def test_write_that_does_not_wait_for_the_disk_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(run: LiveRun) -> None:
        run.flush()

    monkeypatch.setattr(LiveRun, "committed", at_once)
    assert Law.INTENT in laws_broken()


def test_write_that_is_sent_again_blindly_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sender, "_key_holds", lambda *_: True)
    assert laws_broken()[Law.ONCE].where == "book_hotel"


def test_undoing_that_undoes_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(*_: object) -> None:
        """Undo nothing."""

    monkeypatch.setattr(undo, "_called", nothing)
    finding = laws_broken()[Law.UNDONE]
    assert finding.where in ("book_flight", "book_hotel")
    assert "still stands" in finding.says


def test_result_that_is_told_too_early_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Host, "over", lambda host, run, row: host.watchers.run_over(run.run_id, row))
    assert Law.TOLD in laws_broken()


def test_lost_acknowledgement_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    real = advance

    def forgetful(state: Any, news: Any, *, now_ms: int) -> Any:
        return [] if type(news).__name__ == "CancelWanted" else real(state, news, now_ms=now_ms)

    monkeypatch.setattr(live, "advance", forgetful)
    assert Law.KEPT in laws_broken()


def test_row_that_is_not_what_the_journal_says_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(info: Any, row: Any) -> None:
        info.status, info.output = row.status, "1"

    monkeypatch.setattr(shelf, "move", forgetful)
    monkeypatch.setattr(store, "move", forgetful)
    assert Law.REPLAY in laws_broken(trips.tour, Places())


def test_lost_commit_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    real = MemoryStore.append

    def torn(memory: MemoryStore, news: Append) -> int:
        news.events = [event for event in news.events if type(event) is not ev.WriteDone]
        return real(memory, news)

    monkeypatch.setattr(MemoryStore, "append", torn)
    monkeypatch.setattr("podium.testing.simulation.universe.TURNS_MAX", 2_000)
    assert Law.REPLAY in laws_broken()


def test_bug_in_a_task_of_the_engine_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(run: LiveRun) -> None:
        del run
        raise LookupError("lost")

    monkeypatch.setattr(LiveRun, "begin_when_committed", broken)
    assert "lost" in laws_broken()[Law.BUG].says


# ----- authors' code that does not end, or not in the same way


class Count(BaseModel):
    """The record of the machines below."""

    times: int = 0


@step
async def waits_for_nothing(_count: Count) -> None:
    await asyncio.get_running_loop().create_future()


@step
async def never_waits(_count: Count) -> None:
    while True:
        await asyncio.sleep(0)


@pytest.mark.parametrize("code", [waits_for_nothing, never_waits], ids=lambda code: code.name)
def test_run_that_does_not_end_is_found(code: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("podium.testing.simulation.universe.TURNS_MAX", 2_000)
    endless = StateMachine("endless", Count, START >> code >> END)
    with pytest.raises(BrokenPromiseError) as broken:
        simulate(endless, Count(), runs=3)
    assert broken.value.report.findings[0].law is Law.ENDS


class Counter:
    """Counts how often a step was entered, in each run anew."""

    def __init__(self) -> None:
        self.entries = 0


@tool.read(retry=Retry(attempts=5))
async def look() -> str:
    return "found"


def test_result_that_depends_on_what_went_wrong_is_found() -> None:
    @step
    async def counts(count: Count, *, counter: Counter = FROM_ENGINE) -> None:
        counter.entries += 1
        await look()
        count.times = counter.entries

    counting = StateMachine("counting", Count, START >> counts >> END)
    found = laws_broken(counting, Count(), resources=lambda _: Counter())
    assert found[Law.RESULT].says == 'it gave {"times":2}; expected: {"times":1}'
    assert [mishap.fault for mishap in found[Law.RESULT].script] == ["crash-before"]
