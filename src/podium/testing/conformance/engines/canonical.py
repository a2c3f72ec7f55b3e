"""What engines agree on: per path the same events, in an order that the graph allows.

Times are left out, and what is about processes: which one held the run, how often one died, what code it had.
Idempotency keys are made with a name of the store, so they are replaced by a number: the same key, the same number. The
run's own id is told as `RUN`, wherever it is said; give runs that are compared ids that are in no other text.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from podium.core.codec import encode
from podium.core.events import Event, RunForked, RunRetried, RunRewound, RunTakenOver, ScopeOpened
from podium.core.path import ROOT, is_undo, parse
from podium.graph.encode import graph_from_json
from podium.graph.nodes import Graph, GraphKind

_LEFT_OUT = frozenset(
    {
        *("until", "retry_at", "deadline_at", "sent_at", "began", "snapshot", "parent", "parent_seq", "core", "code"),
        *("traceback", "trace"),
    }
)


def canonical(events: Iterable[Event]) -> Mapping[str, list[str]]:
    """Return the events of each path as text, in order; those about the whole run are at "".

    Two runs of the same case are equal on two engines if this is.
    """
    found: dict[str, list[str]] = {}
    own = ""
    keys: dict[str, dict[str, int]] = {}
    for event in events:
        if isinstance(event, RunTakenOver):
            continue
        kind, path, _, text = encode(event)
        plain = _without(json.loads(text))
        if "key" in plain:
            known = keys.setdefault(path, {})
            plain["key"] = known.setdefault(plain["key"], len(known) + 1)
        own = own or plain.get("run_id", "")
        body = json.dumps(plain, ensure_ascii=False, sort_keys=True).replace(own, "RUN")
        found.setdefault(path, []).append(kind if body == "{}" else f"{kind} {body}")
    return dict(sorted(found.items()))


def _without(plain: Any) -> Any:
    """Leave out what differs between engines, inside failures too."""
    if isinstance(plain, dict):
        return {name: _without(inner) for name, inner in plain.items() if name not in _LEFT_OUT}
    return [_without(inner) for inner in plain] if isinstance(plain, list) else plain


def out_of_order(graph: Graph, events: Iterable[Event]) -> list[str]:
    """Return what came in an order that the graph does not allow; empty when all is well.

    A node comes after everything that it needs has settled; of a machine one state is under way at a time; nothing
    happens in a step before it began, nor after it ended. A run that is a fork, or is sent on, begins in the middle:
    it is judged from there on no more.
    """
    return list(_Order(graph).breaches(events))


class _Order:
    """What is known of a run so far."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.plans: dict[str, Graph] = {}
        self.open: set[str] = set()
        self.settled: set[str] = set()

    def breaches(self, events: Iterable[Event]) -> Iterator[str]:
        for event in events:
            if isinstance(event, RunForked | RunRewound | RunRetried):
                return
            kind, path = type(event).__name__, getattr(event, "path", ROOT)
            if isinstance(event, ScopeOpened) and event.graph:
                self.plans[path] = graph_from_json(event.graph)
            if path == ROOT or is_undo(path) or kind in _OF_SAGA:
                continue
            if path not in self.open and path not in self.settled:
                yield from self._begins(kind, path)
            elif kind in _BEGINS:
                self.settled.discard(path)
                self.open.add(path)
            elif path in self.settled and kind not in _AFTERWARDS:
                yield f"{kind} {path} comes after its end"
            if kind in _ENDS:
                self.open.discard(path)
                self.settled.add(path)

    def _begins(self, kind: str, path: str) -> Iterator[str]:
        if kind not in _BEGINS:
            yield f"{kind} {path} comes before its beginning"
        self.open.add(path)
        where = parse(path)
        graph = _graph_at(self.graph, self.plans, where.scope)
        if graph.kind is GraphKind.MACHINE:
            beside = [other for other in self.open if other != path and parse(other).scope == where.scope]
            if beside:
                yield f"{kind} {path} comes while {', '.join(sorted(beside))} is under way"
            return
        for source in graph.nodes[where.name].sources():
            needed = f"{where.scope}/{source}" if where.scope else source
            if source in graph.nodes and needed not in self.settled:
                yield f"{kind} {path} comes before {needed} has settled"


_BEGINS = frozenset({"StepStarted", "ConditionAsked", "StepSkipped", "StepRestarted"})
_ENDS = frozenset({"StepDone", "StepSkipped", "StepFailed", "StepCancelled"})
_OF_SAGA = frozenset({"CompensationStarted", "CompensationEnded", "ScopeFailing"})
_AFTERWARDS = frozenset({"ScopeClosed"})


def _graph_at(graph: Graph, plans: Mapping[str, Graph], scope: str) -> Graph:
    """Return the graph that is walked in a scope."""
    address = ""
    for part in filter(None, scope.split("/")):
        address = f"{address}/{part}" if address else part
        child = plans.get(address, graph.nodes[parse(part).name].child)
        assert child is not None, f"nothing is nested at {scope}"
        graph = child
    return graph
