"""A fork copies data, not obligations."""

import pytest

from podium.core import events as ev
from podium.core import stimuli as st
from podium.core.copying import copy_for_fork
from podium.core.stimuli import ParkReason, Verb
from podium.graph.nodes import Node, NodeKind
from tests.unit.core.builders import COMPENSATE, caught_by, dag, failure, machine, mapped, node, state
from tests.unit.core.shell import Shell


def forked(run: Shell, *, may_write: bool = False, now_ms: int = 9_000) -> Shell:
    """Return a fork of the run as it stands; the run itself is used up."""
    fork = Shell(run.state.graph, now_ms=now_ms)
    copied = copy_for_fork(run.replayed())
    fork.facts = fork.tell(st.ForkAsked("r", "parent", run.state.seq, copied, may_write))
    return fork


def test_fork_goes_on_where_its_parent_stood() -> None:
    run = Shell(machine(state("a", "b"), state("b")))
    run.start()
    run.done("a", n="5")
    fork = forked(run)
    assert fork.facts == ["RunForked"]
    assert (fork.state.seq, fork.state.at) == (1, 9_000)
    assert fork.flights == {"b": 1}
    assert fork.state.root.data["n"] == "5"
    assert fork.done("b")[-1] == "RunCompleted"


def test_fork_may_write_only_when_it_is_said() -> None:
    run = Shell(machine(state("a")))
    run.start()
    fork = forked(run)
    assert fork.want("a") == ["StepFailed a", "ScopeFailing", "RunFailed"]
    assert fork.state.failure is not None
    assert fork.state.failure.type == "WritesForbiddenError"
    fork = forked(run, may_write=True)
    assert fork.want("a") == ["WriteIntended a"]


def test_inherited_write_is_replayed_and_never_owed() -> None:
    run = Shell(dag(node("a"), node("b"), node("c"), node("end", "a", "b", "c"), on_failure=COMPENSATE))
    run.start()
    for path in "ab":
        run.want(path, undo="cancel@1")
        run.settle(path, f'"{path}"')
    run.done("a")
    fork = forked(run)
    assert fork.state.writes == {}
    write = fork.step("b").write
    assert write is not None
    assert (write.status, write.result, write.is_inherited) == ("done", '"b"', True)
    fork.done("b")
    assert fork.fail("c")[-1] == "RunFailed"


def test_open_writes_are_the_parents_business() -> None:
    run = Shell(dag(node("a"), node("b"), node("end", "a", "b")))
    run.start()
    run.want("a")
    run.want("b")
    run.settle("b", doubt=failure())
    run.halt("b", ParkReason.IN_DOUBT)
    fork = forked(run)
    assert [fork.step(path).write for path in "ab"] == [None, None]
    assert fork.flights == {"a": 1, "b": 1}
    assert fork.step("b").reason == ""


def test_steps_between_attempts_and_postponed_ones_begin_anew() -> None:
    run = Shell(dag(node("a"), node("b"), node("end", "a", "b")))
    run.start()
    run.fail("a", retry_at=50_000)
    run.hold("b", 50_000)
    fork = forked(run)
    assert fork.at("running") == {"a", "b"}
    assert fork.timers == {}


def test_step_that_waits_for_consent_asks_anew() -> None:
    run = Shell(machine(state("pay")))
    run.start()
    run.want("pay", consent=True)
    fork = forked(run, may_write=True)
    assert fork.flights == {"pay": 1}
    assert fork.want("pay", consent=True) == ["WriteAsked pay", "TaskOpened pay"]


def test_question_to_a_person_is_asked_in_the_fork_too() -> None:
    run = Shell(machine(state("edit", kind=NodeKind.HUMAN, timeout_ms=50_000)))
    run.start()
    fork = forked(run)
    assert fork.facts == ["RunForked", "TaskOpened edit"]
    assert isinstance(fork.journal[-1], ev.TaskOpened)
    assert fork.journal[-1].until == 51_000
    assert fork.answer("edit") == ["StepAnswered edit"]


def test_fork_has_the_whole_time_and_none_of_its_parents_signals() -> None:
    run = Shell(machine(state("a"), deadline_ms=500))
    run.start()
    run.signal("go")
    fork = forked(run)
    assert fork.timers == {"": 9_500}
    assert fork.state.signals == {}


def test_what_is_being_undone_is_the_parents_business() -> None:
    edges = (caught_by("sorry", undo=True),)
    run = Shell(machine(state("a", "b"), state("b", handlers=edges), state("sorry")))
    run.start()
    run.write("a")
    run.fail("b")
    fork = forked(run)
    assert fork.facts == ["RunForked", "CompensationEnded b", "StepStarted sorry"]
    assert fork.state.sagas == {}


def test_inherited_write_does_not_bind() -> None:
    run = Shell(machine(state("a"), on_failure=COMPENSATE))
    run.start()
    run.want("a", irreversible=True)
    run.settle("a", '"ok"')
    fork = forked(run)
    assert fork.fail("a") == ["StepFailed a", "ScopeFailing", "RunFailed"]


@pytest.mark.parametrize(
    ("last", "facts"),
    [
        (node("end", "pivot"), []),
        (node("end", "pivot", kind=NodeKind.HUMAN, timeout_ms=100), ["TaskOpened end"]),
        (mapped("end", "pivot"), ["StepFailed end", "ScopeFailing", "RunFailed"]),
    ],
    ids=["step", "human", "map"],
)
def test_step_that_parked_because_its_parent_could_only_go_forward_begins_anew(last: Node, facts: list[str]) -> None:
    run = Shell(dag(node("pivot"), last, on_failure=COMPENSATE))
    run.start()
    run.want("pivot", irreversible=True)
    run.settle("pivot", '"ok"')
    run.done("pivot", output="7")
    if run.timers:
        run.time("end", at=1_100)
    elif run.flights:
        run.fail("end")
    assert run.step("end").reason == "forward-only"
    fork = forked(run)
    assert fork.facts == ["RunForked", *facts]
    assert (fork.timers, fork.state.parked) == ({"end": 9_100} if "TaskOpened end" in facts else {}, 0)


def test_step_that_was_given_up_there_stays_so() -> None:
    run = Shell(
        dag(node("pivot"), node("a", "pivot"), node("b", "pivot"), node("end", "a", "b"), on_failure=COMPENSATE)
    )
    run.start()
    run.write("pivot", irreversible=True)
    run.fail("a")
    run.want("b", undo="cancel@1")
    run.settle("b", doubt=failure())
    run.resolve("a", Verb.ABORT)
    assert run.step("a").reason == ""
    fork = forked(run)
    assert (fork.step("a").status, fork.step("b").status) == ("failed", "running")
    assert fork.stop("b")[-1] == "RunFailed"


def test_fork_of_a_failed_run_may_be_retried() -> None:
    run = Shell(machine(state("a"), deadline_ms=500))
    run.start()
    run.fail("a")
    fork = forked(run)
    assert (fork.status, fork.timers) == ("failed", {})
    assert fork.retry() == ["RunRetried", "StepRestarted a"]
