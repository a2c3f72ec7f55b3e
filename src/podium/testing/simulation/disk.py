"""The disk of a simulated run: what becomes of a process around each write, and who is told of what was written."""

from collections.abc import Callable, Sequence
from typing import Protocol

from podium.core.events import Event, WriteIntended
from podium.testing.simulation.doubts import Doubts
from podium.testing.simulation.faults import AT_COMMIT, AT_OTHER_WRITE, GONE_MS, JUMP_MS, RESTART_MS, Fault
from podium.testing.simulation.loop import SimLoop
from podium.testing.simulation.scene import RUN_ID, Scene

COMMIT = "commit"


class Machines(Protocol):
    """What the disk can do to processes; see `fleet.Fleet`."""

    def crash(self, loop: SimLoop, *, back_ms: int) -> None:
        """Let a process die."""

    def stall(self, loop: SimLoop) -> None:
        """Let a process stand still."""

    def restart(self, loop: SimLoop) -> None:
        """Let a process end in order."""

    def cancel(self) -> None:
        """Let somebody cancel the run."""


class Disk:
    """See above.

    Attributes:
        intents: What may be sent: the committed intents by their keys, each with the run that wrote it.
        doubts: Which of them are in doubt.
        told: Who is told of each committed event.
    """

    def __init__(self, scene: Scene, machines: Machines) -> None:
        self._scene, self._machines = scene, machines
        self.intents: dict[str, tuple[str, WriteIntended]] = {}
        self.doubts = Doubts()
        self.told: list[Callable[[Event], None]] = []

    def before(self, what: str, loop: SimLoop, events: Sequence[Event]) -> Fault | None:
        """Decide what goes wrong at a write; CRASH_BEFORE: it is not made."""
        scene = self._scene
        fault = scene.director.choose(what, AT_COMMIT if what == COMMIT else AT_OTHER_WRITE)
        if fault is None:
            return None
        scene.story.say(loop.name, (fault, what, tuple(events)), is_fault=True)
        if fault is Fault.CRASH_BEFORE:
            self._machines.crash(loop, back_ms=RESTART_MS)
        elif fault is Fault.CANCEL:
            self._machines.cancel()
        elif fault in (Fault.CLOCK_FORTH, Fault.CLOCK_BACK):
            scene.universe.jumped_ms += JUMP_MS if fault is Fault.CLOCK_FORTH else -JUMP_MS
        return fault

    def length(self, run_id: str) -> int:
        """Return how many events of a run are on disk."""
        record = self._scene.shelf.records.get(run_id)
        return len(record.events) if record else 0

    def written(self, run_id: str, loop: SimLoop, events: Sequence[Event]) -> None:
        """Events of a run have come on disk."""
        for event in events:
            if type(event) is WriteIntended:
                self.intents[event.key] = (run_id, event)
            self.doubts.seen(run_id, event)
            self._scene.story.say(loop.name, event)
            if run_id == RUN_ID:
                for tell in self.told:
                    tell(event)

    def after(self, fault: Fault | None, loop: SimLoop) -> None:
        """Let happen what goes wrong after a write, before anybody is told of it."""
        if fault is Fault.CRASH_AFTER:
            self._machines.crash(loop, back_ms=RESTART_MS)
        elif fault is Fault.GONE_LONG:
            self._machines.crash(loop, back_ms=GONE_MS)
        elif fault is Fault.STALL:
            self._machines.stall(loop)
        elif fault is Fault.RESTART:
            self._machines.restart(loop)
