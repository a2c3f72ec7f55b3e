"""Whoever performs a step is lost alone, while the run goes on."""

from podium.core import stimuli as st
from podium.core.stimuli import Verb
from tests.golden.teller import Teller
from tests.unit.core.builders import failure, machine, state


def _line() -> Teller:
    run = Teller(machine(state("pay", "b"), state("b")))
    run.start()
    return run


def _lose(run: Teller, *, since: int | None = None) -> None:
    run.flights.pop("pay", None)
    run.tell(st.PerformerLost(run.state.incarnation, "pay", run.step("pay").entry, since))


def performer_that_was_lost() -> Teller:
    """The step is entered again; what the lost one reports changes nothing."""
    run = _line()
    _lose(run)
    run.tell(st.AttemptEnded(1, "pay", 1, st.Succeeded()))
    run.done("pay")
    run.done("b")
    return run


def performer_that_was_lost_with_an_open_write() -> Teller:
    """It is in doubt; its sender may live."""
    run = _line()
    run.want("pay")
    _lose(run)
    run.settle("pay", '"found"')
    run.done("pay")
    return run


def performer_that_may_have_sent_what_is_not_on_record() -> Teller:
    """In doubt as soon as it is on record, since when it may have been sent."""
    run = _line()
    _lose(run, since=500)
    run.want("pay")
    run.settle("pay", failure=failure("Refused"))
    run.fail("pay")
    return run


def write_that_is_on_record_after_it_was_sent() -> Teller:
    """The order to make the call was the intent."""
    run = _line()
    run.want("pay", sent_at=700)
    run.settle("pay", '"ok"')
    run.done("pay")
    return run


def step_that_loses_its_performers() -> Teller:
    """The third in a row parks it; a person sends it on."""
    run = _line()
    for _ in range(3):
        _lose(run)
    run.resolve("pay", Verb.SEND_AGAIN)
    run.done("pay")
    return run
