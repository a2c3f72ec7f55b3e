"""What a run is undoing: its sagas, and the steps that undo one write each, as follows from the rest of the state."""

from podium.core.path import ROOT, is_undo, parse, undo_path, undone_path
from podium.core.saga import Saga, plan
from podium.core.state import DoneWrite, RunState, RunStatus, StepStatus, is_in
from podium.failure import Failure, FailureKind
from podium.graph.nodes import Node, NodeKind, ToolFacts


def plan_of(state: RunState, path: str, scope: str) -> Saga:
    """Plan the undoing of what was written in a scope, for the state at `path`, or for the run."""
    writes = [write for write in state.writes if is_in(write, scope)]
    return plan(path, scope, state.scopes[scope].graph, writes, plans=state.plans)


def saga_of(state: RunState, path: str) -> Saga:
    """Return the saga that undoes the write of the step at `path`: there is one, and only one."""
    scope = parse(path).scope
    while scope not in state.sagas:
        assert scope != ROOT, f"nothing undoes {path}"
        scope = parse(scope).scope
    return state.sagas[scope]


def undo_node(record: DoneWrite) -> Node:
    """Return what stands for the one call that undoes a write: no graph has such a node."""
    name = record.undo.partition("@")[0]
    tools = (ToolFacts(name=name, writes=True),) if name else ()
    return Node(name=name or record.tool, kind=NodeKind.TOOL, tools=tools)


def resume(state: RunState) -> None:
    """Plan again what is left to undo, in a state that came from a snapshot: the plan itself is not in it."""
    if state.status is RunStatus.COMPENSATING:
        state.sagas[ROOT] = plan_of(state, ROOT, ROOT)
    for step in state.steps.values():
        if step.status is StepStatus.UNDOING:
            state.sagas[step.scope] = plan_of(state, step.path, step.scope)
    for path in filter(is_undo, state.steps):
        del saga_of(state, undone_path(path)).due[undone_path(path)]


def counts_as_try(failure: Failure) -> bool:
    """Claim that a compensation that failed so was really tried: a request that was not sent only paces it."""
    return failure.kind is not FailureKind.NOT_SENT


def turns(saga: Saga) -> list[str]:
    """Return the addresses of the steps that begin to undo now."""
    return [undo_path(write) for write in saga.due]
