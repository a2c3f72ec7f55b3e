"""The state as JSON text and back, so that a long run need not be folded from its beginning; and a fork's copy."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from pydantic_core import from_json

from podium.core.codec import to_text
from podium.core.maps import MapState
from podium.core.path import ROOT, is_undo, parse, undone_path
from podium.core.state import (
    IDLE,
    MOVING,
    Act,
    DoneWrite,
    Phase,
    Read,
    RunState,
    RunStatus,
    Scope,
    Step,
    StepStatus,
    Write,
    WriteStatus,
)
from podium.core.undoing import resume, undo_node
from podium.failure import Failure, FailureKind
from podium.graph.encode import graph_from_json, graph_to_json
from podium.graph.nodes import Graph, Node

_PLAIN = (
    "seq", "at", "signals", "generations", "deadline_at", "is_cancelled", "output", "crashes", "was_alone", "may_write",
    "skipped", "undoing_since", "first_entry", "boards", "trace", "lives",
)  # fmt: skip


def dump(state: RunState) -> str:
    """Return everything that `restore` needs, as JSON text."""
    plain: dict[str, Any] = {name: getattr(state, name) for name in _PLAIN}
    plain["status"] = state.status
    plain["failure"] = _dump(state.failure)
    plain["scopes"] = [_dump(scope, without=("graph", "held")) for scope in state.scopes.values()]
    plain["steps"] = [_dump(step, without=("node", "undoes")) for step in state.steps.values()]
    plain["maps"] = {path: _dump(items) for path, items in state.maps.items()}
    plain["writes"] = [_dump(write) for write in state.writes.values()]
    plain["kept"] = {path: _dump(write) for path, write in state.kept.items()}
    plain["acts"] = {name: _dump(act) for name, act in state.acts.items()}
    plain["plans"] = {path: graph_to_json(graph) for path, graph in state.plans.items()}
    return to_text(plain)


def dump_step(step: Step) -> str:
    """Return a step, without its node and what it undoes, as JSON text."""
    return to_text(_dump(step, without=("node", "undoes")))


def restore_step(text: str, *, node: Node, undoes: DoneWrite | None) -> Step:
    """Return the step that `dump_step` wrote."""
    return _step(from_json(text), node, undoes)


def _dump(value: Any, *, without: tuple[str, ...] = ()) -> dict[str, Any] | None:
    if value is None:
        return None
    plain: dict[str, Any] = {item.name: getattr(value, item.name) for item in fields(value) if item.name not in without}
    for name, inner in plain.items():
        if isinstance(inner, Failure | Write):
            plain[name] = _dump(inner)
        elif name == "reads":
            plain[name] = {call: _dump(read) for call, read in inner.items()}
        elif isinstance(inner, set):
            plain[name] = sorted(inner)
    return plain


def restore(state: RunState, text: str) -> None:
    """Fill an empty state from what `dump` gave; nothing is touched yet.

    What a dump of an older core does not have is as in a state of which nothing is known: copies for forks and rewinds
    are kept in journals, and are read for as long as these.
    """
    plain: dict[str, Any] = from_json(text)
    for name in _PLAIN:
        setattr(state, name, plain.get(name, getattr(state, name)))
    state.status = RunStatus(plain["status"])
    state.failure = _failure(plain["failure"])
    state.plans = {path: graph_from_json(graph) for path, graph in plain.get("plans", {}).items()}
    for scope in plain["scopes"]:
        _restore_scope(state, scope)
    state.writes = {write["path"]: DoneWrite(**write) for write in plain["writes"]}
    state.kept = {path: _write(write) for path, write in plain.get("kept", {}).items()}
    state.acts = {name: _act(act) for name, act in plain.get("acts", {}).items()}
    for step in plain["steps"]:
        _restore_step(state, step)
    state.maps = {path: MapState(**_with_failure(items)) for path, items in plain["maps"].items()}
    _count(state)
    resume(state)


def _restore_scope(state: RunState, plain: dict[str, Any]) -> None:
    path = plain["path"]
    skipped, causes = set(plain.pop("skipped")), _failures(plain.pop("causes", ()))
    state.scopes[path] = Scope(graph=_graph_of(state, path), skipped=skipped, causes=causes, **_with_failure(plain))


def _graph_of(state: RunState, path: str) -> Graph:
    if path == ROOT:
        return state.graph
    if path in state.plans:
        return state.plans[path]
    where = parse(path)
    child = state.scopes[where.scope].graph.nodes[where.name].child
    assert child is not None, path
    return child


def _restore_step(state: RunState, plain: dict[str, Any]) -> None:
    path = plain["path"]
    if is_undo(path):
        undoes = state.writes[undone_path(path)]
        state.steps[path] = _step(plain, undo_node(undoes), undoes)
    else:
        state.steps[path] = _step(plain, state.scopes[plain["scope"]].graph.nodes[parse(path).name], None)


def _step(plain: dict[str, Any], node: Node, undoes: DoneWrite | None) -> Step:
    plain["status"], plain["phase"] = StepStatus(plain["status"]), Phase(plain["phase"])
    plain["caught"] = _failure(plain["caught"])
    plain["reads"] = {call: Read(**_with_failure(read)) for call, read in plain["reads"].items()}
    write = plain["write"]
    if write is not None:
        plain["write"] = _write(write)
    return Step(node=node, undoes=undoes, **_with_failure(plain))


def _write(plain: dict[str, Any]) -> Write:
    causes = _failures(plain["causes"])
    return Write(**{**_with_failure(plain), "status": WriteStatus(plain["status"]), "causes": causes})


def _act(plain: dict[str, Any]) -> Act:
    status = plain["status"]
    return Act(**{**plain, "status": None if status is None else WriteStatus(status)})


def _with_failure(plain: dict[str, Any]) -> dict[str, Any]:
    return {**plain, "failure": _failure(plain["failure"])}


def _failure(plain: Mapping[str, Any] | None) -> Failure | None:
    if plain is None:
        return None
    causes = _failures(plain["causes"])
    return Failure(**{**plain, "kind": FailureKind(plain["kind"]), "types": tuple(plain["types"]), "causes": causes})


def _failures(plain: Iterable[Mapping[str, Any]]) -> tuple[Failure, ...]:
    return tuple(found for found in map(_failure, plain) if found is not None)


def _count(state: RunState) -> None:
    statuses = [step.status for step in state.steps.values()]
    state.moving = sum(status in MOVING for status in statuses)
    state.idle = sum(status in IDLE for status in statuses)
    state.parked = sum(status is StepStatus.PARKED for status in statuses)
    for step in state.steps.values():
        state.scopes[step.scope].held += step.undoes is None
