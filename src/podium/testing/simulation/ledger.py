"""What has really happened at the other side of a simulated run: every effect, and what undid it."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Effect:
    """One thing that happened.

    Attributes:
        number: The n-th of the run, from 1.
        at_ms: When, in virtual ms since the run began.
        tool: What did it: a tool's name, or what the author's fake calls it.
        path: The step that wanted it.
        key: The key of the call that it belongs to, the same for all tries of that call.
        args: What was asked for, as JSON text.
        result: What the other side gave for it.
        undone_by: The number of the effect that undid it; None while it stands.
        undoes: The path of the step whose effect it undoes; None for what undoes nothing.
    """

    number: int
    at_ms: int
    tool: str
    path: str
    key: str
    args: str
    result: object = None
    undone_by: int | None = None
    undoes: str | None = None


@dataclass(slots=True)
class Ledger:
    """All effects of a run, in order."""

    effects: list[Effect] = field(default_factory=list)

    @property
    def standing(self) -> list[Effect]:
        """What was done and not undone."""
        return [effect for effect in self.effects if effect.undone_by is None and effect.undoes is None]

    def of(self, tool: str) -> list[Effect]:
        """Return what a tool has done, undone or not."""
        return [effect for effect in self.effects if effect.tool == tool]

    def under(self, key: str, tool: str) -> Effect | None:
        """Return the first thing that a tool did under a key."""
        return next((effect for effect in self.effects if effect.key == key and effect.tool == tool), None)

    def stands_for(self, path: str) -> Iterator[Effect]:
        """Return what the step at `path` has done that still stands."""
        return (effect for effect in self.standing if effect.path == path)

    def __iter__(self) -> Iterator[Effect]:
        """Give the effects."""
        return iter(self.effects)

    def __len__(self) -> int:
        """Return how many there are, undone ones too."""
        return len(self.effects)
