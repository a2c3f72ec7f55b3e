"""Laws of the state that hold between any two events: checked on load and in tests."""

from collections.abc import Callable, Iterator

from podium.core.path import ROOT, is_undo, parse, undone_path
from podium.core.state import (
    ACTIVE,
    IDLE,
    MOVING,
    OPEN_WRITE,
    SETTLED,
    RunState,
    RunStatus,
    StepStatus,
    WriteStatus,
    is_in,
)
from podium.core.undoing import plan_of
from podium.errors import InvariantError
from podium.graph.nodes import GraphKind


def check(state: RunState) -> None:
    """Raise InvariantError naming the first law that does not hold."""
    for law in _LAWS:
        for breach in law(state):
            raise InvariantError(law.__doc__ or law.__name__, story=f"run {state.run_id}, event {state.seq}: {breach}")


def _counts(state: RunState) -> Iterator[str]:
    """The counts of moving, idle and parked steps are those of the steps."""
    statuses = [step.status for step in state.steps.values()]
    found = (
        sum(status in MOVING for status in statuses),
        sum(status in IDLE for status in statuses),
        sum(status is StepStatus.PARKED for status in statuses),
    )
    if found != (state.moving, state.idle, state.parked):
        yield f"{found} are not {(state.moving, state.idle, state.parked)}"


def _active(state: RunState) -> Iterator[str]:
    """A scope counts as active exactly its steps that have not settled."""
    for scope in state.scopes.values():
        steps = [s for s in state.steps.values() if s.scope == scope.path and s.item is None and s.undoes is None]
        active = sum(step.status not in SETTLED for step in steps)
        if active != scope.active:
            yield f"scope {scope.path!r} counts {scope.active}, has {active}"


def _held(state: RunState) -> Iterator[str]:
    """A scope counts all its steps, settled ones and items of maps too."""
    for scope in state.scopes.values():
        held = sum(step.scope == scope.path and step.undoes is None for step in state.steps.values())
        if held != scope.held:
            yield f"scope {scope.path!r} counts {scope.held}, has {held}"


def _items(state: RunState) -> Iterator[str]:
    """A map counts as active exactly its items that have not settled, within its concurrency."""
    for path, items in state.maps.items():
        steps = [s for s in state.steps.values() if s.path.startswith(f"{path}[") and s.item is not None]
        mine = [s for s in steps if s.path == f"{path}[{s.item}]"]
        active = sum(step.status not in SETTLED for step in mine)
        limit = state.steps[path].node.concurrency
        if active != items.active or (limit is not None and active > limit):
            yield f"map {path!r} counts {items.active}, has {active}, limit {limit}"


def _one_state(state: RunState) -> Iterator[str]:
    """A machine is in at most one state."""
    for scope in state.scopes.values():
        if scope.graph.kind is GraphKind.MACHINE and scope.active > 1:
            yield f"scope {scope.path!r} is in {scope.active}"


def _missing(state: RunState) -> Iterator[str]:
    """A DAG node waits for as many nodes as have not settled of those it needs."""
    for scope in state.scopes.values():
        if scope.graph.kind is not GraphKind.DAG:
            continue
        for node in scope.graph.nodes.values():
            needed = [s for s in node.sources() if s in scope.graph.nodes and s not in scope.outputs]
            if scope.missing[node.name] != len(needed):
                yield f"{node.name} waits for {scope.missing[node.name]}, misses {needed}"


def _containers(state: RunState) -> Iterator[str]:
    """Every scope but the root's lies inside a step, and every step in a scope."""
    for path in state.scopes:
        if path != ROOT and path not in state.steps:
            yield f"scope {path!r} has no step"
    for step in state.steps.values():
        in_scope = step.undoes is not None or step.scope == parse(step.path).scope
        if not in_scope or step.scope not in state.scopes:
            yield f"step {step.path!r} has no scope"


def _plans(state: RunState) -> Iterator[str]:
    """The graph of a plan is kept while it runs, or while something that it wrote can be undone."""
    running = {path for path, scope in state.scopes.items() if scope.is_plan}
    for path in running - state.plans.keys():
        yield f"that of {path!r} is gone"
    for path in state.plans.keys() - running:
        if not state.sagas and not any(is_in(write, path) for write in state.writes):
            yield f"that of {path!r} is kept for nothing"


def _doubt(state: RunState) -> Iterator[str]:
    """A write in doubt belongs to a step that runs, is postponed or is parked: nothing goes on beside it."""
    allowed = (StepStatus.RUNNING, StepStatus.POSTPONED, StepStatus.PARKED)
    for step in state.steps.values():
        if step.write is not None and step.write.status in OPEN_WRITE and step.status not in allowed:
            aborted = step.status in (StepStatus.FAILED, StepStatus.CANCELLED, StepStatus.UNDOING)
            if not aborted:
                yield f"{step.path} is {step.status} with its write {step.write.status}"


def _acts(state: RunState) -> Iterator[str]:
    """An act that is under way belongs to one step, whose write stands as it does."""
    for name, act in state.acts.items():
        if act.status not in (WriteStatus.INTENT, WriteStatus.RELEASED):
            continue
        step = state.steps.get(act.path)
        if step is None or step.write is None or (step.write.act, step.write.status) != (name, act.status):
            yield f"act {name!r} is {act.status} at {act.path!r}"


def _sagas(state: RunState) -> Iterator[str]:
    """Something is undone for a run that ended without success, and for each state held for its error edge."""
    owed = {step.scope: step.path for step in state.steps.values() if step.status is StepStatus.UNDOING}
    if state.status is RunStatus.COMPENSATING:
        owed[ROOT] = ROOT
    found = {scope: saga.path for scope, saga in state.sagas.items()}
    if found != owed:
        yield f"undoes for {found}, not {owed}"


def _turns(state: RunState) -> Iterator[str]:
    """What is being undone are exactly those writes on which nothing depends that is left."""
    begun = {undone_path(path) for path in state.steps if is_undo(path)}
    turns: set[str] = set()
    for scope, saga in state.sagas.items():
        anew = plan_of(state, saga.path, scope)
        turns |= set(anew.due)
        begun |= set(saga.due)
        if anew.left != saga.left:
            yield f"saga of {scope!r} counts {saga.left} writes, has {anew.left}"
    if turns != begun:
        yield f"undoes {sorted(begun)}, where it is the turn of {sorted(turns)}"


def _backward(state: RunState) -> Iterator[str]:
    """While a run undoes what it has written, nothing in it goes forward; afterwards, nothing is left of that."""
    if state.status is RunStatus.COMPENSATING:
        forward = [s.path for s in state.steps.values() if s.undoes is None and s.status not in SETTLED]
        if forward:
            yield f"{forward} go on"
    if state.status is RunStatus.COMPENSATED and state.writes:
        yield f"{list(state.writes)} are left"


def _over(state: RunState) -> Iterator[str]:
    """A run that is over has nothing under way."""
    if state.status not in ACTIVE and (state.moving or state.idle or state.parked):
        yield f"{state.status} with {state.moving} moving, {state.idle} idle, {state.parked} parked"


_LAWS: tuple[Callable[[RunState], Iterator[str]], ...] = (
    _counts,
    _active,
    _held,
    _items,
    _one_state,
    _missing,
    _containers,
    _plans,
    _doubt,
    _acts,
    _sagas,
    _turns,
    _backward,
    _over,
)
