"""The processes of a simulated run: real engines over one memory, that die, stand still and are replaced."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Protocol

from podium.engine.engine import Engine
from podium.engine.platform import Platform
from podium.memory.shelf import Worker
from podium.memory.store import MemoryStore
from podium.testing.simulation.disk import Disk
from podium.testing.simulation.faults import GRACE_MS, RESTART_MS, STALL_MS, TAKEN_OVER_MS, Incident
from podium.testing.simulation.loop import SimLoop, process_loop
from podium.testing.simulation.scene import Scene
from podium.testing.simulation.store import SimStore
from podium.testing.simulation.universe import ProcessClock
from podium.workflow.binding import ToolCode


class Crowd(Protocol):
    """Who uses the processes from outside; see `people.People`."""

    async def attend(self, engine: Engine) -> None:
        """Use an engine that has just been opened."""

    def cancel(self) -> None:
        """Cancel the run."""


class Process:
    """One process with an engine in it.

    Attributes:
        loop: Its event loop.
        engine: Its engine.
        is_open: The engine can be used.
    """

    def __init__(self, scene: Scene, fleet: "Fleet", name: str) -> None:
        self.loop = process_loop(scene.universe, name)
        self.is_open = False
        self._fleet, self._resources = fleet, fleet.resources
        memory = MemoryStore(scene.shelf, now_ms=scene.universe.wall_ms)
        self._store = SimStore(memory, fleet.disk, self.loop, scene.pace)
        clock = ProcessClock(scene.universe, self.loop)
        resources = None if self._resources is None else self._given
        self.engine = Engine(
            "memory:", workflows=[scene.case.workflow, *scene.case.others], resources=resources, clock=clock
        )
        self.engine.platform = Platform(
            store_of=lambda _, __: self._store,
            share=scene.chance.random,
            threads=lambda _: scene.universe.threads,
            stage=fleet.stage,
        )

    @property
    def is_up(self) -> bool:
        """Claims that it can do something now."""
        return self.is_open and not self.loop.is_dead and self.loop.held is None

    @property
    def worker(self) -> Worker | None:
        """The process as others see it on disk."""
        return self._fleet.scene.shelf.workers.get(self._store.inner.worker_id)

    def begin(self) -> None:
        """Let it start."""
        self.loop.create_task(self._main())

    async def _main(self) -> None:
        await self.engine.__aenter__()
        self.is_open = True
        await self._fleet.crowd.attend(self.engine)

    async def end(self) -> None:
        """Let what is under way end, close the engine, and be gone."""
        await self.engine.drain(grace_ms=GRACE_MS)
        await self.engine.__aexit__(None, None, None)
        self._fleet.crash(self.loop, back_ms=RESTART_MS)

    @asynccontextmanager
    async def _given(self) -> AsyncIterator[Any]:
        yield self._resources


class Fleet:
    """All processes of one run. It implements `world.Incidents` and `disk.Machines`.

    Attributes:
        processes: In the order in which they began.
        stage: Says what stands in for a tool.
        crowd: Who uses them.
        resources: What tools take from the engine.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.disk = Disk(scene, self)
        self.processes: list[Process] = []
        self.stage: Callable[[ToolCode], ToolCode]
        self.crowd: Crowd
        self.resources: Any = None

    def start(self) -> None:
        """Let one more process begin."""
        number = len(self.processes) + 1
        process = Process(self.scene, self, f"engine {number}")
        self.processes.append(process)
        if number > 1:
            self.scene.story.say(process.loop.name, "starts")
        self.scene.universe.stir()
        process.begin()

    @property
    def up(self) -> Process | None:
        """The youngest process that can do something."""
        return next((process for process in reversed(self.processes) if process.is_up), None)

    @property
    def is_still(self) -> bool:
        """Claims that no process stands still."""
        return all(process.loop.held is None or process.loop.is_dead for process in self.processes)

    def happens(self, incident: Incident, loop: SimLoop) -> None:
        """Let something happen to the process of that loop."""
        if incident is Incident.CRASH:
            self.crash(loop, back_ms=RESTART_MS)
        elif incident is Incident.STALL:
            self.stall(loop)
        else:
            self.cancel()

    def cancel(self) -> None:
        """Let somebody cancel the run."""
        self.crowd.cancel()

    def crash(self, loop: SimLoop, *, back_ms: int) -> None:
        """Let a process die, as by SIGKILL: nothing that was only in its memory is left."""
        if loop.is_dead:
            return
        self.scene.story.say(loop.name, "is gone")
        loop.is_dead = True
        worker = self._of(loop).worker
        if worker is not None:
            worker.is_dead = True
        if all(process.loop.is_dead or process.loop.held is not None for process in self.processes):
            self.scene.universe.after(back_ms, self.start)
        self.scene.universe.stir()

    def restart(self, loop: SimLoop) -> None:
        """Let a process end as SIGTERM lets it."""
        process = self._of(loop)
        if process.is_open and not loop.is_dead:
            process.is_open = False
            self.scene.story.say(loop.name, "is told to stop")
            loop.create_task(process.end())

    def stall(self, loop: SimLoop) -> None:
        """Let a process stand still until its lease has run out and another one is there, and then go on."""
        if loop.is_dead or loop.held is not None:
            return
        self.scene.story.say(loop.name, "stands still")
        loop.held = []
        worker = self._of(loop).worker
        if worker is not None:
            worker.is_stuck = True
        self.scene.universe.after(TAKEN_OVER_MS, self.start)
        self.scene.universe.after(STALL_MS, self._wake, loop)

    def _wake(self, loop: SimLoop) -> None:
        held, loop.held = loop.held or [], None
        if loop.is_dead:
            return
        self.scene.story.say(loop.name, "goes on")
        worker = self._of(loop).worker
        if worker is not None:
            worker.is_stuck = False
        self.scene.universe.ready.extend(held)
        self.scene.universe.stir()

    def _of(self, loop: SimLoop) -> Process:
        return next(process for process in self.processes if process.loop is loop)
