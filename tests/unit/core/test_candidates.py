"""A write that certainly failed may be followed by that of another tool, in the same step; none that is in doubt."""

from podium.core import stimuli as st
from podium.core.state import Write
from podium.core.stimuli import ParkReason
from tests.unit.core.builders import COMPENSATE, dag, failure, machine, node, state
from tests.unit.core.shell import Shell, restored

ACT = "book:17"


def failed(*, act: str = "") -> Shell:
    """Return a run whose first tool has certainly not written."""
    run = Shell(dag(node("a"), node("b"), node("end", "a", "b"), on_failure=COMPENSATE))
    run.start()
    run.read("a", "before")
    run.want("a", tool="flight", args='{"to":1}', undo="cancel_flight@1", act=act)
    run.settle("a", failure=failure("First"))
    return run


def follow(run: Shell, nth: int = 1, **more: object) -> list[str]:
    given: dict[str, object] = {"tool": f"other{nth}", "args": '{"to":1}', "key": f"key{nth}", "undo": f"cancel{nth}@1"}
    return run.want("a", candidate=nth, **{**given, **more})


def write_of(run: Shell, path: str = "a") -> Write:
    write = run.step(path).write
    assert write is not None
    return write


def test_next_tool_takes_the_place_of_one_that_certainly_failed() -> None:
    run = failed()
    run.now_ms = 5_000
    run.read("a", "after")
    assert follow(run) == ["WriteIntended a"]
    write = write_of(run)
    assert (write.tool, write.key, write.undo, write.candidate) == ("other1", "key1", "cancel1@1", 1)
    assert (write.asked, write.asked_args, write.sent_at, write.reads_before) == ("flight", "", 5_000, 1)
    assert write.causes == (failure("First"),)


def test_causes_are_kept_through_the_whole_chain_and_through_a_snapshot() -> None:
    run = failed()
    follow(run)
    run.settle("a", failure=failure("Second"))
    follow(run, 2)
    run.settle("a", failure=failure("Third"))
    write = write_of(run)
    assert [cause.type for cause in write.causes] == ["First", "Second"]
    assert (write.failure, write.asked, write.candidate) == (failure("Third"), "flight", 2)
    assert restored(run.state).steps["a"].write == write


def test_nothing_follows_a_write_that_may_have_happened() -> None:
    run = failed()
    follow(run)
    assert follow(run, 2) == []
    run.settle("a", doubt=failure())
    assert follow(run, 2) == []
    run.settle("a", '"ok"')
    assert follow(run, 2) == []


def test_candidates_come_in_order_and_once() -> None:
    run = failed()
    assert follow(run, 2) == []
    assert follow(run, 0) == []
    follow(run)
    run.settle("a", failure=failure())
    assert follow(run, 1) == []


def test_what_the_second_did_is_what_is_owed() -> None:
    run = failed()
    follow(run)
    run.settle("a", '"ok"')
    run.done("a")
    assert [(record.tool, record.undo) for record in run.state.writes.values()] == [("other1", "cancel1@1")]


def test_retry_of_the_run_begins_with_the_first_again() -> None:
    run = Shell(machine(state("a")))
    run.start()
    run.want("a", tool="flight")
    run.settle("a", failure=failure())
    follow(run, args="{}")
    run.settle("a", failure=failure())
    run.fail("a")
    run.retry()
    assert run.step("a").write is None
    assert run.state.generations == {"a": 1}


def test_second_tool_takes_over_the_act_in_its_next_generation() -> None:
    run = failed(act=ACT)
    assert run.state.generations == {ACT: 1}
    follow(run, act=ACT)
    assert run.want("b", act=ACT) == ["WriteBarred b"]
    run.settle("a", '"ok"')
    assert run.state.acts[ACT].result == '"ok"'


def test_act_that_was_taken_up_elsewhere_meanwhile_is_refused_to_the_second_tool() -> None:
    run = failed(act=ACT)
    run.want("b", act=ACT, args='{"to":1}')
    assert follow(run, act=ACT) == ["WriteBarred a"]
    write = write_of(run)
    assert (write.status, write.tool, write.candidate) == ("failed", "flight", 0)
    assert write.failure is not None
    assert write.failure.type == "ActInDoubtError"
    assert write.causes == (failure("First"),)


def test_act_that_was_done_elsewhere_meanwhile_answers_for_the_second_tool() -> None:
    run = failed(act=ACT)
    run.want("b", act=ACT, args='{"to":1}')
    run.settle("b", '"theirs"')
    assert follow(run, act=ACT) == ["WriteRepeated a"]
    write = write_of(run)
    assert (write.status, write.result, write.failure, write.is_inherited) == ("done", '"theirs"', None, True)


def test_run_that_ends_lets_nothing_follow() -> None:
    run = failed()
    run.fail("b")
    assert follow(run) == ["StepCancelled a", "RunFailed"]


def test_second_tool_in_doubt_parks_and_is_decided_about_like_the_first() -> None:
    run = failed()
    follow(run)
    run.settle("a", doubt=failure())
    run.halt("a", ParkReason.IN_DOUBT)
    run.resolve("a", st.Verb.NOT_DONE)
    assert (run.step("a").write, run.state.generations) == (None, {"a": 1})
