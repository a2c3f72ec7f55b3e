"""An act with a business key is done once in a run, wherever in it the act is asked for."""

import pytest

from podium.core import events as ev
from podium.core import stimuli as st
from podium.core.copying import copy_for_fork
from podium.core.state import Write
from podium.failure import FailureKind
from tests.unit.core.builders import COMPENSATE, caught_by, dag, failure, machine, node, state
from tests.unit.core.shell import Shell, restored

PAIR = dag(node("a"), node("b"), node("end", "a", "b"), on_failure=COMPENSATE)
ACT = "book:17"
MINE: dict[str, object] = {"act": ACT, "undo": "cancel@1"}


def pair(*more: str) -> Shell:
    """Return a run in which two steps, and what `more` names, are under way."""
    run = Shell(dag(node("a"), node("b"), *map(node, more), node("end", "a", "b", *more), on_failure=COMPENSATE))
    run.start()
    return run


def write_of(run: Shell, path: str) -> Write:
    write = run.step(path).write
    assert write is not None
    return write


def intended(**more: object) -> Shell:
    run = pair("c")
    assert run.want("a", **{**MINE, **more}) == ["WriteIntended a"]
    return run


def test_act_that_is_done_is_answered_again_and_nothing_is_sent() -> None:
    run = intended()
    run.settle("a", '"ok"')
    assert run.want("b", **MINE) == ["WriteRepeated b"]
    write = write_of(run, "b")
    assert (write.status, write.result, write.tool, write.act, write.key) == ("done", '"ok"', "book", ACT, "")
    (repeated,) = (event for event in run.journal if isinstance(event, ev.WriteRepeated))
    assert repeated.of == "a"


def test_repeated_act_is_owed_once() -> None:
    run = intended()
    run.settle("a", '"ok"')
    run.want("b", **MINE)
    run.done("b")
    assert not run.state.writes
    run.done("a")
    assert [(write.path, write.act) for write in run.state.writes.values()] == [("a", ACT)]


@pytest.mark.parametrize("how", ["intent", "doubt", "released"])
def test_act_that_is_under_way_or_in_doubt_elsewhere_is_refused(how: str) -> None:
    run = intended()
    if how == "doubt":
        run.settle("a", doubt=failure())
    elif how == "released":
        run.settle("a", absent=True)
    assert run.write_status("a") == how
    assert run.want("b", **MINE) == ["WriteBarred b"]
    barred = write_of(run, "b").failure
    assert barred is not None
    assert (barred.type, barred.kind, barred.source) == ("ActInDoubtError", FailureKind.IN_PROGRESS, "b")
    assert ACT in barred.message
    assert write_of(run, "b").status == "failed"


def test_act_that_is_done_is_refused_with_other_arguments() -> None:
    run = intended(args='{"n":1}')
    run.settle("a", '"ok"')
    assert run.want("b", args='{"n":2}', **MINE) == ["WriteBarred b"]
    barred = write_of(run, "b").failure
    assert barred is not None
    assert (barred.type, barred.kind) == ("OtherArgumentsError", FailureKind.PERMANENT)


def test_act_of_another_name_and_a_write_without_one_are_not_concerned() -> None:
    run = intended()
    assert run.want("b", act="book:18") == ["WriteIntended b"]
    assert run.want("c") == ["WriteIntended c"]


def test_act_that_certainly_failed_is_done_anew_in_the_next_generation() -> None:
    run = intended()
    run.settle("a", failure=failure())
    assert run.state.generations == {ACT: 1}
    assert run.want("b", args='{"n":2}', **MINE) == ["WriteIntended b"]
    assert run.want("c", **MINE) == ["WriteBarred c"]
    run.settle("b", '"ok"')
    assert run.state.acts[ACT].path == "b"


def test_own_act_is_sent_again_when_it_was_released() -> None:
    run = intended()
    run.settle("a", absent=True)
    assert run.want("a", **MINE) == ["WriteIntended a"]
    assert run.state.generations == {}


def test_act_of_a_process_that_died_is_in_doubt_for_all() -> None:
    run = intended()
    run.crash()
    assert run.state.acts[ACT].status == "doubt"
    assert run.want("b", **MINE) == ["WriteBarred b"]


def parked(verb: st.Verb, answer: str | None = None) -> Shell:
    run = intended()
    run.settle("a", doubt=failure())
    run.halt("a", st.ParkReason.IN_DOUBT)
    run.resolve("a", verb, answer)
    return run


def test_what_a_person_says_of_a_write_holds_for_its_act() -> None:
    run = parked(st.Verb.DONE, '"by hand"')
    assert run.want("b", **MINE) == ["WriteRepeated b"]
    assert write_of(run, "b").result == '"by hand"'
    run = parked(st.Verb.SEND_AGAIN)
    assert run.want("b", **MINE) == ["WriteBarred b"]
    run = parked(st.Verb.NOT_DONE)
    assert run.state.generations == {"a": 1, ACT: 1}
    assert run.want("b", **MINE) == ["WriteIntended b"]
    assert run.want("a", **MINE) == ["WriteBarred a"]


def test_act_that_was_given_up_in_doubt_stays_barred() -> None:
    run = Shell(machine(state("a", handlers=(caught_by("b"),)), state("b")))
    run.start()
    run.want("a", **MINE)
    run.settle("a", doubt=failure())
    run.halt("a", st.ParkReason.IN_DOUBT)
    run.resolve("a", st.Verb.ABORT)
    assert run.want("b", **MINE) == ["WriteBarred b"]


def test_act_whose_step_is_called_off_before_it_is_sent_again_is_free() -> None:
    run = intended()
    run.settle("a", absent=True)
    run.hold("a", 5_000)
    run.fail("c")
    assert run.state.generations == {ACT: 1}
    assert run.state.acts[ACT].status is None


def test_retry_of_the_run_renews_an_act_once() -> None:
    run = Shell(machine(state("a")))
    run.start()
    run.want("a", **MINE)
    run.settle("a", failure=failure())
    run.fail("a")
    run.retry()
    assert run.state.generations == {"a": 1, ACT: 1}
    assert run.want("a", **MINE) == ["WriteIntended a"]


def test_refused_step_that_is_retried_leaves_the_act_to_whoever_did_it() -> None:
    run = Shell(dag(node("a"), node("b"), node("end", "a", "b")))
    run.start()
    run.want("a", act=ACT)
    run.settle("a", '"ok"')
    run.want("b", args="[]", act=ACT)
    run.done("a")
    run.fail("b")
    run.retry()
    assert run.state.acts[ACT].status == "done"
    assert run.state.generations == {"b": 1}
    assert run.want("b", act=ACT) == ["WriteRepeated b"]


def test_act_that_was_undone_is_done_anew_in_the_next_generation() -> None:
    run = Shell(machine(state("a", "b"), state("b", handlers=(caught_by("c", undo=True),)), state("c")))
    run.start()
    run.want("a", **MINE)
    run.settle("a", '"ok"')
    run.done("a")
    run.fail("b")
    run.want("a.undo", tool="cancel", key="undo")
    run.settle("a.undo", '"gone"')
    run.done("a.undo")
    assert run.state.acts[ACT].status is None
    assert run.state.generations[ACT] == 1
    assert run.want("c", **MINE) == ["WriteIntended c"]


def test_consent_is_not_asked_for_what_is_done_already() -> None:
    run = intended()
    run.settle("a", '"ok"')
    assert run.want("b", consent=True, **MINE) == ["WriteRepeated b"]


def test_what_became_known_while_a_person_was_asked_counts() -> None:
    for args, fact in (("{}", "WriteRepeated b"), ("[]", "WriteBarred b")):
        run = pair()
        run.want("b", args=args, consent=True, **MINE)
        run.want("a", **MINE)
        run.settle("a", '"ok"')
        run.answer("b", "true")
        assert run.want("b", args=args, **MINE) == [fact]
        assert write_of(run, "b").act == ACT


def test_fork_gives_the_answer_of_what_its_parent_did_and_forgets_what_it_left_open() -> None:
    run = intended()
    run.settle("a", '"ok"')
    run.done("a")
    run.want("c", act="book:18")
    copied = copy_for_fork(run.replayed())
    fork = Shell(run.state.graph, now_ms=9_000)
    fork.tell(st.ForkAsked("r", "parent", run.state.seq, copied, may_write=False))
    assert fork.want("b", **MINE) == ["WriteRepeated b"]
    assert fork.state.acts.keys() == {ACT}
    again = Shell(run.state.graph, now_ms=9_000)
    again.tell(st.ForkAsked("r", "parent", run.state.seq, copied, may_write=True))
    assert again.want("b", act="book:18") == ["WriteIntended b"]


def test_acts_outlive_a_snapshot() -> None:
    run = intended()
    run.settle("a", failure=failure())
    run.want("b", **MINE)
    run.settle("b", '"ok"')
    assert restored(run.state).acts == run.state.acts
