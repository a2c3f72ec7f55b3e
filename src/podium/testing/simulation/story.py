"""What happened in a simulated run, line by line, for people."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from podium.core.events import Event
from podium.testing.simulation.faults import Fault
from podium.testing.simulation.ledger import Effect


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened: when, to whom or where, and in words."""

    at_ms: int
    who: str
    text: str


@dataclass(slots=True)
class Story:
    """Kept while a run is played; read only where something is wrong with it."""

    now_ms: int = 0
    lines: list[Line] = field(default_factory=list)

    def say(self, who: str, text: str) -> None:
        self.lines.append(Line(self.now_ms, who, text))

    def asked(self, path: str, tool: str, args: str, fault: Fault | None) -> None:
        self.say(path, f"calls {tool}{args}" + (f"  FAULT {fault}" if fault else ""))

    def repeated(self, path: str, tool: str) -> None:
        self.say(path, f"the world: {tool} was done under that key before; the same answer")

    def happened(self, effect: Effect) -> None:
        self.say(effect.path, f"the world: {effect.tool} happened ({effect.result!r})")

    def committed(self, who: str, events: Sequence[Event]) -> None:
        for event in events:
            self.say(who, f"journal: {event}")
