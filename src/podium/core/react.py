"""`react(state, event) -> events`: what follows within the run from a fact that was just folded in.

The loop feeds it every event, those that it returned included, until nothing follows.
"""

from collections.abc import Callable, Sequence
from typing import Any

from podium.core import dag, ending, machine, react_copied, react_saga
from podium.core import events as ev
from podium.core.forward import fails, takes
from podium.core.path import ROOT, parse
from podium.core.reasons import abort, performer_lost, too_many_visits
from podium.core.state import SETTLED, RunState, Scope, Step, StepStatus
from podium.core.stimuli import ParkReason, Verb
from podium.failure import Failure
from podium.graph.nodes import GraphKind, NodeKind

Events = Sequence[ev.Event]


def react(state: RunState, event: ev.Event) -> Events:
    """Return what follows from `event`, which `evolve` has just folded into `state`, in order."""
    reaction = _REACT.get(type(event))
    return () if reaction is None else reaction(state, event)


def _run_started(state: RunState, event: ev.RunStarted) -> Events:
    return _scope_begins(state, state.root, event.at)


def _scope_opened(state: RunState, event: ev.ScopeOpened) -> Events:
    return _scope_begins(state, state.scopes[event.path], event.at)


def _scope_begins(state: RunState, scope: Scope, at: int) -> Events:
    if scope.graph.kind is GraphKind.MACHINE:
        return machine.begin(scope, at)
    return dag.begin(state, scope, at)


def _condition_known(state: RunState, event: ev.ConditionKnown) -> Events:
    del state
    return (ev.StepStarted(event.at, event.path) if event.holds else ev.StepSkipped(event.at, event.path),)


def _step_started(state: RunState, event: ev.StepStarted | ev.StepRestarted) -> Events:
    step = state.steps[event.path]
    scope = state.scopes[step.scope]
    if scope.closing:
        return (ev.StepCancelled(event.at, event.path),)
    visit = scope.visits.get(step.node.name, 0)
    if visit > scope.graph.max_visits:
        return (fails(state, step, too_many_visits(event.path, scope.graph.max_visits), event.at),)
    return _begun(state, step, event.at)


def _begun(state: RunState, step: Step, at: int) -> Events:
    """Return what a step does first beside what the shell has to do for it."""
    if step.path in state.maps:
        return dag.fill_map(state, step.path, at)
    if step.status is not StepStatus.WAITING:
        return ()
    if step.node.kind is NodeKind.HUMAN:
        return (ev.TaskOpened(at, step.path, until=step.until),)
    return _kept_signal(state, step, at)


def _kept_signal(state: RunState, step: Step, at: int) -> Events:
    """Answer a wait with the first signal kept for it that is not about to go to another one that waits already."""
    name = step.node.signal
    kept = state.signals.get(name) if name else None
    if not kept:
        return ()
    before = sum(s.status is StepStatus.WAITING and s.node.signal == name for s in state.steps.values()) - 1
    return (ev.StepAnswered(at, step.path, kept[before]),) if before < len(kept) else ()


def _write_asked(state: RunState, event: ev.WriteAsked) -> Events:
    del state
    return (ev.TaskOpened(event.at, event.path, approval=True, until=event.until),)


def _write_intended(state: RunState, event: ev.WriteIntended) -> Events:
    """What may have been sent before it was on record is in doubt from the beginning."""
    if state.steps[event.path].unsure is None:
        return ()
    return (ev.WriteDoubted(event.at, event.path, performer_lost(event.path)),)


def _signal_received(state: RunState, event: ev.SignalReceived) -> Events:
    for step in state.steps.values():
        if step.status is StepStatus.WAITING and step.node.signal == event.name:
            return (ev.StepAnswered(event.at, step.path, event.payload),)
    return ()


def _step_done(state: RunState, event: ev.StepDone) -> Events:
    where = parse(event.path)
    scope = state.scopes[where.scope]
    if scope.graph.kind is GraphKind.MACHINE:
        return machine.after(state, scope, where.name, event)
    if where.item is not None:
        return dag.after_item(state, event.path, event.at)
    return dag.after(state, scope, where.name, event.at)


def _step_skipped(state: RunState, event: ev.StepSkipped) -> Events:
    where = parse(event.path)
    return dag.after(state, state.scopes[where.scope], where.name, event.at)


def _step_failed(state: RunState, event: ev.StepFailed) -> Events:
    where = parse(event.path)
    scope = state.scopes[where.scope]
    if where.item is not None:
        return dag.after_item(state, event.path, event.at)
    if scope.closing:
        return ending.close(state, scope, event.at)
    if scope.graph.kind is GraphKind.MACHINE and takes(state, event.path, event.failure):
        return machine.caught(state, scope, state.steps[event.path], event.at)
    return (ev.ScopeFailing(event.at, where.scope, event.failure),)


def _scope_failing(state: RunState, event: ev.ScopeFailing) -> Events:
    return ending.give_up(state, event.path, event.at)


def _step_cancelled(state: RunState, event: ev.StepCancelled) -> Events:
    where = parse(event.path)
    if where.item is not None:
        return dag.after_item(state, event.path, event.at)
    return ending.close(state, state.scopes[where.scope], event.at)


def _step_resolved(state: RunState, event: ev.StepResolved) -> Events:
    step = state.steps[event.path]
    if step.undoes is not None:
        return (ev.UndoDone(event.at, event.path),) if event.verb == Verb.DONE else ()
    if event.verb == Verb.ABORT:
        return (ev.StepFailed(event.at, event.path, _given_up(step, event)),)
    return () if step.status is StepStatus.RUNNING else _begun(state, step, event.at)


def _given_up(step: Step, event: ev.StepResolved) -> Failure:
    """Return why a step fails that a person gave up: what parked it as forward-only is the cause."""
    if step.reason == ParkReason.FORWARD_ONLY and step.failure is not None:
        return step.failure
    return abort(event.path, event.by)


def _everything_ends(state: RunState, event: ev.CancelAsked | ev.DeadlinePassed) -> Events:
    if not state.root.closing:
        return ()  # it can only go forward
    return ending.give_up(state, ROOT, event.at)


def _run_retried(state: RunState, event: ev.RunRetried) -> Events:
    """Restart what failed or was given up, start what was ready but did not begin any more, end what got to its end."""
    broken = [step.path for step in state.steps.values() if step.status in SETTLED]
    events: list[ev.Event] = [ev.StepRestarted(event.at, path) for path in broken]
    for path in state.maps:
        events.extend(dag.refill_map(state, path, event.at))
    for scope in state.scopes.values():
        go_on = machine.go_on if scope.graph.kind is GraphKind.MACHINE else dag.begin
        events.extend(go_on(state, scope, event.at))
    return events


_REACT: dict[type[ev.Event], Callable[[RunState, Any], Events]] = {
    ev.RunStarted: _run_started,
    ev.RunForked: react_copied.goes_on,
    ev.RunRewound: react_copied.goes_on,
    ev.ScopeOpened: _scope_opened,
    ev.ConditionKnown: _condition_known,
    ev.StepStarted: _step_started,
    ev.StepRestarted: _step_started,
    ev.WriteAsked: _write_asked,
    ev.WriteIntended: _write_intended,
    ev.SignalReceived: _signal_received,
    ev.StepDone: _step_done,
    ev.StepSkipped: _step_skipped,
    ev.StepFailed: _step_failed,
    ev.ScopeFailing: _scope_failing,
    ev.StepCancelled: _step_cancelled,
    ev.StepResolved: _step_resolved,
    ev.CompensationStarted: react_saga.compensation_started,
    ev.CompensationEnded: react_saga.compensation_ended,
    ev.UndoStarted: react_saga.undo_started,
    ev.UndoDone: react_saga.undo_ended,
    ev.UndoSkipped: react_saga.undo_ended,
    ev.CancelAsked: _everything_ends,
    ev.DeadlinePassed: _everything_ends,
    ev.RunRetried: _run_retried,
}
