"""What is known of a write, from the intent to the result; doubt ends only by knowledge."""

from podium.core import events as ev
from podium.core.stimuli import ParkReason
from tests.unit.core.builders import COMPENSATE, dag, failure, machine, node, state
from tests.unit.core.shell import Shell

PAY = machine(state("pay"))


def intending(**more: object) -> Shell:
    run = Shell(PAY)
    run.start()
    assert run.want("pay", **more) == ["WriteIntended pay"]
    return run


def in_doubt() -> Shell:
    run = intending()
    assert run.settle("pay", doubt=failure("ReadTimeout")) == ["WriteDoubted pay"]
    return run


def test_intent_keeps_what_is_needed_to_send_the_same_bytes_again() -> None:
    run = intending(args='{"city":"Ulm"}', undo="cancel@1", irreversible=True, code="c0de")
    write = run.step("pay").write
    assert write is not None
    assert (write.tool, write.args, write.key, write.code) == ("book", '{"city":"Ulm"}', "pay/0", "c0de")
    assert (write.undo, write.irreversible, write.sent_at) == ("cancel@1", True, 1_000)


def test_done_write_keeps_its_result_and_ends_the_doubt() -> None:
    for run in (intending(), in_doubt()):
        assert run.settle("pay", '"ok"') == ["WriteDone pay"]
        write = run.step("pay").write
        assert write is not None
        assert (write.status, write.result, write.failure) == ("done", '"ok"', None)
        assert run.done("pay")[-1] == "RunCompleted"


def test_write_that_certainly_failed_says_why() -> None:
    for run in (intending(), in_doubt()):
        assert run.settle("pay", failure=failure("Refused")) == ["WriteFailed pay"]
        write = run.step("pay").write
        assert write is not None
        assert (write.status, write.failure) == ("failed", failure("Refused"))


def test_doubt_keeps_what_caused_it() -> None:
    run = in_doubt()
    assert run.settle("pay", doubt=failure("Other")) == []
    write = run.step("pay").write
    assert write is not None
    assert (write.status, write.failure) == ("doubt", failure("ReadTimeout"))


def test_absent_write_may_be_sent_again_with_the_same_bytes_and_key() -> None:
    for run in (intending(), in_doubt()):
        assert run.settle("pay", absent=True) == ["WriteReleased pay"]
        run.now_ms = 5_000
        assert run.want("pay", args='{"else":1}', key="pay/0", code="new") == ["WriteIntended pay"]
        write = run.step("pay").write
        assert write is not None
        assert (write.status, write.args, write.key, write.code) == ("intent", "{}", "pay/0", "new")
        assert write.sent_at == 1_000, "the key's life counts from the first time"


def test_open_write_is_settled_before_the_code_is_entered_again() -> None:
    run = in_doubt()
    assert run.hold("pay", 2_000) == ["StepPostponed pay"]
    assert (run.step("pay").status, run.write_status("pay")) == ("postponed", "doubt")
    assert run.time("pay", at=2_000) == ["StepResumed pay"]
    assert run.flights == {"pay": 2}
    assert run.settle("pay", '"late"') == ["WriteDone pay"]
    assert run.step("pay").status == "running"


def test_settled_write_is_not_settled_again() -> None:
    run = intending()
    run.settle("pay", '"ok"')
    assert run.settle("pay", failure=failure()) == []
    assert run.settle("pay", doubt=failure()) == []


def test_report_about_a_write_that_nobody_intended_changes_nothing() -> None:
    run = Shell(PAY)
    run.start()
    assert run.settle("pay", '"ok"') == []
    assert run.settle("nobody", '"ok"') == []


def test_write_in_doubt_parks() -> None:
    run = in_doubt()
    assert run.halt("pay", ParkReason.IN_DOUBT) == ["StepParked pay"]
    assert (run.step("pay").status, run.step("pay").reason) == ("parked", "in-doubt")
    assert (run.state.moving, run.state.idle, run.state.parked) == (0, 0, 1)


def test_done_writes_that_can_be_undone_or_bar_undoing_are_remembered_in_order() -> None:
    run = Shell(dag(node("a"), node("b"), node("c"), node("d", "a", "b", "c")))
    run.start()
    run.want("b", irreversible=True)
    run.want("a", undo="cancel@1")
    run.want("c")
    for path in "bac":
        run.settle(path, f'"{path}"')
    for path in "cab":
        run.done(path)
    assert [(write.path, write.result, write.irreversible) for write in run.state.writes.values()] == [
        ("a", '"a"', False),
        ("b", '"b"', True),
    ]


def test_failed_write_owes_nothing() -> None:
    run = Shell(machine(state("pay"), on_failure=COMPENSATE))
    run.start()
    run.want("pay", undo="cancel@1")
    run.settle("pay", failure=failure())
    assert run.fail("pay")[-1] == "RunFailed"


def test_run_that_says_stop_undoes_nothing() -> None:
    run = Shell(machine(state("pay", "b"), state("b")))
    run.start()
    run.want("pay", undo="cancel@1")
    run.settle("pay", '"ok"')
    run.done("pay")
    assert run.fail("b")[-1] == "RunFailed"


def test_write_wanted_where_nothing_new_starts_gives_the_step_up() -> None:
    run = Shell(dag(node("a"), node("b"), node("c", "a", "b")))
    run.start()
    run.fail("a")
    assert run.want("b") == ["StepCancelled b", "RunFailed"]


def test_released_write_is_given_up_with_what_only_waits() -> None:
    run = Shell(dag(node("a"), node("b"), node("c", "a", "b")))
    run.start()
    run.want("a")
    run.settle("a", absent=True)
    run.hold("a", 60_000)
    assert run.fail("b") == ["StepFailed b", "ScopeFailing", "StepCancelled a", "RunFailed"]
    run.retry()
    assert run.step("a").write is None


def test_released_write_is_not_sent_where_nothing_new_starts() -> None:
    run = Shell(dag(node("a"), node("b"), node("c", "a", "b")))
    run.start()
    run.want("a")
    run.fail("b")
    run.settle("a", absent=True)
    assert run.stopped == {"a"}
    assert run.hold("a", 60_000) == ["StepCancelled a", "RunFailed"]


def test_intent_carries_the_code_that_asked() -> None:
    run = intending(code="abc")
    intended = run.journal[-1]
    assert isinstance(intended, ev.WriteIntended)
    assert intended.code == "abc"
