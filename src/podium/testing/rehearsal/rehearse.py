"""A recorded run is done again, in memory and on a clock of its own, and compared with what it was."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from itertools import zip_longest
from typing import Any, cast

from pydantic_core import from_json

from podium.core import events as ev
from podium.core.events import Event
from podium.core.path import ROOT, parse, place
from podium.engine.engine import Engine
from podium.engine.handle import Handle
from podium.engine.ports import HumanTask, Status
from podium.graph.nodes import Graph, GraphKind
from podium.testing.clock import FakeClock
from podium.testing.rehearsal.script import Script, script_of
from podium.testing.rehearsal.stand_in import StandIn, meant
from podium.views.exported import read_export
from podium.views.record import Record, record_of
from podium.workflow.binding import ToolCode
from podium.workflow.workflow import Workflow

_MOVES_MAX = 10_000
_PATIENCE_S = 30
"""A run that is not over by then waits for something that no script has."""


class DiffersError(AssertionError):
    """A workflow does something else today than in the recorded run.

    Attributes:
        differences: In words, step by step.
    """

    def __init__(self, run_id: str, differences: Iterable[str]) -> None:
        self.differences = tuple(differences)
        shown = "\n".join(f"  {difference}" for difference in self.differences)
        super().__init__(f"run {run_id} goes another way today:\n{shown}")


def rehearse(
    workflow: Workflow[Any, Any], journal: str | bytes, *, resources: Mapping[type[Any], Any] | None = None
) -> Record:
    """Do a recorded run again, offline, and return it as it went; nothing leaves this process, no time is waited for.

    Each call of a tool gives what it gave in the recorded run, people answer what they answered, signals come. What the
    workflow's own code does is done anew. It has to go the same way: the same steps with the same results and failures,
    the same writes with the same arguments, the same compensations, the same end.

    Args:
        workflow: As it is today.
        journal: What `podium runs export` wrote of a run that came to its end by itself.
        resources: What steps, not tools, take from the engine.

    Raises:
        DiffersError: It goes another way.
        BadExportError: The journal can not be read. RefusedError: People decided how its run went on.
    """
    recorded = read_export(journal)
    return asyncio.run(_rehearsed(workflow, recorded, tuple((resources or {}).values())))


async def _rehearsed(workflow: Workflow[Any, Any], recorded: Record, offered: tuple[Any, ...]) -> Record:
    script, clock = script_of(recorded), FakeClock(recorded.events[0].at)

    @asynccontextmanager
    async def entered() -> AsyncIterator[tuple[Any, ...]]:
        yield offered

    def staged(tool: ToolCode) -> ToolCode:
        return cast("ToolCode", StandIn(tool, script))

    engine = Engine("memory:", resources=entered, clock=clock)
    engine.platform = replace(engine.platform, stage=staged)
    engine.classify(meant)
    async with engine:
        known = {name: text for name, text in script.input.items() if name in workflow.graph.fields}
        handle = await engine.start_fields(workflow, known, id=script.run_id)
        for name, payload in script.signals:
            await handle.signal(name, from_json(payload))
        with suppress(TimeoutError):  # then it is not over, which is a difference
            await asyncio.wait_for(_to_its_end(engine, handle, script, clock), _PATIENCE_S)
        again = await record_of(engine, script.run_id)
    found = list(differences(recorded, again))
    if found:
        raise DiffersError(script.run_id, found)
    return again


async def _to_its_end(engine: Engine, handle: Handle[Any], script: Script, clock: FakeClock) -> None:
    """Answer what is asked and let time pass, until the run is over or nothing in the script helps it on."""
    with engine.news(handle.id) as news:
        for _ in range(_MOVES_MAX):
            news.clear()
            if not await _moved(engine, handle, script, clock):
                return
            await news.wait()


async def _moved(engine: Engine, handle: Handle[Any], script: Script, clock: FakeClock) -> bool:
    """Do what helps the run on, if that is anybody's business; claim that there will be news of it."""
    info = await engine.info(handle.id)
    if info.status.is_terminal or info.status is Status.PARKED:
        return False
    told = [await _answered(handle, task, script) for task in await engine.tasks(run_id=handle.id)]
    if any(told) or info.status is Status.RUNNING:
        return True
    if info.wake_at is None:
        return info.status is Status.COMPENSATING
    await clock.skip(max(0, info.wake_at - clock.now_ms()))
    return True


async def _answered(handle: Handle[Any], task: HumanTask, script: Script) -> bool:
    """Answer a question as it was answered; claim that there was an answer."""
    if task.approval:
        consents = script.consents.get(task.path)
        if not consents:
            return False
        consent, by = consents.popleft()
        await handle.answer(task.path, consent, by=by)
        return True
    answers = script.answers.get(task.path)
    if not answers:
        return False
    answer, by = answers.popleft()
    await handle.answer(task.path, from_json(answer), by=by)
    return True


def differences(recorded: Record, again: Record) -> Iterator[str]:
    """Yield where two runs went other ways, in words; what ran side by side may end in any order."""
    before, now = _told(recorded), _told(again)
    given_up = {path for told in (before, now) for path, facts in told.items() if _CANCELLED in facts}
    for path in dict.fromkeys([*before, *now]):
        if path in given_up:
            continue
        was, gone = before.get(path, []), now.get(path, [])
        for first, then in zip_longest(was, gone, fillvalue="nothing more"):
            if first != then:
                yield f"{path or 'the run'}: was {first}, and is {then}"
                break


_CANCELLED = "given up"


def _told(run: Record) -> dict[str, list[str]]:
    """Return what each step did that counts, in words; and of the run, and what holds a machine, in which order."""
    found: dict[str, list[str]] = {}
    for event in run.events:
        said = _said(event)
        if isinstance(event, ev.StepStarted) and _is_machine(run.graph, parse(event.path).scope):
            found.setdefault(parse(event.path).scope, []).append(f"on to {parse(event.path).name}")
        facts = found.setdefault(getattr(event, "path", ROOT), [])
        if said and said not in facts[-1:]:
            facts.append(said)
    return {path: facts for path, facts in found.items() if facts}


def _is_machine(graph: Graph, scope: str) -> bool:
    """Claim that a state machine is walked in a scope; a plan, which came with the data, is none."""
    for name in filter(None, place(scope).split("/")):
        child = graph.nodes[name].child
        if child is None:
            return False
        graph = child
    return graph.kind is GraphKind.MACHINE


def _said(event: Event) -> str:
    told = _SAID.get(type(event))
    return told(event) if told is not None else ""


def _done(event: ev.StepDone) -> str:
    grown = {name: f"+[{items}]" for name, items in (event.appends or {}).items()}
    changed = [f"{name}={text}" for name, text in sorted({**(event.changes or {}), **grown}.items())]
    return " ".join(filter(None, ["done", f"→ {event.label}" if event.label else "", event.output or "", *changed]))


_SAID: Mapping[type[Event], Callable[[Any], str]] = {
    ev.WriteIntended: lambda event: f"a call of {event.tool}{event.args}",
    ev.StepDone: _done,
    ev.StepFailed: lambda event: f"failed with {event.failure.type}: {event.failure.message}",
    ev.StepSkipped: lambda _: "skipped",
    ev.StepCancelled: lambda _: _CANCELLED,
    ev.UndoDone: lambda _: "undone",
    ev.UndoSkipped: lambda _: "left as it is",
    ev.RunCompleted: lambda _: "completed",
    ev.RunFailed: lambda _: "failed",
    ev.RunCompensated: lambda _: "compensated",
    ev.RunCancelled: lambda _: "cancelled",
}
