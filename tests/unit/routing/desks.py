"""Intent routers whose decisions are scripted, so that a test is about the workflow and not about the words."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from podium import Engine, Handle
from podium.core.events import Event, ReadDone, TaskOpened
from podium.routing import IntentRouter
from podium.routing.deciding import Snapshot
from podium.routing.intent.types import Alternative, Decision, Neighbour, Turn, Verdict


def decided(verdict: Verdict, *routes: str, otherwise: Verdict = Verdict.OUT_OF_SCOPE) -> Decision:
    """Return a decision: the routes that were looked at, the likeliest first."""
    shares = [0.9 / 2**at for at in range(len(routes))]
    return Decision(
        verdict=verdict,
        route=routes[0] if verdict is Verdict.ROUTE else None,
        confidence=shares[0] if shares else 0.0,
        margin=0.5,
        scope=0.8,
        alternatives=tuple(map(Alternative, routes, shares)),
        nearest=tuple(Neighbour(route, f"an example of {route}", 0.9) for route in routes[:3]),
        stage="scripted",
        why=f"it is scripted as {verdict}",
        otherwise=otherwise,
        thresholds={"scope": 0.5},
        model_version="1",
    )


class Scripted:
    """Decides as it is told, and keeps what it was asked."""

    def __init__(self, says: Mapping[str, Decision]) -> None:
        self.says = says
        self.asked: list[tuple[str, str]] = []
        self.cascade: Scripted = self

    def decide(self, text: str, turn: Turn | None = None) -> Decision:
        self.asked.append((text, turn.previous if turn else ""))
        return self.says.get(text, decided(Verdict.OUT_OF_SCOPE))


class ScriptedCascade:
    """A cascade of which both halves are scripted."""

    def __init__(self, local: Scripted, asked: Scripted) -> None:
        self.local, self.asked = local, asked

    def decide_locally(self, text: str, turn: Turn | None = None) -> Decision:
        return self.local.decide(text, turn)

    async def decide(self, text: str, turn: Turn | None = None) -> Decision:
        return self.asked.decide(text, turn)


def script(router: IntentRouter, says: Mapping[str, Decision], asked: Mapping[str, Decision] | None = None) -> Scripted:
    """Let a router decide by a script: `says` here, `asked` where a model is asked."""
    local = Scripted(says)
    local.cascade = Scripted(asked or {})
    both: Any = ScriptedCascade(local, local.cascade)
    first: Any = local
    router.deciding._snapshot = Snapshot(first, both, 0)
    return local


async def until_asked(run: Handle[Any], path: str) -> None:
    """Wait until a person is asked there."""
    async for _, event in run.events():
        if isinstance(event, TaskOpened) and event.path == path:
            return


async def journal(run: Handle[Any]) -> list[Event]:
    """Return what happened so far, of a run that is over."""
    return [event async for _, event in run.events()]


def reads(events: Sequence[Event], tool: str) -> list[ReadDone]:
    """Return the reads of a tool."""
    return [event for event in events if isinstance(event, ReadDone) and event.call.startswith(f"{tool}:")]


async def question(engine: Engine, run: Handle[Any]) -> dict[str, Any]:
    """Return what the person sees who is asked."""
    (task,) = await engine.tasks(run_id=run.id)
    found: dict[str, Any] = json.loads(task.context)
    return found
