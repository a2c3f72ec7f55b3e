"""What a rewound run finds: writes that still stand, that were undone for an error edge, or were copied by a fork."""

import pytest

from podium.core import events as ev
from podium.core import stimuli as st
from podium.core.copying import copy_for_fork
from podium.core.rewind import rewound
from podium.core.snapshot import restore
from podium.core.state import Act, RunState, Write, WriteStatus
from podium.core.stimuli import ParkReason, Verb
from podium.errors import RefusedError
from podium.graph.nodes import END, Graph, NodeKind
from tests.unit.core.builders import COMPENSATE, caught_by, dag, failure, machine, node, state
from tests.unit.core.shell import Shell
from tests.unit.core.undone_trip import compensated, line

WORKFLOW = NodeKind.WORKFLOW


# ----- writes that still stand


def test_write_that_a_person_left_as_it_is_is_not_made_again() -> None:
    run = Shell(line())
    run.start()
    run.done("look")
    run.write("flight")
    run.write("hotel")
    run.fail("car")
    run.halt("hotel.undo", ParkReason.NO_UNDO)
    run.resolve("hotel.undo", Verb.SKIP)
    run.undo("flight")
    run.rewind()
    run.write("flight")
    write = run.step("hotel").write
    assert write is not None
    assert (write.status, write.result, write.key, write.is_inherited) == ("done", '"hotel"', "hotel/0", True)
    run.done("hotel")
    assert list(run.state.writes) == ["flight"], "and nobody undoes it"
    run.fail("car")
    run.undo("flight")
    run.rewind()
    run.write("flight")
    assert run.write_status("hotel") == "done", "nor is it made in a third try"


def test_write_that_a_person_left_in_doubt_stays_in_doubt() -> None:
    run = Shell(line())
    run.start()
    run.done("look")
    run.write("flight")
    run.want("hotel", undo="cancel@1")
    run.settle("hotel", doubt=failure("ReadTimeout"))
    run.halt("hotel", ParkReason.IN_DOUBT)
    run.resolve("hotel", Verb.ABORT)
    run.halt("hotel.undo", ParkReason.NO_UNDO)
    run.resolve("hotel.undo", Verb.SKIP)
    run.undo("flight")
    run.rewind()
    run.write("flight")
    assert run.write_status("hotel") == "doubt"
    run.settle("hotel", '"it was"')
    run.done("hotel")
    assert list(run.state.writes) == ["flight"]


def test_where_everything_was_left_as_it_is_those_steps_begin_again() -> None:
    run = Shell(line())
    run.start()
    run.done("look")
    run.write("flight")
    run.fail("hotel")
    run.halt("flight.undo", ParkReason.NO_UNDO)
    run.resolve("flight.undo", Verb.SKIP)
    run.rewind()
    assert (run.at("running"), run.write_status("flight")) == ({"flight"}, "done")


def test_write_that_nobody_undoes_is_not_made_again() -> None:
    run = Shell(line())
    run.start()
    run.done("look")
    run.write("flight")
    run.write("hotel", undo="")
    run.fail("car")
    run.undo("flight")
    run.rewind()
    run.write("flight")
    assert run.write_status("hotel") == "done"


def test_step_that_asks_a_person_finds_its_write_after_the_answer() -> None:
    ask = state("ask", "car", kind=NodeKind.HUMAN)
    run = Shell(machine(state("flight", "ask"), ask, state("car"), on_failure=COMPENSATE))
    run.start()
    run.write("flight")
    run.answer("ask")
    run.write("ask", undo="")
    run.fail("car")
    run.undo("flight")
    run.rewind()
    run.write("flight")
    assert run.write_status("ask") is None
    run.answer("ask")
    assert run.write_status("ask") == "done"


def test_write_that_certainly_failed_is_made_under_a_new_key() -> None:
    run = Shell(line())
    run.start()
    run.done("look")
    run.write("flight")
    run.want("hotel", undo="cancel@1")
    run.settle("hotel", failure=failure("Refused"))
    run.fail("hotel")
    run.undo("flight")
    run.rewind()
    run.write("flight")
    assert run.state.generations["hotel"] == 1
    assert run.step("hotel").write is None


def test_write_that_waited_for_consent_when_time_was_up_is_asked_for_again() -> None:
    run = Shell(line(deadline_ms=500))
    run.start()
    run.done("look")
    run.write("flight")
    run.want("hotel", undo="cancel@1", consent=True)
    run.time(at=1_500)
    run.undo("flight")
    run.rewind()
    run.write("flight")
    assert "hotel" not in run.state.generations
    assert run.want("hotel", undo="cancel@1", consent=True) == ["WriteAsked hotel", "TaskOpened hotel"]


def test_acts_are_as_they_are_now() -> None:
    run = compensated()
    act = Act("elsewhere", "{}", WriteStatus.DONE, "1")
    run.state.acts["book:7"] = act
    run.twin.acts["book:7"] = Act("elsewhere", "{}", WriteStatus.DONE, "1")
    run.rewind()
    assert run.state.acts == {"book:7": act}


# ----- error edges that undid something


def trip() -> Graph:
    edges = (caught_by("sorry", undo=True),)
    states = [state("flight", "hotel"), state("hotel", handlers=edges), state("sorry", "tail"), state("tail")]
    return machine(*states, name="trip", on_failure=COMPENSATE)


def beside_a_trip() -> Graph:
    nodes = [node("x"), node("a", "x"), node("in", kind=WORKFLOW, child=trip()), node("end", "a", "in")]
    return dag(*nodes, on_failure=COMPENSATE)


def test_what_was_undone_for_an_error_edge_before_stays_undone() -> None:
    run = Shell(trip())
    run.start()
    run.write("flight")
    run.fail("hotel")
    run.undo("flight")
    run.write("sorry")
    run.fail("tail")
    run.undo("sorry")
    run.rewind()
    assert run.at("running") == {"sorry"}
    assert run.step("sorry").caught == failure()


def test_what_was_undone_for_an_error_edge_after_that_place_begins_again_too() -> None:
    run = Shell(beside_a_trip())
    run.start()
    run.open("in")
    run.write("in/flight")
    run.done("x")
    run.write("a")
    run.fail("in/hotel")
    run.undo("in/flight")
    run.done("in/sorry")
    run.fail("in/tail")
    run.undo("a")
    run.rewind()
    assert run.at("running") == {"x", "in/flight"}


def test_edge_whose_undoing_was_under_way_is_taken_where_the_rest_was_left() -> None:
    run = Shell(beside_a_trip())
    run.start()
    run.open("in")
    run.write("in/flight")
    run.fail("in/hotel")
    run.halt("in/flight.undo", ParkReason.NO_UNDO)
    run.done("x")
    run.write("a")
    run.resolve("in/flight.undo", Verb.SKIP)
    run.fail("in/sorry")
    run.undo("a")
    assert run.rewind() == ["RunRewound", "CompensationEnded in/hotel", "StepStarted in/sorry"]


# ----- what can not be rewound


def test_only_a_run_that_failed_and_is_compensated_is_rewound() -> None:
    run = Shell(line())
    run.start()
    with pytest.raises(RefusedError, match="run r is open; only one that failed and is compensated can be rewound"):
        run.tell(st.RewindWanted("{}"))
    run.write("look")
    run.cancel()
    run.stop("flight")
    run.undo("look")
    with pytest.raises(RefusedError, match="run r was called off, and is compensated"):
        run.tell(st.RewindWanted("{}"))


def test_journal_of_another_law_is_not_rewound() -> None:
    run = compensated()
    journal = [event for event in run.journal if event != ev.StepStarted(1_000, "look")]
    with pytest.raises(RefusedError, match="was written by another version of Podium, and can not be rewound; fork it"):
        rewound(run.state, journal)


def test_inherited_write_that_was_under_way_at_the_time_is_replayed_again() -> None:
    parent = Shell(dag(node("x"), node("a", "x"), node("b"), node("end", "a", "b"), on_failure=COMPENSATE))
    parent.start()
    parent.want("b", undo="cancel@1")
    parent.settle("b", '"of the parent"')
    fork = Shell(parent.state.graph)
    fork.tell(st.ForkAsked("r", "parent", 2, copy_for_fork(parent.replayed()), may_write=True))
    fork.done("x")
    fork.write("a")
    fork.done("b")
    fork.fail("end")
    fork.undo("a")
    fork.rewind()
    write = fork.step("b").write
    assert write is not None
    assert (write.result, write.is_inherited) == ('"of the parent"', True)


def test_fork_of_a_rewound_run_keeps_what_is_done_and_leaves_what_is_in_doubt() -> None:
    run = compensated()
    run.state.kept = {
        "hotel": Write("book", "{}", "k", WriteStatus.DONE),
        "car": Write("book", "{}", "k", WriteStatus.DOUBT),
    }
    assert list(restored_from(copy_for_fork(run.state)).kept) == ["hotel"]


def restored_from(text: str) -> RunState:
    copied = RunState("r", line())
    restore(copied, text)
    return copied


def test_fork_is_rewound_to_its_beginning_where_that_is_in_the_middle_of_the_step() -> None:
    parent = Shell(machine(state("flight", "car"), state("car", END), on_failure=COMPENSATE))
    parent.start()
    fork = Shell(parent.state.graph)
    fork.tell(st.ForkAsked("r", "parent", 2, copy_for_fork(parent.replayed()), may_write=True))
    fork.write("flight")
    fork.fail("car")
    fork.undo("flight")
    fork.rewind()
    assert fork.at("running") == {"flight"}
