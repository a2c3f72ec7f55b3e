"""Whoever performs a step is lost alone: what it may have sent is in doubt, and what kills its performers is parked."""

from podium.core import stimuli as st
from podium.core.state import Write
from tests.unit.core.builders import dag, failure, machine, node, state
from tests.unit.core.shell import Shell

PAY = machine(state("pay"))


def running() -> Shell:
    run = Shell(PAY)
    run.start()
    return run


def lose(run: Shell, path: str = "pay", *, since: int | None = None) -> list[str]:
    run.flights.pop(path, None)
    return run.tell(st.PerformerLost(run.state.incarnation, path, run.step(path).entry, since))


def write_of(run: Shell) -> Write:
    write = run.step("pay").write
    assert write is not None
    return write


def test_step_whose_performer_was_lost_is_entered_again_and_its_late_report_changes_nothing() -> None:
    run = running()
    late = st.AttemptEnded(1, "pay", 1, st.Succeeded())
    assert lose(run) == ["StepLost pay"]
    assert run.step("pay").entry == 2
    assert run.tell(late) == []
    assert run.done("pay")[-1] == "RunCompleted"


def test_news_of_a_loss_that_is_stale_changes_nothing() -> None:
    run = running()
    assert run.tell(st.PerformerLost(1, "pay", 7)) == []


def test_open_write_of_a_lost_performer_is_in_doubt_and_its_sender_may_live() -> None:
    run = running()
    run.want("pay")
    assert lose(run) == ["StepLost pay"]
    assert (write_of(run).status, write_of(run).sender_may_live) == ("doubt", True)
    assert lose(run) == ["StepLost pay"], "whoever settles a doubt may be lost too"
    assert write_of(run).status == "doubt"


def test_finished_write_of_a_lost_performer_is_as_certain_as_it_was() -> None:
    run = running()
    run.want("pay")
    run.settle("pay", '"ok"')
    lose(run)
    assert (write_of(run).status, write_of(run).sender_may_live) == ("done", False)


def test_write_that_was_to_be_sent_at_once_is_in_doubt_as_soon_as_it_is_on_record() -> None:
    run = running()
    run.now_ms = 9_000
    lose(run, since=2_000)
    assert run.step("pay").may_have_written
    assert run.want("pay") == ["WriteIntended pay", "WriteDoubted pay"]
    write = write_of(run)
    assert (write.status, write.sender_may_live, write.sent_at) == ("doubt", True, 2_000)
    assert run.step("pay").unsure is None


def test_write_that_was_to_be_sent_at_once_is_known_of_since_the_first_time() -> None:
    run = running()
    lose(run, since=2_000)
    lose(run)
    run.want("pay")
    assert write_of(run).sent_at == 2_000


def test_write_sent_at_once_counts_though_the_run_was_called_off_meanwhile() -> None:
    run = running()
    run.cancel()
    assert run.want("pay", sent_at=1_500, undo="unpay@1") == ["WriteIntended pay"]
    assert write_of(run).sent_at == 1_500
    run.settle("pay", '"ok"')
    assert run.stop("pay")[0] == "StepCancelled pay"


def test_run_called_off_first_finds_out_whether_a_lost_performer_wrote() -> None:
    run = running()
    lose(run, since=2_000)
    run.cancel()
    assert run.want("pay") == ["WriteIntended pay", "WriteDoubted pay"]


def test_act_is_never_sent_at_once_so_its_loss_leaves_no_doubt() -> None:
    run = running()
    lose(run, since=2_000)
    assert run.want("pay", act="book:17") == ["WriteIntended pay"]
    assert (write_of(run).status, run.step("pay").unsure) == ("intent", None)


def test_act_that_is_done_elsewhere_is_repeated_by_a_step_whose_performer_was_lost() -> None:
    run = Shell(dag(node("a"), node("b"), node("c", "a", "b")))
    run.start()
    run.want("a", act="book:17")
    run.settle("a", '"ok"')
    lose(run, "b", since=2_000)
    assert run.want("b", act="book:17") == ["WriteRepeated b"]
    assert run.step("b").unsure is None


def test_step_that_loses_its_performer_three_times_in_a_row_is_parked() -> None:
    run = running()
    lose(run)
    lose(run)
    assert lose(run) == ["StepLost pay", "StepParked pay"]
    assert run.step("pay").reason == "crash-loop"
    assert run.resolve("pay", st.Verb.SEND_AGAIN) == ["StepResolved pay"]
    assert lose(run) == ["StepLost pay"], "a person's word counts as a new beginning"


def test_step_that_gets_on_between_two_losses_is_not_parked() -> None:
    for get_on in (retried, postponed, written):
        run = running()
        lose(run)
        lose(run)
        get_on(run)
        assert lose(run) == ["StepLost pay"], get_on.__name__


def retried(run: Shell) -> None:
    run.fail("pay", retry_at=2_000)
    run.time("pay", at=2_000)


def postponed(run: Shell) -> None:
    run.hold("pay", 2_000)
    run.time("pay", at=2_000)


def written(run: Shell) -> None:
    run.want("pay")
    run.settle("pay", '"ok"')


def test_step_is_not_parked_before_it_is_known_what_it_may_have_written() -> None:
    run = running()
    lose(run, since=2_000)
    lose(run)
    assert lose(run) == ["StepLost pay"]
    run.want("pay")
    assert lose(run) == ["StepLost pay", "StepParked pay"]
    assert run.resolve("pay", st.Verb.DONE, '"ok"') == ["StepResolved pay"]


def test_doubt_after_a_loss_ends_as_every_doubt_does() -> None:
    run = running()
    run.want("pay")
    lose(run)
    assert run.settle("pay", failure=failure("Refused")) == ["WriteFailed pay"]
