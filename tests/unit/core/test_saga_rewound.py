"""A compensated run begins again where its first compensated step began, knowing what the world has seen since."""

from podium.core import events as ev
from podium.core import stimuli as st
from podium.core.snapshot import restore
from podium.core.state import RunState
from podium.core.stimuli import Verb
from podium.graph.nodes import NodeKind
from tests.unit.core.builders import COMPENSATE, dag, failure, machine, mapped, node, state
from tests.unit.core.shell import Shell
from tests.unit.core.undone_trip import compensated, line

WORKFLOW = NodeKind.WORKFLOW


def test_run_begins_again_in_the_first_compensated_step_with_the_data_of_before_it() -> None:
    run = compensated()
    assert run.rewind() == ["RunRewound"]
    assert (run.status, run.state.failure, run.at("running")) == ("open", None, {"flight"})
    assert run.state.root.data["n"] == "5"
    rewound_ = run.journal[-1]
    assert isinstance(rewound_, ev.RunRewound)
    assert rewound_.by == "ann"
    run.write("flight")
    run.write("hotel")
    assert run.done("car")[-1] == "RunCompleted"


def test_keys_that_were_used_are_not_used_again() -> None:
    run = compensated()
    run.rewind()
    for _ in range(2):
        run.write("flight")
        run.write("hotel")
        run.fail("car")
        run.undo("hotel")
        run.undo("flight")
        run.rewind()
    keys = [event.key for event in run.journal if isinstance(event, ev.WriteIntended)]
    assert len(set(keys)) == len(keys) == 12


def test_run_that_fails_again_is_compensated_and_rewound_again() -> None:
    run = compensated()
    run.rewind()
    run.write("flight")
    run.fail("hotel", "OtherError")
    run.undo("flight")
    assert (run.status, run.state.failure) == ("compensated", failure("OtherError"))
    assert run.rewind() == ["RunRewound"]
    assert run.at("running") == {"flight"}


def test_second_rewinding_may_go_back_less_far() -> None:
    run = compensated()
    run.rewind()
    run.done("flight")
    run.write("hotel")
    run.fail("car")
    run.undo("hotel")
    run.rewind()
    assert run.at("running") == {"hotel"}


def test_what_was_done_before_that_place_stays_done_in_other_branches_too() -> None:
    graph = dag(node("x"), node("a", "x"), node("b", "a"), node("c"), node("end", "b", "c"), on_failure=COMPENSATE)
    run = Shell(graph)
    run.start()
    run.done("c", output="3")
    run.done("x", output="1")
    run.write("a")
    run.write("b")
    run.fail("end")
    run.undo("b")
    run.undo("a")
    run.rewind()
    assert run.at("running") == {"a"}
    assert run.state.root.outputs == {"c": "3", "x": "1"}


def test_step_that_began_again_in_a_retry_counts_from_there() -> None:
    run = Shell(line())
    run.start()
    run.done("look")
    run.fail("flight")
    run.retry()
    run.write("flight")
    run.fail("hotel")
    run.undo("flight")
    run.rewind()
    assert run.at("running") == {"flight"}
    state = RunState("r", run.state.graph)
    restore(state, run.journal[-1].snapshot)  # type: ignore[union-attr]  # it is RunRewound
    assert state.seq == 9, "after RunRetried and StepRestarted"


def test_write_that_outlived_a_retry_and_was_undone_then_is_made_anew() -> None:
    graph = dag(node("a"), node("b"), node("end", "a", "b"), on_failure=COMPENSATE, deadline_ms=500)
    run = Shell(graph)
    run.start()
    run.want("a", undo="")
    run.settle("a", '"plain"')
    run.time(at=1_500)
    run.stop("a")
    assert run.stop("b")[-1] == "RunFailed"
    run.retry()
    run.done("a")
    run.write("b")
    run.fail("end")
    run.undo("b")
    run.rewind()
    assert (run.at("running"), run.write_status("a"), run.write_status("b")) == ({"a", "b"}, "done", None)


def test_step_that_was_under_way_at_the_time_begins_anew() -> None:
    nap = node("nap", kind=NodeKind.SLEEP, duration_ms=100)
    ask = node("ask", kind=NodeKind.HUMAN, timeout_ms=500)
    nodes = [node("x"), node("a", "x"), node("c"), nap, ask, node("end", "a", "c", "nap", "ask")]
    run = Shell(dag(*nodes, on_failure=COMPENSATE))
    run.start()
    run.read("c", "call")
    run.fail("c", retry_at=2_000)
    run.done("x")
    run.write("a")
    run.time("nap", at=1_100)
    run.answer("ask")
    run.done("ask")
    run.time("c", at=2_000)
    run.fail("c")
    run.undo("a")
    assert run.rewind() == ["RunRewound", "TaskOpened ask"]
    assert run.at("running") == {"a", "c"}
    assert (run.step("c").attempt, run.step("c").reads) == (1, {})
    assert run.timers == {"nap": 2_100, "ask": 2_500}


def test_step_that_was_parked_at_the_time_begins_anew() -> None:
    run = Shell(dag(node("x"), node("a", "x"), node("c"), node("end", "a", "c"), on_failure=COMPENSATE))
    run.start()
    run.halt("c")
    run.done("x")
    run.write("a")
    run.resolve("c", Verb.ABORT)
    run.undo("a")
    run.rewind()
    assert (run.at("running"), run.step("c").reason) == ({"a", "c"}, "")


def test_map_goes_on_where_it_stood() -> None:
    graph = dag(mapped("m", "list", concurrency=1), node("end", "m"), on_failure=COMPENSATE)
    run = Shell(graph)
    run.start()
    run.done("m[0]", output='"kept"')
    run.write("m[1]")
    run.done("m[2]")
    run.fail("end")
    run.undo("m[1]")
    run.rewind()
    assert run.at("running") == {"m[1]"}
    run.write("m[1]")
    assert run.done("m[2]")[-1] == "StepStarted end"


def test_signals_that_came_since_are_there_again() -> None:
    wait = state("wait", "car", kind=NodeKind.WAIT, signal="go")
    run = Shell(machine(state("flight", "wait"), wait, state("car"), on_failure=COMPENSATE))
    run.start()
    run.signal("go", "1")
    run.write("flight")
    run.done("wait")
    run.signal("go", "2")
    run.fail("car")
    run.undo("flight")
    assert run.state.signals == {"go": ["2"]}
    run.rewind()
    assert run.state.signals == {"go": ["1", "2"]}
    assert run.write("flight")[-1] == "StepAnswered wait"


def test_wait_that_was_under_way_gets_the_signal_that_came_since() -> None:
    wait = node("wait", kind=NodeKind.WAIT, signal="go")
    run = Shell(dag(node("a"), wait, node("end", "a", "wait"), on_failure=COMPENSATE))
    run.start()
    run.write("a")
    run.signal("go", "7")
    run.done("wait")
    run.fail("end")
    run.undo("a")
    assert run.rewind() == ["RunRewound", "StepAnswered wait"]
    assert run.step("wait").answer == "7"


def test_run_has_its_whole_time_again() -> None:
    run = compensated(line(deadline_ms=500))
    run.now_ms = 1_400
    run.rewind()
    assert run.timers == {"": 1_900}


def test_reports_about_what_was_rewound_are_stale() -> None:
    run = compensated()
    run.rewind()
    assert run.tell(st.AttemptEnded(1, "flight", 1, st.Succeeded())) == []
    run.write("flight")
    assert run.tell(st.AttemptEnded(1, "hotel", 1, st.Succeeded())) == []
    assert run.step("hotel").entry == run.state.first_entry


def test_crash_afterwards_changes_nothing() -> None:
    run = compensated()
    run.rewind()
    run.crash()
    assert set(run.flights) == {"flight"}
