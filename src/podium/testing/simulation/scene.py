"""What all parts of one simulated run share."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from podium.memory.shelf import Record, Shelf
from podium.testing.clock import START_MS
from podium.testing.simulation.director import Director
from podium.testing.simulation.laws import Breach, Law
from podium.testing.simulation.ledger import Ledger
from podium.testing.simulation.parts import Part
from podium.testing.simulation.story import Story
from podium.testing.simulation.universe import Universe
from podium.workflow.workflow import Workflow

RUN_ID = "run"


def address(run_id: str, path: str) -> str:
    """Return a step's address in a story: of another run than the simulated one, the run stands before it."""
    return path if run_id == RUN_ID else f"{run_id}:{path}"


_OTHER_DAY_MS = 90_061_007
_DAYS_MAX = 1_000
"""With a seed, a run begins another day."""

_SLOWER_MAX = 20
"""With a seed, everything takes up to so many times as long as without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is simulated.

    Attributes:
        workflow: The author's.
        others: Workflows whose runs its steps start.
        data: The input's fields as JSON texts.
        parts: How tools are played, by name.
        otherwise: How all other tools are.
        resources: Makes what tools take from the engine, out of the world.
        answers: What people answer, by the name of the step that asks.
        signals: What is sent, by the signal's name.
        invariants: The author's own laws.
        made_up: Results that were made up so far, by the tool and what it was asked.
    """

    workflow: Workflow[Any, Any]
    data: Mapping[str, str]
    others: Sequence[Workflow[Any, Any]] = ()
    parts: Mapping[str, Part] = field(default_factory=dict)
    otherwise: Part = None
    resources: Callable[[Any], Any] | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    signals: Mapping[str, Any] = field(default_factory=dict)
    invariants: Sequence[Callable[[Any], Any]] = ()
    made_up: dict[tuple[str, str], str] = field(default_factory=dict)


@dataclass(slots=True)
class Scene:
    """One run's time, chance, disk and record.

    Attributes:
        case: What is simulated.
        director: Decides what goes wrong.
        seed: 0 for the plainest run; another number changes when it begins, how long things take, and chance.
        error: Why this can not be simulated; None where it can.
    """

    case: Case
    director: Director
    seed: int = 0
    universe: Universe = field(init=False)
    shelf: Shelf = field(init=False)
    story: Story = field(init=False)
    chance: random.Random = field(init=False)
    ledger: Ledger = field(init=False)
    breaches: list[Breach] = field(init=False, default_factory=list)
    error: Exception | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Begin at the beginning."""
        self.chance = random.Random(self.seed)  # noqa: S311  # chance that can be repeated is wanted
        self.universe = Universe(start_ms=START_MS + self.seed % _DAYS_MAX * _OTHER_DAY_MS)
        self.shelf = Shelf(namespace="simulation")
        self.story = Story(lambda: self.universe.now_ms)
        self.ledger = Ledger()

    def pace(self, ms: int) -> int:
        """Return how long something takes that mostly takes so long."""
        return ms if not self.seed else round(ms * self.chance.uniform(0.5, _SLOWER_MAX))

    def breach(self, law: Law, where: str, says: str) -> None:
        """A law does not hold."""
        self.breaches.append(Breach(law, where, says))
        self.story.say("law", self.breaches[-1])

    def must_hold(self, law: Law, where: str, *, holds: bool) -> None:
        """Something has to be true now."""
        if not holds:
            self.breach(law, where, f"{where}: {law.words}; it was not so")

    @property
    def record(self) -> Record | None:
        """The run as it is on disk; None before it is there."""
        return self.shelf.records.get(RUN_ID)
