"""A piece of news and all that follows from it is one append: on disk as a whole or not at all."""

from podium.core.advance import fold
from podium.core.pending import pending
from podium.core.state import RunState
from tests.unit.core.builders import machine, state
from tests.unit.core.shell import Shell


def test_run_goes_on_from_the_end_of_any_append() -> None:
    run = Shell(machine(state("a", "b"), state("b")))
    run.start()
    run.done("a")
    assert [len(append) for append in run.appends] == [2, 2]
    run.appends.pop()
    assert run.crash() == ["RunTakenOver"]
    assert run.flights == {"a": 1}


def test_part_of_an_append_does_not_say_what_follows() -> None:
    """Which is why a store commits appends whole: folding trusts that what followed is among the events."""
    run = Shell(machine(state("a", "b"), state("b")))
    run.start()
    run.done("a")
    cut = fold(RunState("r", run.state.graph), run.journal[:-1])
    assert pending(cut) == []
    assert cut.steps == {}
