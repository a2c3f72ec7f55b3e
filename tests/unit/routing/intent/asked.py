"""A model that answers as it is told, and local models that decide as they are told."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from podium.routing.intent.types import Alternative, Choice, Decision, RouteSpec, Turn, Verdict

ROUTES = tuple(RouteSpec(name, f"about {name}", tuple(f"{name} {at}" for at in range(6))) for name in "abcdefghijkl")


@dataclass
class Oracle:
    """Answers with whatever `answer` gives; what that raises is raised."""

    answer: Callable[[str], Any] = lambda _: Choice("b", "because", 100)
    id: str = "oracle"
    asked: list[tuple[str, tuple[RouteSpec, ...]]] = field(default_factory=list)
    gate: asyncio.Event | None = None
    cancelled: int = 0

    async def choose(self, text: str, shortlist: Sequence[RouteSpec]) -> Choice:
        self.asked.append((text, tuple(shortlist)))
        if self.gate is not None:
            try:
                await self.gate.wait()
            except asyncio.CancelledError:
                self.cancelled += 1
                raise
        found: Choice = self.answer(text)
        return found


@dataclass
class Fixed:
    """Decides always the same."""

    verdict: Verdict = Verdict.ESCALATE
    otherwise: Verdict = Verdict.ROUTE
    stage: str = "fixed"
    languages: frozenset[str] = frozenset({"en"})
    routes: tuple[RouteSpec, ...] = ROUTES
    reads: Callable[[str], bool] = lambda _: True
    decided: list[str] = field(default_factory=list)

    def can_read(self, text: str) -> bool:
        return self.reads(text)

    def decide(self, text: str, turn: Turn | None = None) -> Decision:
        self.decided.append(text if turn is None else f"{turn.previous}/{text}")
        return Decision(
            verdict=self.verdict,
            route="a" if self.verdict is Verdict.ROUTE else None,
            confidence=0.4,
            margin=0.1,
            scope=-3.0,
            alternatives=tuple(Alternative(spec.name, 0.4 / (at + 1)) for at, spec in enumerate(ROUTES[:10])),
            nearest=(),
            stage=self.stage,
            why="told so",
            otherwise=self.otherwise,
            thresholds={},
            model_version="v1",
        )
