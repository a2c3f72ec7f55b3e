"""The few verbs that every fold is made of: move a step or a write along its table, settle it, forget it."""

from podium.core import acts
from podium.core import events as ev
from podium.core.path import map_path, step_path
from podium.core.state import IDLE, MOVING, RunState, Step, StepStatus, Write, WriteStatus, is_in
from podium.core.tables import RUN_TABLE, STEP_TABLE, WRITE_TABLE
from podium.errors import InvariantError


def move(state: RunState, step: Step, event: type[ev.Event]) -> None:
    """Move a step along its table."""
    row = (step.status, event)
    try:
        to = STEP_TABLE[row]
    except KeyError:
        raise _no_row(state, step.path, step.status, event) from None
    set_status(state, step, to)


def move_write(state: RunState, step: Step, event: type[ev.Event]) -> Write:
    """Move a step's write along its table and return it."""
    write = step.write
    if write is None or (write.status, event) not in WRITE_TABLE:
        raise _no_row(state, step.path, write.status if write else "without a write", event)
    write.status = WRITE_TABLE[write.status, event]
    acts.follow(state, step, write)
    return write


def move_run(state: RunState, event: type[ev.Event]) -> None:
    """Move the run along its table."""
    try:
        state.status = RUN_TABLE[state.status, event]
    except KeyError:
        raise _no_row(state, "the run", state.status, event) from None


def set_status(state: RunState, step: Step, to: StepStatus) -> None:
    """Give a step a status, keep the counts true, and note that it may now have something to do."""
    count(state, step.status, -1)
    step.status = to
    if to in MOVING:
        state.moving += 1
        state.touched.append(step.path)
    elif to in IDLE:
        state.idle += 1
        state.touched.append(step.path)
    elif to is StepStatus.PARKED:
        state.parked += 1


def count(state: RunState, status: StepStatus, by: int) -> None:
    """Count a status in (+1) or out (-1)."""
    if status in MOVING:
        state.moving += by
    elif status in IDLE:
        state.idle += by
    elif status is StepStatus.PARKED:
        state.parked += by


def enter(state: RunState, step: Step, event: type[ev.Event]) -> None:
    """Move a step back to RUNNING for a new entry of its code."""
    move(state, step, event)
    step.entry += 1
    step.until = None
    if state.kept:
        find_kept(state, step)


def find_kept(state: RunState, step: Step) -> None:
    """Let a step that makes its write only now find it made, where that was before the run was rewound."""
    if step.write is None:
        step.write = state.kept.pop(step.path, None)


def renew(state: RunState, step: Step) -> None:
    """Forget a write that certainly did not happen: the next one is of a new generation, under a new key."""
    if step.write is not None:
        acts.give_up(state, step, step.write)
    step.write = None
    state.generations[step.path] = state.generations.get(step.path, 0) + 1


def settle(state: RunState, step: Step) -> None:
    """Take a step that has settled out of what is active around it; what it may not send any more, others may."""
    if step.write is not None and step.write.status is WriteStatus.RELEASED:
        acts.give_up(state, step, step.write)
    if step.item is None:
        state.scopes[step.scope].active -= 1
    else:
        state.maps[map_path(step.path)].active -= 1


def forget(state: RunState, path: str) -> None:
    """Drop a settled step and everything inside it."""
    drop(state, state.steps[path])
    state.maps.pop(path, None)
    forget_inside(state, path)


def forget_inside(state: RunState, path: str) -> None:
    """Drop the scope inside the step at `path`, and everything below."""
    scope = state.scopes.pop(path, None)
    if scope is None:
        return
    if scope.held:  # as after a failure; to look for nothing would cost as much as there are steps in the run
        for step in state.below(path):
            forget_one(state, step)
        for inner in [address for address in state.scopes if address.startswith(f"{path}/")]:
            del state.scopes[inner]
            forget_plan(state, inner)
    forget_plan(state, path)


def forget_plans(state: RunState, scope: str) -> None:
    """Drop the plans in a scope, or deeper, that neither run nor have written what can be undone."""
    for path in [path for path in state.plans if is_in(path, scope)]:
        forget_plan(state, path)


def forget_plan(state: RunState, path: str) -> None:
    """Drop the plan at `path`, if there is one, unless it runs or has written what can be undone."""
    plan = state.plans.get(path)
    if plan is None or path in state.scopes:
        return
    if not any(step_path(path, name) in state.writes for name in plan.nodes):
        del state.plans[path]


def forget_one(state: RunState, step: Step) -> None:
    """Drop one step whatever its status."""
    count(state, step.status, -1)
    drop(state, step)
    state.maps.pop(step.path, None)


def drop(state: RunState, step: Step) -> None:
    """Take a step out of the state."""
    del state.steps[step.path]
    scope = state.scopes.get(step.scope)
    if scope is not None and step.undoes is None:
        scope.held -= 1


def _no_row(state: RunState, what: str, status: object, event: type[ev.Event]) -> InvariantError:
    story = f"run {state.run_id}, event {state.seq}: {what} is {status} and can not take {event.__name__}"
    return InvariantError("every event has a row in the tables", story=story)
