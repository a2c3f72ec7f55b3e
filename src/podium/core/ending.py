"""How scopes and runs end: with a result, or by letting what runs settle and giving up what only waits."""

from collections.abc import Sequence

from podium.core import events as ev
from podium.core import plans
from podium.core.path import ROOT
from podium.core.state import IDLE, RunState, Scope, Step, StepStatus
from podium.graph.nodes import OnFailure

Events = Sequence[ev.Event]


def complete(scope: Scope, at: int) -> Events:
    """End a scope with its result."""
    if scope.path == ROOT:
        return (ev.RunCompleted(at),)
    return (ev.ScopeClosed(at, scope.path, plans.report(scope) if scope.is_plan else scope.result()),)


def give_up(state: RunState, path: str, at: int) -> Events:
    """Give up what only waits in and below the scope at `path`; where nothing runs either, end it."""
    scope = state.scopes[path]
    inside = state.below(path) if scope.active else ()
    waiting = [step for step in inside if _can_be_given_up(step)]
    if waiting:
        return [ev.StepCancelled(at, step.path) for step in waiting]
    return close(state, scope, at)


def _can_be_given_up(step: Step) -> bool:
    """Claim that nothing of the step is under way or in doubt."""
    is_waiting = step.status in IDLE or step.status in (StepStatus.CHECKING, StepStatus.PARKED)
    return is_waiting and not step.may_have_written and step.undoes is None


def close(state: RunState, scope: Scope, at: int) -> Events:
    """End a closing scope once nothing is active in it."""
    if scope.active or not scope.closing:
        return ()
    if scope.path == ROOT:
        return (_run_ends(state, scope, at),)
    if scope.failure is not None:
        if plans.is_told(state, scope, scope.failure):
            return (ev.ScopeClosed(at, scope.path, plans.report(scope, state)),)
        return (ev.StepFailed(at, scope.path, plans.failure_of(scope, scope.failure)),)
    return (ev.StepCancelled(at, scope.path),)


def _run_ends(state: RunState, root: Scope, at: int) -> ev.Event:
    failure = None if state.is_cancelled else root.failure
    if state.writes and state.graph.on_failure is OnFailure.COMPENSATE:
        return ev.CompensationStarted(at, ROOT, failure)
    return ev.RunCancelled(at) if failure is None else ev.RunFailed(at, failure)
