"""One simulated run, from its first process to its last, and what was wrong with it."""

from typing import Any

from podium.engine.ports import RunInfo
from podium.testing.simulation.director import Director
from podium.testing.simulation.fleet import Fleet
from podium.testing.simulation.laws import Law
from podium.testing.simulation.people import People
from podium.testing.simulation.played import PlayedTool
from podium.testing.simulation.scene import Case, Scene
from podium.testing.simulation.universe import Stuck
from podium.testing.simulation.world import World
from podium.workflow.binding import ToolCode
from podium.workflow.toolcode import ToolBinding


class Trial:
    """One simulated run.

    Attributes:
        scene: Its time, chance, disk and record.
        world: The other side.
        fleet: Its processes.
        people: Who uses it.
    """

    def __init__(self, case: Case, director: Director, *, seed: int = 0) -> None:
        self.scene = Scene(case, director, seed)
        self.fleet = Fleet(self.scene)
        self.world = World(self.scene, self.fleet)
        self.people = People(self.scene, self.fleet)
        self.people.truth = self.world.truth
        self.fleet.crowd, self.fleet.stage = self.people, self._stage
        self.fleet.resources = None if case.resources is None else case.resources(self.world)
        self.scene.universe.wakes_at = self._wakes_at

    def run(self) -> None:
        """Let it happen."""
        self.fleet.start()
        try:
            self.scene.universe.run(self._is_over)
        except Stuck as stuck:
            self.scene.breach(Law.ENDS, "run", str(stuck))

    def put_away(self) -> None:
        """Let what is left of its processes end; nothing that it does counts any more."""
        loops = [process.loop for process in self.fleet.processes]
        self.scene.universe.put_away([self.scene.universe.loop, *loops])

    def _is_over(self) -> bool:
        if self.people.told is None or self.scene.universe.coming or not self.fleet.is_still:
            return False
        return not any(info.has_work or info.wake_at is not None for info in self._open_runs())

    def _wakes_at(self) -> int | None:
        waiting = (info.wake_at for info in self._open_runs() if info.owner is None)
        return min((wake_at for wake_at in waiting if wake_at is not None), default=None)

    def _open_runs(self) -> list[RunInfo]:
        """Return the runs that are not over, those that steps have started among them."""
        infos = (record.info for record in self.scene.shelf.records.values())
        return [info for info in infos if not info.status.is_terminal]

    def _stage(self, tool: ToolCode) -> ToolCode:
        if not isinstance(tool, ToolBinding):
            return tool
        case = self.scene.case
        part = case.parts.get(tool.name, case.otherwise)
        stand_in: Any = PlayedTool(tool, self.world, part, disk=self.fleet.disk, scene=self.scene)
        played: ToolCode = stand_in  # it passes on what it lacks
        return played
