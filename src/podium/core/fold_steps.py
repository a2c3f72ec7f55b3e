"""Fold the events that concern steps and the scopes and maps they make."""

from podium.core import events as ev
from podium.core import reissue
from podium.core.maps import MapState, collected, gathered, split
from podium.core.moves import drop, enter, find_kept, forget, forget_inside, move, renew, set_status, settle
from podium.core.path import Element, map_path, parse
from podium.core.reasons import not_a_list
from podium.core.state import (
    DoneWrite,
    Phase,
    RunState,
    Scope,
    Step,
    StepStatus,
    WriteStatus,
    first_phase,
)
from podium.core.tables import START_TABLE
from podium.core.undoing import counts_as_try
from podium.graph.encode import graph_from_json
from podium.graph.nodes import GraphKind, Node, OnItemError


def condition_asked(state: RunState, event: ev.ConditionAsked) -> None:
    """A node begins by being checked."""
    where = parse(event.path)
    scope = state.scopes[where.scope]
    node = scope.graph.nodes[where.name]
    step = Step(event.path, where.scope, None, node, StepStatus.CHECKED, first_phase(node))
    step.is_checked, step.entry = False, state.first_entry
    _add(state, scope, step)
    set_status(state, step, StepStatus.CHECKING)


def condition_known(state: RunState, event: ev.ConditionKnown) -> None:
    """Nothing more is asked; what follows is in the next event."""
    step = state.steps[event.path]
    move(state, step, ev.ConditionKnown)
    step.is_checked = True


def started(state: RunState, event: ev.StepStarted) -> None:
    """A step becomes due."""
    path = event.path
    step = state.steps.get(path)
    if step is None:
        where = parse(path)
        scope = state.scopes[where.scope]
        node = scope.graph.nodes[where.name]
        step = Step(path, where.scope, where.item, node, StepStatus.CHECKED, first_phase(node))
        step.entry = state.first_entry
        _enter_scope(state, scope, step, where)
    if event.caught is not None:
        step.caught = event.caught
        _forget_failed(state, step)
    begin(state, step)


def _enter_scope(state: RunState, scope: Scope, step: Step, where: Element) -> None:
    if where.item is not None:
        state.steps[step.path] = step
        scope.held += 1
        items = state.maps[map_path(step.path)]
        items.active += 1
        items.started += 1
        return
    _add(state, scope, step)
    if scope.graph.kind is GraphKind.MACHINE:
        scope.visits[where.name] = where.visit


def _add(state: RunState, scope: Scope, step: Step) -> None:
    state.steps[step.path] = step
    scope.active += 1
    scope.held += 1


def _forget_failed(state: RunState, handler: Step) -> None:
    """Drop the failed state whose error edge led to `handler`; a machine has at most that one."""
    scope = handler.scope
    failed = [s.path for s in state.steps.values() if s.scope == scope and s.status is StepStatus.FAILED]
    for path in failed:
        forget(state, path)


def begin(state: RunState, step: Step) -> None:
    """Give a step its first status, or again its first where it begins again."""
    node = step.node
    if not step.is_checked:
        set_status(state, step, StepStatus.CHECKING)
        return
    if step.is_map:
        scope = state.scopes[step.scope]
        state.maps[step.path] = _map_of(scope, node, step.path)
        set_status(state, step, StepStatus.INSIDE)
        return
    wait_ms = node.duration_ms if node.duration_ms is not None else node.timeout_ms
    answered = step.answer is not None
    step.until = None if wait_ms is None or answered else state.at + wait_ms
    set_status(state, step, StepStatus.RUNNING if answered else START_TABLE[node.kind])
    if state.kept and step.status is StepStatus.RUNNING:
        find_kept(state, step)


def _map_of(scope: Scope, node: Node, path: str) -> MapState:
    assert node.each is not None, node.name
    text = scope.outputs.get(node.each) or scope.data[node.each]
    items = split(text)
    if items is None:
        return MapState(items=[], results=[], failure=not_a_list(path, node.each))
    return MapState(items=items, results=[None] * len(items))


def skipped(state: RunState, event: ev.StepSkipped) -> None:
    """A node will not run; those that need it get `null`, or are skipped in turn."""
    where = parse(event.path)
    scope = state.scopes[where.scope]
    step = state.steps.get(event.path)
    if step is not None:
        move(state, step, ev.StepSkipped)
        settle(state, step)
        forget(state, event.path)
    scope.skipped.add(where.name)
    _give(scope, where.name, "null")


def scope_opened(state: RunState, event: ev.ScopeOpened) -> None:
    """A nested workflow begins."""
    step = state.steps[event.path]
    move(state, step, ev.ScopeOpened)
    child = graph_from_json(event.graph) if event.graph else step.node.child
    assert child is not None, event.path
    scope = state.scopes[event.path] = Scope.begin(event.path, child, event.data)
    if event.graph:
        state.plans[event.path] = child
        scope.is_plan, scope.collects, scope.causes = True, event.collects, event.causes


def scope_closed(state: RunState, event: ev.ScopeClosed) -> None:
    """A nested workflow is over; its step takes the result next."""
    step = state.steps[event.path]
    forget_inside(state, event.path)
    step.phase, step.answer = Phase.CLOSE, event.output
    enter(state, step, ev.ScopeClosed)


def scope_failing(state: RunState, event: ev.ScopeFailing) -> None:
    """Nothing new starts in the scope or in anything inside it."""
    state.scopes[event.path].failure = event.failure
    prefix = f"{event.path}/" if event.path else ""
    for path, scope in state.scopes.items():
        if path == event.path or path.startswith(prefix):
            scope.closing = True


def task_opened(state: RunState, event: ev.TaskOpened) -> None:
    """A person is asked; that the step waits is known already."""
    del state, event


def answered(state: RunState, event: ev.StepAnswered) -> None:
    """What the step waited for is there; a signal is taken from those kept."""
    step = state.steps[event.path]
    step.answer = event.answer
    signal = step.node.signal
    if signal is not None:
        kept = state.signals[signal]
        kept.pop(0)
        if not kept:
            del state.signals[signal]
    enter(state, step, ev.StepAnswered)


def attempt_failed(state: RunState, event: ev.AttemptFailed) -> None:
    """The step waits for its next attempt; reads after the write, or all without one, are forgotten."""
    step = state.steps[event.path]
    step.failure, step.until = event.failure, event.retry_at
    _forget_reads(step)
    step.attempt += 1
    step.lost = 0
    step.tries = 0 if step.undoes is None else step.tries + counts_as_try(event.failure)
    step.waits_for, step.call_deadline_at = "", None
    if step.undoes is not None and step.write is not None and step.write.status is WriteStatus.FAILED:
        renew(state, step)
    move(state, step, ev.AttemptFailed)


def _forget_reads(step: Step) -> None:
    """Keep of the reads what the write was made from: without it, the step would ask for another one."""
    keep = step.write.reads_before if step.write else 0
    step.reads = dict(list(step.reads.items())[:keep])


def postponed(state: RunState, event: ev.StepPostponed) -> None:
    """The step waits without a worker."""
    step = state.steps[event.path]
    step.until, step.tries = event.until, event.tries
    step.waits_for, step.call_deadline_at = event.why, event.deadline_at
    step.lost = 0
    move(state, step, ev.StepPostponed)


def resumed(state: RunState, event: ev.StepResumed) -> None:
    """The wait is over."""
    step = state.steps[event.path]
    step.reason = ""
    enter(state, step, ev.StepResumed)


def parked(state: RunState, event: ev.StepParked) -> None:
    """The step waits for a person's decision."""
    step = state.steps[event.path]
    step.reason, step.parked_at, step.until = event.reason, state.seq, None
    step.failure = event.failure or step.failure
    move(state, step, ev.StepParked)


def done(state: RunState, event: ev.StepDone) -> None:
    """A step ended well: its results are the scope's, its calls are forgotten, its write is remembered for the saga."""
    step = state.steps[event.path]
    scope = state.scopes[step.scope]
    move(state, step, ev.StepDone)
    settle(state, step)
    _remember_write(state, step)
    for board, posted in (event.posts or {}).items():
        state.boards.setdefault(board, []).extend(posted)
    if scope.graph.kind is GraphKind.MACHINE:
        _change(scope, event)
    elif step.item is None:
        _give(scope, step.node.name, gathered(state.maps[step.path]) if step.is_map else event.output or "null")
    else:
        _give_item(state, step, event.output or "null")
    drop(state, step)
    state.maps.pop(event.path, None)
    state.crashes = 0


def _remember_write(state: RunState, step: Step) -> None:
    write = step.write
    if write is None:
        return
    reissue.note(state, step, write)
    if write.is_inherited or not (write.undo or write.irreversible):
        return
    if write.status in (WriteStatus.DONE, WriteStatus.DOUBT):
        record = DoneWrite(
            step.path, write.tool, write.key, write.args, write.result, write.irreversible, write.undo, write.act
        )
        state.writes[step.path] = record


def _change(scope: Scope, event: ev.StepDone) -> None:
    if event.changes:
        scope.data.update(event.changes)
    if event.appends:
        for name, added in event.appends.items():
            old = scope.data[name]
            comma = "" if old == "[]" else ","
            scope.data[name] = f"{old[:-1]}{comma}{added}]"


def _give(scope: Scope, name: str, output: str) -> None:
    scope.outputs[name] = output
    scope.unsettled -= 1
    for dependent in scope.graph.dependents[name]:
        scope.missing[dependent] -= 1


def _give_item(state: RunState, step: Step, output: str) -> None:
    assert step.item is not None, step.path
    items = state.maps[map_path(step.path)]
    items.results[step.item] = output
    items.finished += 1


def failed(state: RunState, event: ev.StepFailed) -> None:
    """A step failed for good. It is kept: an error edge or a retry of the run may come."""
    step = state.steps[event.path]
    move(state, step, ev.StepFailed)
    settle(state, step)
    step.failure, step.until, step.reason = event.failure, None, ""
    _remember_write(state, step)
    items = state.maps.get(step.path)
    if items is not None and not items.items:
        del state.maps[step.path]  # nothing inside to go on from: what was to be mapped over was no list
    if step.item is None:
        return
    items = state.maps[map_path(step.path)]
    if step.node.on_item_error is OnItemError.COLLECT:
        _give_item(state, step, collected(step.item, event.failure))
        forget(state, step.path)
    elif items.failure is None:
        items.failure = event.failure


def cancelled(state: RunState, event: ev.StepCancelled) -> None:
    """A step was given up. It is kept for a retry of the run."""
    step = state.steps[event.path]
    move(state, step, ev.StepCancelled)
    settle(state, step)
    step.until, step.reason = None, ""
    _remember_write(state, step)


def restarted(state: RunState, event: ev.StepRestarted) -> None:
    """A failed or given-up step begins again: a write that certainly did not happen is made anew."""
    step = state.steps[event.path]
    step.entry += 1
    make_anew(state, step)
    _retract_write(state, step)
    if step.item is None:
        state.scopes[step.scope].active += 1
    else:
        state.maps[map_path(step.path)].active += 1
    begin(state, step)


def make_anew(state: RunState, step: Step) -> None:
    """Let a step that failed begin without a trace of that: a write that certainly did not happen is made anew."""
    step.attempt, step.tries, step.lost, step.failure = 1, 0, 0, None
    step.waits_for, step.call_deadline_at = "", None
    if step.write is not None and step.write.status is not WriteStatus.DONE and not step.may_have_written:
        renew(state, step)
    _forget_reads(step)


def _retract_write(state: RunState, step: Step) -> None:
    """Take a step's own record back: it is written again when the step is done."""
    state.writes.pop(step.path, None)
