"""A recorded run goes the same way again, offline, for as long as its workflow does; and says where it does not."""

import asyncio
import importlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pydantic import BaseModel

from examples import approval, briefing, trip
from podium import END, START, Approve, Edit, Engine, Reject, Retry, StateMachine, step, tool
from podium.errors import RefusedError
from podium.graph.encode import graph_to_json
from podium.testing import DiffersError, FakeClock, rehearse
from podium.views.copying import Form, copied
from podium.views.lines import event_line, header_line
from podium.views.record import Record, record_of
from podium.workflow.workflow import Workflow

Helps = Callable[[Engine, Any, FakeClock], Any]


def text_of(run: Record) -> str:
    lines = [header_line(run.info, graph_to_json(run.graph))]
    return "\n".join(lines + [event_line(number, event) for number, event in enumerate(run.events, 1)])


async def ran(workflow: Workflow[Any, Any], given: BaseModel, answers: dict[str, Any] | None = None) -> Record:
    """Run a workflow to its end for real, in memory, answering what it asks and letting time pass."""
    clock = FakeClock()
    async with Engine("memory:", clock=clock) as engine:
        run = await engine.start(workflow, given, id="r")
        with engine.news("r") as news:
            while await helped_on(engine, run, clock, answers or {}):
                await news.wait()
                news.clear()
        return await record_of(engine, "r")


async def helped_on(engine: Engine, run: Any, clock: FakeClock, answers: dict[str, Any]) -> bool:
    """Answer what is asked; where nothing is, let time pass up to when it matters. Claim that it is not over."""
    info, tasks = await run.status(), await engine.tasks(run_id="r")
    for task in tasks:
        await run.answer(task.path, answers[task.path])
    if info.wake_at is not None and not tasks:
        await clock.skip(max(0, info.wake_at - clock.now_ms()))
    return not info.status.is_terminal


module = importlib.import_module("podium.testing.rehearsal.rehearse")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.md").write_text("something wonderful happened", "utf-8")


def folder() -> BaseModel:
    return briefing.Brief(folder=".")


STORIES: list[tuple[ModuleType, str, Callable[[], BaseModel], dict[str, Any]]] = [
    (trip, "travel", lambda: trip.Trip(city="Busan"), {}),
    (briefing, "briefing", folder, {}),
    (approval, "expenses", lambda: approval.Claim(who="Ada", cents=10), {"manager": Approve()}),
    (approval, "expenses", lambda: approval.Claim(who="Ada", cents=10), {"manager": Reject(reason="no")}),
    (approval, "expenses", lambda: approval.Claim(who="Ada", cents=90_000), {"manager": Approve(), "refund": True}),
    (approval, "expenses", lambda: approval.Claim(who="A", cents=1), {"manager": Edit(value=80_000), "refund": False}),
]


@pytest.mark.parametrize(("module", "name", "given", "answers"), STORIES)
async def test_example_goes_the_same_way_without_its_tools(
    module: ModuleType, name: str, given: Callable[[], BaseModel], answers: dict[str, Any]
) -> None:
    workflow = getattr(module, name)
    recorded = await ran(workflow, given(), answers)
    again = await asyncio.to_thread(rehearse, workflow, text_of(recorded))
    assert (again.info.status, again.info.output) == (recorded.info.status, recorded.info.output)


class OddError(Exception):
    """What a tool of the tests raises."""


class Box(BaseModel):
    """What the runs here work on."""

    word: str
    found: list[str] = []
    end: str = ""


ASKED: list[str] = []


@tool.read(retry=Retry(attempts=1))
async def look(word: str) -> str:
    """Look something up; the second answer is another one."""
    ASKED.append(word)
    if word == "odd":
        message = "not today"
        raise OddError(message)
    return f"{word} {len(ASKED)}"


@tool.write(idempotent=True)
async def keep(word: str) -> str:
    """Keep it."""
    ASKED.append(word)
    return f"kept {word}"


@keep.compensate
async def drop(kept: str) -> None:
    """Let go."""
    ASKED.append(kept)


@step
async def gather(box: Box) -> None:
    """Ask the same twice."""
    box.found = [await look(box.word), await look(box.word)]


@step
async def store(box: Box) -> None:
    """Keep what was found."""
    box.end = await keep(box.found[-1])


@step
async def fails(box: Box) -> None:
    """Ask for what nobody has."""
    await look("odd")
    box.end = "never"


@step
async def mended(box: Box) -> None:
    """Take over."""
    box.end = "mended"


caught = StateMachine("caught", Box, START >> gather >> fails.on_error(OddError, to=mended) >> END, mended >> END)
undone = StateMachine("undone", Box, START >> gather >> store >> fails >> END)


async def test_same_question_gets_its_answers_in_order_and_failures_are_caught_as_they_were() -> None:
    recorded = await ran(caught, Box(word="sea"))
    asked = len(ASKED)
    again = await asyncio.to_thread(rehearse, caught, text_of(recorded))
    assert len(ASKED) == asked
    assert again.info.output == recorded.info.output
    assert '"end":"mended"' in (again.info.output or "")


async def test_compensations_are_rehearsed_too() -> None:
    recorded = await ran(undone, Box(word="sea"))
    asked = len(ASKED)
    again = await asyncio.to_thread(rehearse, undone, text_of(recorded))
    assert len(ASKED) == asked
    assert str(again.info.status) == "compensated"


async def test_code_that_was_changed_is_found_out_with_the_step_and_what_it_does() -> None:
    recorded = await ran(undone, Box(word="sea"))

    @step
    async def store(box: Box) -> None:
        box.end = await keep("something else")

    changed = StateMachine("undone", Box, START >> gather >> store >> fails >> END)
    with pytest.raises(DiffersError) as caught_error:
        await asyncio.to_thread(rehearse, changed, text_of(recorded))
    assert any(line.startswith("store: was a call of keep") for line in caught_error.value.differences)


async def test_step_that_is_gone_and_result_that_is_another_are_found_out() -> None:
    recorded = await ran(caught, Box(word="sea"))
    shorter = StateMachine("caught", Box, START >> gather >> END)
    with pytest.raises(DiffersError, match="fails: was failed with .*OddError: not today, and is nothing more"):
        await asyncio.to_thread(rehearse, shorter, text_of(recorded))


async def test_copied_pytest_runs_green_and_fails_when_the_workflow_changes(tmp_path: Path) -> None:
    source = Path(trip.__file__).read_text("utf-8")
    (tmp_path / "app.py").write_text(source, "utf-8")
    recorded = await ran(trip.travel, trip.Trip(city="Busan"))
    run = Record(replace(recorded.info, target=f"{tmp_path / 'app.py'}:travel"), recorded.graph, recorded.events)
    test = copied(run, Form.PYTEST)
    await asyncio.to_thread(run_test, test)
    await asyncio.to_thread(run_test, copied(run, Form.PYTEST, address="hotel"))
    (tmp_path / "other.py").write_text(source.replace("START >> flight >> hotel", "START >> hotel >> flight"), "utf-8")
    with pytest.raises(DiffersError):
        await asyncio.to_thread(run_test, test.replace("app.py:travel", "other.py:travel"))


def run_test(text: str) -> None:
    """Run the one test of a file as pytest would."""
    names: dict[str, Any] = {"__file__": "test_it.py"}
    exec(compile(text, "test_it.py", "exec"), names)  # noqa: S102  # what is tested is that it runs
    for name in [name for name in names if name.startswith("test_")]:
        names[name]()


async def test_run_that_people_moved_is_refused_with_the_reason() -> None:
    recorded = await ran(trip.travel, trip.Trip(city="Busan"))
    cut = text_of(Record(replace(recorded.info, seq=3), recorded.graph, recorded.events[:3]))
    with pytest.raises(RefusedError, match="it is not over"):
        await asyncio.to_thread(rehearse, trip.travel, cut)


async def test_run_that_comes_to_no_end_any_more_is_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = await ran(caught, Box(word="sea"))

    @step
    async def gather(box: Box) -> None:
        await asyncio.Event().wait()
        box.end = "never"

    hangs = StateMachine("caught", Box, START >> gather >> fails.on_error(OddError, to=mended) >> END, mended >> END)
    monkeypatch.setattr(module, "_PATIENCE_S", 0.05)
    with pytest.raises(DiffersError, match="the run: was .*, and is nothing more"):
        await asyncio.to_thread(rehearse, hangs, text_of(recorded))
