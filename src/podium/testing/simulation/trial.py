"""One simulated run: processes with real engines over one memory, a world around them, and somebody who makes trouble."""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from podium.core import events as ev
from podium.core.events import Event
from podium.engine.engine import Engine
from podium.engine.platform import Platform
from podium.engine.ports import RunInfo
from podium.errors import PodiumError, RunEndedError
from podium.memory.shelf import Shelf
from podium.memory.store import MemoryStore
from podium.testing.simulation.director import Director
from podium.testing.simulation.faults import (
    AT_COMMIT,
    AT_START,
    GONE_MS,
    JUMP_MS,
    RESTART_MS,
    STALL_MS,
    Fault,
    Incident,
)
from podium.testing.simulation.loop import SimLoop, process_loop
from podium.testing.simulation.played import Part, PlayedTool
from podium.testing.simulation.store import SimStore
from podium.testing.simulation.story import Story
from podium.testing.simulation.threads import SimThreads
from podium.testing.simulation.universe import ProcessClock, Universe
from podium.testing.simulation.world import World
from podium.workflow.binding import ToolCode
from podium.workflow.toolcode import ToolBinding
from podium.workflow.workflow import Workflow

RUN_ID = "run"
TAKEN_OVER_MS = 1_500
"""How long after a process began to stand still another one takes its runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is simulated.

    Attributes:
        workflow: The author's.
        data: The input's fields as JSON texts.
        parts: How tools are played, by name.
        otherwise: How all other tools are.
        resources: Makes what tools take from the engine, from the world.
    """

    workflow: Workflow[Any, Any]
    data: Mapping[str, str]
    parts: Mapping[str, Part] = field(default_factory=dict)
    otherwise: Part = None
    resources: Callable[[World], Any] | None = None


class Process:
    """One engine."""

    def __init__(self, trial: "Trial", number: int) -> None:
        self.name = f"engine {number}"
        self.trial = trial
        self.loop = process_loop(trial.universe, self.name)
        self.store: SimStore
        self.engine: Engine

    def begin(self) -> None:
        """Let it start."""
        trial, loop = self.trial, self.loop
        self.store = SimStore(MemoryStore(trial.shelf, now_ms=trial.universe.wall_ms), trial, loop)
        resources = self._resources if trial.case.resources is not None else None
        clock = ProcessClock(trial.universe, loop)
        self.engine = Engine("memory:", workflows=[trial.case.workflow], resources=resources, clock=clock)
        self.engine.platform = Platform(
            store_of=lambda url, clock: self.store,  # noqa: ARG005
            share=trial.chance.random,
            threads=lambda name: trial.threads,  # noqa: ARG005
            stage=trial.stage,
        )
        loop.create_task(self._main())

    @asynccontextmanager
    async def _resources(self) -> Any:
        yield self.trial.resources

    async def _main(self) -> None:
        trial = self.trial
        await self.engine.__aenter__()
        handle = await self.engine.start_fields(trial.case.workflow, dict(trial.case.data), id=RUN_ID)
        trial.acknowledged.append("start")
        try:
            await handle.result()
            trial.told = "completed"
        except RunEndedError as ended:
            trial.told = ended

    @property
    def worker(self) -> Any:
        """Return the process as the shelf knows it."""
        return self.trial.shelf.workers.get(self.store.inner.worker_id)


class Trial:
    """One simulated run."""

    def __init__(self, case: Case, director: Director, *, seed: int = 0) -> None:
        self.case, self.director = case, director
        self.universe = Universe()
        self.shelf = Shelf(namespace="simulation")
        self.chance = random.Random(seed)
        self.story = Story()
        self.world = World(self.universe, director, self.story, self)
        self.threads = SimThreads()
        self.resources = case.resources(self.world) if case.resources is not None else None
        self.processes: list[Process] = []
        self.acknowledged: list[str] = []
        self.told: Any = None
        self.paths: dict[str, str] = {}
        self._played: dict[str, Any] = {}
        self.universe.wakes_at = self._wakes_at

    # ----- the run

    def run(self) -> None:
        """Let it happen."""
        self._start_process()
        self.universe.run(self._is_over)

    def put_away(self) -> None:
        """End what is left of all processes."""
        universe = self.universe
        for loop in (universe.loop, *(process.loop for process in self.processes)):
            loop.is_dead = False
            loop.held = None
            for task in loop.tasks:
                task.cancel()
        universe.settle()
        asyncio._set_running_loop(None)

    @property
    def info(self) -> RunInfo | None:
        record = self.shelf.records.get(RUN_ID)
        return record.info if record else None

    def _is_over(self) -> bool:
        return self.told is not None

    def _start_process(self) -> None:
        process = Process(self, len(self.processes) + 1)
        self.processes.append(process)
        self.universe.stir()
        process.begin()

    def _wakes_at(self) -> int | None:
        info = self.info
        if info is None or info.owner is not None or info.status.is_terminal:
            return None
        return info.wake_at

    # ----- tools

    def stage(self, tool: ToolCode) -> ToolCode:
        """Return what stands in for a tool."""
        played = self._played.get(tool.name)
        if played is None:
            if not isinstance(tool, ToolBinding):
                return tool
            part = self.case.parts.get(tool.name, self.case.otherwise)
            played = self._played[tool.name] = PlayedTool(tool, self.world, part, lambda key: self.paths.get(key, "?"))
        return played

    # ----- trouble

    def process_of(self, loop: SimLoop) -> Process:
        return next(process for process in self.processes if process.loop is loop)

    def happens(self, incident: Incident, loop: SimLoop) -> None:
        process = self.process_of(loop)
        if loop.is_dead:
            return
        if incident is Incident.CRASH:
            self._crash(process, RESTART_MS)
        elif incident is Incident.STALL:
            self._stall(process)
        else:
            self._cancel(process)

    def _crash(self, process: Process, back_ms: int) -> None:
        self.story.now_ms = self.universe.now_ms
        self.story.say(process.name, "DIES")
        process.loop.is_dead = True
        if process.worker:
            process.worker.is_dead = True
        if not any(other for other in self.processes if not other.loop.is_dead):
            self.universe.after(back_ms, self._start_process)
        self.universe.stir()

    def _stall(self, process: Process) -> None:
        if process.loop.held is not None:
            return
        self.story.say(process.name, "STANDS STILL")
        process.loop.held = []
        if process.worker:
            process.worker.is_stuck = True
        self.universe.after(TAKEN_OVER_MS, self._start_process)
        self.universe.after(STALL_MS, self._wake, process)

    def _wake(self, process: Process) -> None:
        self.story.say(process.name, "GOES ON")
        held, process.loop.held = process.loop.held or [], None
        if process.worker:
            process.worker.is_stuck = False
        self.universe.ready.extend(held)
        self.universe.stir()

    def _cancel(self, process: Process) -> None:
        async def cancel() -> None:
            handle = await process.engine.get(RUN_ID)
            try:
                await handle.cancel("simulated", by="somebody")
            except PodiumError as refused:
                self.story.say("somebody", f"may not cancel: {refused}")

        if self.info is not None:
            self.story.say("somebody", "cancels")
            process.loop.create_task(cancel())

    # ----- the disk

    def before(self, what: str, loop: SimLoop, events: Sequence[Event]) -> bool:
        self.story.now_ms = self.universe.now_ms
        options = AT_COMMIT if what == "commit" else AT_START
        self._fault = fault = self.director.choose(what, options)
        process = self.process_of(loop)
        if fault is Fault.CRASH_BEFORE:
            self._crash(process, RESTART_MS)
            return False
        if fault in (Fault.CLOCK_BACK, Fault.CLOCK_FORTH):
            self.universe.jumped_ms += JUMP_MS if fault is Fault.CLOCK_FORTH else -JUMP_MS
        if fault is Fault.CANCEL:
            self._cancel(process)
        return True

    def after(self, what: str, loop: SimLoop, events: Sequence[Event]) -> bool:
        fault = self._fault
        process = self.process_of(loop)
        self.story.committed(process.name, events)
        for event in events:
            if isinstance(event, ev.WriteIntended):
                self.paths[event.key] = event.path
        if fault in (Fault.CRASH_AFTER, Fault.GONE_LONG):
            self._crash(process, GONE_MS if fault is Fault.GONE_LONG else RESTART_MS)
            return False
        if fault is Fault.STALL:
            self._stall(process)
        return True
