"""A snapshot gives back the whole state; what it can not know, the journal after it says."""

import json

import pytest

from podium.core.advance import fold
from podium.core.snapshot import dump, dump_step, restore, restore_step
from podium.core.state import RunState
from podium.core.stimuli import ParkReason, Verb
from podium.failure import Failure, FailureKind
from podium.graph.nodes import NodeKind, OnItemError
from tests.unit.core.builders import COMPENSATE, caught_by, dag, failure, machine, mapped, node, state
from tests.unit.core.shell import Shell, restored, same

CHILD = machine(state("x", "y", handlers=(caught_by("y"),)), state("y"), name="child")


def busy() -> Shell:
    """Return a run with something of everything in it."""
    maps = (mapped("m", "list", concurrency=2), mapped("in", "list", kind=NodeKind.WORKFLOW, child=CHILD))
    more = (node("w"), node("ask", kind=NodeKind.HUMAN), node("skip", has_condition=True), node("bad"))
    run = Shell(dag(*maps, *more, node("end", "m", "in", "w", "ask", "skip", "bad"), deadline_ms=9_000))
    run.start()
    run.open("in[1]")
    run.fail("in[1]/x")
    run.read("w", "one", "1")
    run.read("w", "two", name="OddError")
    run.want("w", undo="cancel@1")
    run.settle("w", doubt=failure())
    run.holds("skip", holds=False)
    run.signal("go")
    run.fail("m[0]")
    run.fail("bad", retry_at=3_000)
    return run


def test_restored_state_goes_on_like_the_original() -> None:
    run = busy()
    copied = restored(run.state)
    known = len(run.journal)
    run.crash()
    run.settle("w", '"late"')
    run.done("w")
    run.answer("ask")
    fold(copied, run.journal[known:])
    assert same(copied, run.state)
    assert (copied.moving, copied.idle, copied.parked) == (run.state.moving, run.state.idle, run.state.parked)


def test_state_restored_in_the_midst_of_undoing_goes_on_like_the_original() -> None:
    """The plan of what is undone is made anew from what is left."""
    run = Shell(dag(node("a"), node("b", "a"), node("c"), node("end", "b", "c"), on_failure=COMPENSATE))
    run.start()
    for path in "abc":
        run.write(path)
    run.fail("end")
    run.halt("c.undo", ParkReason.NO_UNDO)
    copied = restored(run.state)
    assert copied.steps["c.undo"].undoes is copied.writes["c"]
    known = len(run.journal)
    run.undo("b")
    run.undo("a")
    run.resolve("c.undo", Verb.SKIP)
    fold(copied, run.journal[known:])
    assert same(copied, run.state)
    assert copied.status == "compensated"


def test_step_comes_back_alone() -> None:
    step = busy().step("w")
    assert restore_step(dump_step(step), node=step.node, undoes=step.undoes) == step


def test_dump_of_an_older_core_is_read_without_what_it_did_not_know() -> None:
    run = Shell(machine(state("a")))
    run.start()
    plain = json.loads(dump(run.state))
    for name in ("acts", "kept", "skipped", "first_entry", "undoing_since", "was_alone"):
        del plain[name]
    copied = RunState("r", run.state.graph)
    restore(copied, json.dumps(plain))
    assert same(copied, run.state)


def test_text_that_is_not_unicode_does_not_stop_a_snapshot() -> None:
    odd = Failure(kind=FailureKind.PERMANENT, type="E", message="no file \udcff", types=("E",))
    run = Shell(machine(state("a", handlers=(caught_by("b", "E"),)), state("b")))
    run.start()
    run.state.steps["a"].failure = odd
    assert "no file \\\\udcff" in dump(run.state)
    back = restored(run.state).steps["a"].failure
    assert back is not None
    assert back.message == "no file \\udcff"


@pytest.mark.parametrize("on_item_error", OnItemError)
def test_map_with_failed_items_is_restored(on_item_error: OnItemError) -> None:
    run = Shell(dag(mapped("m", "list", on_item_error=on_item_error)))
    run.start()
    run.fail("m[1]")
    copied = restored(run.state)
    assert copied.maps == run.state.maps
