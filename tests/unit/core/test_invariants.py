"""A state that breaks a law is found, and the law is named."""

from collections.abc import Callable

import pytest

from podium.core import events as ev
from podium.core.evolve import evolve
from podium.core.invariants import check
from podium.core.path import ROOT
from podium.core.state import Act, RunState, RunStatus, Scope, StepStatus, Write, WriteStatus
from podium.errors import InvariantError
from podium.graph.nodes import NodeKind
from tests.unit.core.builders import COMPENSATE, dag, failure, machine, mapped, node, state
from tests.unit.core.shell import Shell


def running() -> RunState:
    """Return a run with a machine in a DAG, beside a map."""
    child = machine(state("x"), name="child")
    maps = mapped("m", "list", concurrency=2)
    run = Shell(dag(node("in", kind=NodeKind.WORKFLOW, child=child), maps, node("end", "in", "m")))
    run.start()
    run.open("in")
    return run.state


def more_moving(state: RunState) -> None:
    state.moving += 1


def more_parked(state: RunState) -> None:
    state.steps["in/x"].status = StepStatus.PARKED


def more_active(state: RunState) -> None:
    state.scopes["in"].active = 3


def more_held(state: RunState) -> None:
    state.scopes["in"].held = 3


def too_many_items(state: RunState) -> None:
    state.maps["m"].active = 3


def two_states(state: RunState) -> None:
    state.scopes["in"].active = state.scopes["in"].held = 2
    state.steps["in/y"] = type(state.steps["in/x"])("in/y", "in", None, state.steps["in/x"].node)
    state.moving += 1


def misses_nothing(state: RunState) -> None:
    state.root.missing["end"] = 0


def scope_without_step(state: RunState) -> None:
    state.scopes["gone"] = Scope("gone", state.graph, {}, missing=dict(state.graph.waits_for))


def step_without_scope(state: RunState) -> None:
    state.steps["in/x"].scope = "elsewhere"
    state.scopes["in"].active = state.scopes["in"].held = 0


def doubt_in_an_idle_step(state: RunState) -> None:
    step = state.steps["in/x"]
    step.status, step.write = StepStatus.BACKOFF, Write("book", "{}", "key", WriteStatus.DOUBT)
    state.moving, state.idle = state.moving - 1, state.idle + 1


def act_of_nobody(state: RunState) -> None:
    state.acts["book:17"] = Act("in/x", "{}", WriteStatus.INTENT)


def act_of_another_write(state: RunState) -> None:
    state.acts["book:17"] = Act("in/x", "{}", WriteStatus.RELEASED)
    state.steps["in/x"].write = Write("book", "{}", "key", WriteStatus.RELEASED, act="book:18")


def over_but_moving(state: RunState) -> None:
    state.status = RunStatus.FAILED


def undoing() -> RunState:
    """Return a run that undoes what three branches have written, the last one after another."""
    run = Shell(dag(node("a"), node("b", "a"), node("c"), node("end", "b", "c"), on_failure=COMPENSATE))
    run.start()
    for path in "abc":
        run.write(path)
    run.fail("end")
    return run.state


def undoes_for_nobody(state: RunState) -> None:
    state.sagas["elsewhere"] = state.sagas[ROOT]


def undoes_too_early(state: RunState) -> None:
    state.steps["a.undo"] = type(state.steps["b.undo"])("a.undo", ROOT, None, state.steps["b.undo"].node)
    state.steps["a.undo"].undoes = state.writes["a"]
    state.moving += 1


def forgets_to_undo(state: RunState) -> None:
    del state.steps["b.undo"]
    state.moving -= 1


def counts_wrongly(state: RunState) -> None:
    state.sagas[ROOT].left = 7


def goes_forward(state: RunState) -> None:
    state.steps["end"].status = StepStatus.RUNNING
    state.moving, state.root.active = state.moving + 1, 1


def leaves_writes(state: RunState) -> None:
    for path in ("b.undo", "c.undo"):
        del state.steps[path]
    state.status, state.moving, state.sagas = RunStatus.COMPENSATED, 0, {}


UNDOING: list[tuple[Callable[[RunState], None], str]] = [
    (undoes_for_nobody, "Something is undone for a run"),
    (undoes_too_early, "What is being undone are exactly those writes on which nothing depends"),
    (forgets_to_undo, "What is being undone are exactly those writes on which nothing depends"),
    (counts_wrongly, "What is being undone are exactly those writes on which nothing depends"),
    (goes_forward, "While a run undoes what it has written, nothing in it goes forward"),
    (leaves_writes, "While a run undoes what it has written, nothing in it goes forward"),
]


@pytest.mark.parametrize(("break_it", "law"), UNDOING, ids=lambda value: getattr(value, "__name__", ""))
def test_broken_law_of_undoing_is_named(break_it: Callable[[RunState], None], law: str) -> None:
    broken = undoing()
    check(broken)
    break_it(broken)
    with pytest.raises(InvariantError, match=law):
        check(broken)


BREACHES: list[tuple[Callable[[RunState], None], str]] = [
    (more_moving, "The counts of moving, idle and parked"),
    (more_parked, "The counts of moving, idle and parked"),
    (more_active, "A scope counts as active exactly"),
    (more_held, "A scope counts all its steps"),
    (too_many_items, "A map counts as active exactly"),
    (two_states, "A machine is in at most one state"),
    (misses_nothing, "A DAG node waits for as many nodes"),
    (scope_without_step, "Every scope but the root's lies inside a step"),
    (step_without_scope, "Every scope but the root's lies inside a step"),
    (doubt_in_an_idle_step, "A write in doubt belongs to a step"),
    (act_of_nobody, "An act that is under way belongs to one step"),
    (act_of_another_write, "An act that is under way belongs to one step"),
    (over_but_moving, "A run that is over has nothing under way"),
]


@pytest.mark.parametrize(("break_it", "law"), BREACHES, ids=lambda value: getattr(value, "__name__", ""))
def test_broken_law_is_named(break_it: Callable[[RunState], None], law: str) -> None:
    broken = running()
    check(broken)
    break_it(broken)
    with pytest.raises(InvariantError, match=law):
        check(broken)


def test_write_that_a_person_gave_up_in_doubt_breaks_no_law() -> None:
    given_up = running()
    step = given_up.steps["in/x"]
    step.status, step.write = StepStatus.FAILED, Write("book", "{}", "key", WriteStatus.DOUBT)
    given_up.moving, given_up.scopes["in"].active = given_up.moving - 1, 0
    check(given_up)


@pytest.mark.parametrize(
    "event",
    [
        ev.StepResumed(1, "in/x"),
        ev.WriteDone(1, "in/x", "1"),
        ev.WriteApproved(1, "m[0]"),
        ev.RunRetried(1),
    ],
    ids=lambda event: type(event).__name__,
)
def test_event_without_a_row_in_the_tables_is_a_bug_with_its_story(event: ev.Event) -> None:
    run = running()
    with pytest.raises(InvariantError, match=f"event 8: .* can not take {type(event).__name__}"):
        evolve(run, event)


def test_write_can_not_take_what_has_no_row() -> None:
    run = Shell(machine(state("a")))
    run.start()
    run.want("a")
    with pytest.raises(InvariantError, match="a is intent and can not take WriteRefused"):
        evolve(run.state, ev.WriteRefused(1, "a", failure()))
