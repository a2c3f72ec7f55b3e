"""A run's committed events, read as what people look at: the overlay of its picture and the rows of its tree."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pydantic_core import from_json

from podium.core import events as ev
from podium.core.path import ROOT, Element, is_undo, parse, place, step_path, undone_path
from podium.core.snapshot import restore
from podium.core.state import RunState, Scope
from podium.draw.overlay import NodeStatus, Overlay, Status, place_in
from podium.draw.plans import graph_at, with_plans
from podium.draw.terminal import StepRow
from podium.graph.encode import graph_from_json
from podium.graph.nodes import END, START, Graph, GraphKind, NodeKind

_MOVES = (Status.RUNNING, Status.RETRYING, Status.WAITING)
_UNDO = (Status.UNDONE, Status.UNDOING)


@dataclass(slots=True)
class _Seen:
    """What was seen of one step: how it stands, when it began and ended, and what to say of it."""

    path: str
    status: Status
    began_at: int
    ended_at: int | None = None
    attempts: int = 1
    note: str = ""


@dataclass(slots=True)
class RunView:
    """How a run looks, told event by event.

    Attributes:
        graph: The run's.
        plans: Those that it carried out, by address.
    """

    graph: Graph
    plans: dict[str, Graph] = field(default_factory=dict)
    _steps: dict[str, _Seen] = field(default_factory=dict)
    _visits: dict[str, int] = field(default_factory=dict)
    _taken: set[tuple[str, str]] = field(default_factory=set)
    _last: dict[str, str] = field(default_factory=dict)
    _done: set[str] = field(default_factory=set)
    _lengths: dict[tuple[str, str], int] = field(default_factory=dict)
    _undoing: dict[str, str] = field(default_factory=dict)

    def add(self, event: ev.Event) -> None:
        """Take the next event in."""
        told = _TOLD.get(type(event))
        if told is not None:
            told(self, event)

    @property
    def drawn(self) -> Graph:
        """The graph with the last plans put in, for the picture and the tree."""
        return with_plans(self.graph, self.plans)

    def overlay(self) -> Overlay:
        """Return what is laid over the picture."""
        latest: dict[str, _Seen] = {}
        items: dict[str, list[Status]] = {}
        for seen in self._steps.values():
            where = parse(seen.path)
            if where.item is None:
                latest[place(seen.path)] = seen
            else:
                items.setdefault(place(seen.path), []).append(seen.status)
        latest.update((spot, self._steps[path]) for spot, path in self._undoing.items() if spot in latest)
        nodes = {where: self._node(where, seen, items.get(where, [])) for where, seen in latest.items()}
        return Overlay(nodes=nodes, taken=frozenset(self._taken))

    def _node(self, where: str, seen: _Seen, items: list[Status]) -> NodeStatus:
        done = sum(status is Status.DONE for status in items)
        step = parse(seen.path)
        each = self._graph_at(step.scope).nodes[step.name].each
        total = None if each is None else self._lengths.get((step.scope, each), len(items))
        visits, status = self._visits.get(where, 1), _of_map(seen.status, items)
        return NodeStatus(status=status, visits=visits, attempts=seen.attempts, items_done=done, items_total=total)

    def rows(self, *, now_ms: int) -> list[StepRow]:
        """Return the rows of the tree, in the order in which the steps began."""
        return [
            StepRow(
                path=seen.path, status=seen.status, note=seen.note, took_ms=(seen.ended_at or now_ms) - seen.began_at
            )
            for seen in self._steps.values()
        ]

    def _forget(self) -> None:
        """Show nothing any more, but for how long the lists of its maps are."""
        for told in (self._steps, self._visits, self._taken, self._last, self._done, self._undoing):
            told.clear()

    # ----- what events tell

    def _started(self, event: ev.StepStarted | ev.StepRestarted) -> None:
        where = parse(event.path)
        graph = self._graph_at(where.scope)
        node = graph.nodes[where.name]
        idles = node.kind in (NodeKind.HUMAN, NodeKind.SLEEP, NodeKind.WAIT)
        self._steps[event.path] = _Seen(event.path, Status.WAITING if idles else Status.RUNNING, event.at)
        spot = place(event.path)
        self._undoing.pop(spot, None)
        if where.item is None:
            self._visits[spot] = max(self._visits.get(spot, 0), where.visit)
            self._came(graph, where, spot)

    def _came(self, graph: Graph, where: Element, spot: str) -> None:
        """Remember the ways that led here."""
        scope = place(where.scope)
        if graph.kind is GraphKind.MACHINE:
            self._taken.add((self._last.get(where.scope, place_in(scope, START)), spot))
            self._last[where.scope] = spot
            return
        inside = [name for name in graph.nodes[where.name].sources() if name in graph.nodes]
        for name in inside or [START]:
            source = place_in(scope, name)
            if name == START or source in self._done:
                self._taken.add((source, spot))

    def _begins(self, scope: str, data: Mapping[str, str]) -> None:
        """Count the lists of a graph's input that its maps go over."""
        for name, text in data.items():
            self._count(scope, name, text)

    def _count(self, scope: str, name: str, text: str | None) -> None:
        graph = self._graph_at(scope)
        if not any(node.each == name for node in graph.nodes.values()):
            return
        each = graph.nodes[name].each if name in graph.nodes else None
        if text is not None:
            items = from_json(text)
            self._lengths[scope, name] = len(items) if isinstance(items, list) else 0
        elif each is not None:
            self._lengths[scope, name] = self._lengths.get((scope, each), 0)  # a map over a map is as long as that

    def _ended_well(self, event: ev.StepDone) -> None:
        self._becomes(event, Status.DONE, note=f"→ {event.label}" if event.label else "", ends=True)
        where = parse(event.path)
        if where.item is None:
            self._done.add(place(event.path))
            if self._graph_at(where.scope).kind is GraphKind.DAG:
                self._count(where.scope, where.name, event.output)

    def _opened(self, event: ev.ScopeOpened) -> None:
        if event.graph:
            self.plans[event.path] = graph_from_json(event.graph)
            self._taken = {way for way in self._taken if not way[0].startswith(f"{place(event.path)}/")}
        self._begins(event.path, event.data)

    def _graph_at(self, scope: str) -> Graph:
        return graph_at(self.graph, self.plans, scope)

    def _ended(self, scope: str) -> None:
        spot = place(scope)
        graph = self._graph_at(scope)
        last = self._last.get(scope) if graph.kind is GraphKind.MACHINE else place_in(spot, graph.gives or "")
        if last is not None:
            self._taken.add((last, place_in(spot, END)))

    def _becomes(self, event: Any, status: Status, *, note: str = "", ends: bool = False) -> None:
        path = event.path
        if is_undo(path):
            path, status = undone_path(path), Status.UNDOING if status in _MOVES else status
            if parse(path).item is None:
                self._undoing[place(path)] = path
        seen = self._steps.get(path)
        if seen is None:
            seen = self._steps[path] = _Seen(path, status, event.at)
        seen.status, seen.note = status, note
        seen.ended_at = event.at if ends else None


def _of_map(status: Status, items: list[Status]) -> Status:
    """Return how a map stands whose items may have been undone; an item that is not part of that does not count."""
    touched = [item for item in items if item in _UNDO]
    if not touched:
        return status
    return max(touched, key=_UNDO.index)


def _attempt_failed(view: RunView, event: ev.AttemptFailed) -> None:
    view._becomes(event, Status.RETRYING, note=f"attempt {event.attempt} failed: {event.failure}")  # noqa: SLF001
    if not is_undo(event.path):
        view._steps[event.path].attempts = event.attempt + 1  # noqa: SLF001


def _copied(view: RunView, event: ev.RunForked | ev.RunRewound) -> None:
    """Show what a copy begins with as if it had happened when it was made."""
    state = RunState("", view.graph)
    restore(state, event.snapshot)
    view._forget()  # noqa: SLF001
    view.plans.update(state.plans)
    for path in [path for scope in state.scopes.values() for path in _reached(scope)]:
        view.add(ev.StepStarted(event.at, path))
        if path not in state.steps:
            view.add(ev.StepDone(event.at, path))


def _reached(scope: Scope) -> Iterable[str]:
    """Return the addresses of the steps of a scope that have begun."""
    address = partial(step_path, scope.path)
    if scope.graph.kind is GraphKind.MACHINE:
        return [address(name, visit) for name, visits in scope.visits.items() for visit in range(1, visits + 1)]
    return [address(name) for name in scope.outputs]


def _compensating(view: RunView, event: ev.CompensationStarted) -> None:
    if event.path:
        view._becomes(event, Status.UNDOING, note="what its machine wrote is undone")  # noqa: SLF001


def _with(status: Status, note: Callable[[Any], str], *, ends: bool = False) -> Callable[[RunView, Any], None]:
    def told(view: RunView, event: Any) -> None:
        view._becomes(event, status, note=note(event), ends=ends)  # noqa: SLF001

    return told


def _nothing(event: Any) -> str:
    del event
    return ""


_TOLD: dict[type[ev.Event], Callable[[RunView, Any], None]] = {
    ev.StepStarted: lambda view, event: view._started(event),  # noqa: SLF001
    ev.StepRestarted: lambda view, event: view._started(event),  # noqa: SLF001
    ev.StepSkipped: _with(Status.SKIPPED, _nothing, ends=True),
    ev.StepAnswered: _with(Status.RUNNING, lambda event: f"answered by {event.by}" if event.by else "answered"),
    ev.AttemptFailed: _attempt_failed,
    ev.StepResumed: _with(Status.RUNNING, _nothing),
    ev.StepPostponed: _with(Status.RETRYING, lambda _: "waits without a worker, then tries again"),
    ev.StepLost: _with(Status.RUNNING, lambda _: "its worker was lost; entered again"),
    ev.StepParked: _with(Status.PARKED, lambda event: f"{event.reason}: {event.detail}"),
    ev.StepResolved: _with(Status.RUNNING, lambda event: f"resolved: {event.verb}"),
    ev.StepDone: lambda view, event: view._ended_well(event),  # noqa: SLF001
    ev.StepFailed: _with(Status.FAILED, lambda event: str(event.failure), ends=True),
    ev.StepCancelled: _with(Status.CANCELLED, _nothing, ends=True),
    ev.RunForked: _copied,
    ev.RunRewound: _copied,
    ev.CompensationStarted: _compensating,
    ev.CompensationEnded: _with(Status.FAILED, lambda _: "what its machine wrote is undone", ends=True),
    ev.UndoStarted: _with(Status.UNDOING, _nothing),
    ev.UndoDone: _with(Status.UNDONE, _nothing, ends=True),
    ev.UndoSkipped: _with(Status.DONE, lambda event: f"left as it is by {event.by}" if event.by else "left as it is"),
    ev.WriteAsked: _with(Status.WAITING, lambda event: f"asks: may {event.tool} be called?"),
    ev.WriteApproved: _with(Status.RUNNING, lambda event: f"approved by {event.by}" if event.by else "approved"),
    ev.WriteRefused: _with(Status.RUNNING, lambda _: "not approved"),
    ev.WriteDoubted: _with(Status.RUNNING, lambda event: f"in doubt: {event.failure}"),
    ev.RunStarted: lambda view, event: view._begins(ROOT, event.data),  # noqa: SLF001
    ev.ScopeOpened: lambda view, event: view._opened(event),  # noqa: SLF001
    ev.ScopeClosed: lambda view, event: view._ended(event.path),  # noqa: SLF001
    ev.RunCompleted: lambda view, _: view._ended(ROOT),  # noqa: SLF001
}


def run_view(graph: Graph, events: Iterable[ev.Event]) -> RunView:
    """Return how a run looks after `events`, oldest first."""
    view = RunView(graph)
    for event in events:
        view.add(event)
    return view
