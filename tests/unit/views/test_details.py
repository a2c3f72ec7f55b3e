"""What is known of a step: what it took, what it changed, what went wrong, who decided what."""

import json
from dataclasses import replace

from podium.core import events as ev
from podium.core import stimuli as st
from podium.core.events import Event
from podium.failure import Failure, FailureKind
from podium.graph.nodes import Node, NodeKind, Place, ToolFacts
from podium.views.detail import StepDetail
from podium.views.details import step_detail
from tests.unit.core.builders import caught_by, chooser, dag, failure, machine, mapped, node, state
from tests.unit.core.shell import Shell
from tests.unit.core.undone_trip import compensated
from tests.unit.views.records import record


def of(run: Shell, address: str) -> StepDetail:
    detail = step_detail(record(run.state.graph, run.journal), address)
    assert detail is not None
    return detail


def test_state_of_a_machine_shows_its_record_before_and_what_it_changed() -> None:
    run = Shell(machine(replace(chooser("a", went="b", stayed="END"), where=Place("trip.py", 12)), state("b")))
    run.start()
    run.end("a", st.Succeeded("went", None, {"n": "7"}, {"log": '"x"'}))
    found = of(run, "a")
    assert found.input is not None
    assert json.loads(found.input.json_text)["n"] == 0
    assert (found.output.json_text if found.output else None) == '"went"'
    replaced, grown = found.changes
    assert (replaced.field, replaced.before.json_text, replaced.after.json_text) == ("n", "0", "7")  # type: ignore[union-attr]  # both are there
    assert (grown.field, grown.before, grown.after.json_text, grown.is_append) == ("log", None, '["x"]', True)  # type: ignore[union-attr]  # it is there
    assert found.source == "trip.py:12"
    assert of(run, "b").input.json_text.startswith('{"n":7,"log":["x"]')  # type: ignore[union-attr]  # it is there


def test_node_of_a_dag_shows_its_arguments_and_a_map_its_list() -> None:
    run = Shell(dag(node("a"), mapped("m", "a"), node("b", "m", "topic")))
    run.start()
    run.done("a", output="[5,6]")
    assert of(run, "m").input.json_text == "[5,6]"  # type: ignore[union-attr]  # it is there
    assert of(run, "m[1]").input.json_text == '{"item":6}'  # type: ignore[union-attr]  # it is there
    run.done("m[0]", output="50")
    run.done("m[1]", output="60")
    assert of(run, "m").output.json_text == "[50,60]"  # type: ignore[union-attr]  # it is there
    assert of(run, "b").input.json_text == '{"m":[50,60],"topic":"t"}'  # type: ignore[union-attr]  # it is there
    assert of(run, "m").kind == "map"


def test_attempts_are_told_one_by_one() -> None:
    run = Shell(machine(state("a")))
    run.start()
    run.fail("a", retry_at=2_000)
    run.time("a", at=2_000)
    run.fail("a")
    run.retry()
    found = of(run, "a")
    assert [(one.number, one.outcome, one.retry_at, one.ended_at) for one in found.attempts] == [
        (1, "failed", 2_000, 1_000),
        (2, "failed", None, 2_000),
        (1, "under way", None, None),
    ]
    assert found.failure is not None
    assert found.failure.message == "OddError it was"


def test_failure_that_led_to_a_step_is_told() -> None:
    run = Shell(machine(state("a", handlers=(caught_by("b"),)), state("b")))
    run.start()
    run.fail("a")
    assert of(run, "b").caught is not None
    assert of(run, "b").failure is None


def test_decision_of_a_person_is_told_with_its_reason() -> None:
    run = Shell(machine(state("a")))
    run.start()
    run.halt("a")
    assert of(run, "a").attempts[0].outcome == "parked: diverged"
    run.resolve("a", st.Verb.ABORT)
    (decided,) = of(run, "a").decisions
    assert (decided.by, decided.verb, decided.reason) == ("ann", "abort", "because")


def test_visits_of_a_place_are_listed() -> None:
    run = Shell(machine(state("a", "b"), state("b", "a")))
    run.start()
    run.done("a")
    run.done("b")
    assert of(run, "a").visits == of(run, "a#2").visits == ("a", "a#2")


def test_what_undoes_a_write_shows_what_it_takes_and_the_call_that_it_makes() -> None:
    found = of(compensated(), "flight.undo")
    assert (found.kind, found.place, found.name) == ("undo", "flight", "unflight")
    assert found.input is not None
    assert json.loads(found.input.json_text) == {"args": {}, "result": "flight"}
    assert [(call.kind, call.status, call.sent) for call in found.calls] == [("write", "done", 1)]


def test_step_that_was_not_reached_has_no_details() -> None:
    run = Shell(machine(state("a", "b"), state("b")))
    run.start()
    assert step_detail(record(run.state.graph, run.journal), "b") is None
    assert step_detail(record(run.state.graph, run.journal), "no/such#7[3]") is None


SEARCH = ToolFacts(
    name="search", writes=False, limits=("retry 3", "breaker web", "8 at once", "web: 5/s"), fallback=("archive",)
)
ASKING = machine(Node(name="a", kind=NodeKind.STEP, next="END", tools=(SEARCH,), limits=("within 30 s",)))


def told(*events: Event) -> StepDetail:
    begun: list[Event] = [ev.RunStarted(1, "run", {"n": "0", "log": "[]"}), ev.StepStarted(2, "a")]
    detail = step_detail(record(ASKING, [*begun, *events]), "a")
    assert detail is not None
    return detail


def test_guards_say_how_they_stood() -> None:
    refused = Failure(kind=FailureKind.NOT_SENT, type="BreakerOpen", message="web is open for 5 s", types=("Refused",))
    found = told(
        ev.AttemptFailed(3, "a", 1, refused, 4),
        ev.StepResumed(5, "a"),
        ev.ReadDone(7, "a", "search:1", '"x"', "archive", 6),
    )
    (call,) = found.calls
    assert (call.tool, call.instead_of, call.kind, call.began_at, call.ended_at) == ("archive", "search", "read", 6, 7)
    assert {line.name: (line.says, line.then) for line in call.guards} == {
        "retry": ("retry 3", "attempt 2"),
        "breaker": ("breaker web", "BreakerOpen: web is open for 5 s"),
        "bulkhead": ("8 at once", ""),
        "rate": ("web: 5/s", ""),
    }
    assert [(line.name, line.says) for line in found.guards] == [("deadline", "within 30 s")]


def test_request_to_a_model_shows_tokens_and_cost() -> None:
    answer = {"money": 12, "response": {"usage": {"input_tokens": 100, "output_tokens": 20}}}
    (call,) = told(ev.ReadDone(3, "a", "ask@gemma:1", json.dumps(answer))).calls
    assert (call.kind, call.tokens_in, call.tokens_out, call.cost_micros) == ("model", 100, 20, 12)


def test_answer_of_a_model_that_makes_no_sense_costs_nothing_that_is_known() -> None:
    for text in ("{", "[]", '{"response":7}', '{"response":{"usage":[]},"money":"x"}', "[" * 50_000):
        (call,) = told(ev.ReadDone(3, "a", "ask@gemma:1", text)).calls
        assert call.cost_micros in (None, 0)


def test_write_in_doubt_shows_its_frozen_arguments_and_how_often_it_was_sent() -> None:
    found = told(
        ev.WriteIntended(3, "a", "pay", '{"sum":5}', "key"),
        ev.WriteDoubted(4, "a", failure()),
        ev.WriteIntended(5, "a", "pay", '{"sum":5}', "key"),
    )
    (call,) = found.calls
    assert call.args is not None
    assert (call.args.json_text, call.key, call.sent, call.status) == ('{"sum":5}', "key", 2, "sent, no answer yet")
