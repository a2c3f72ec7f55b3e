"""A map runs its node once an item and gives the results in the order of the items."""

import pytest

from podium.core.inputs import condition_values_of, values_of
from podium.graph.nodes import Graph, Need, NodeKind, OnItemError
from tests.unit.core.builders import dag, failure, mapped, node
from tests.unit.core.shell import Shell


def over_list(**more: object) -> Graph:
    return dag(mapped("m", "list", **more))


def test_results_stand_in_the_order_of_the_items_whatever_ended_first() -> None:
    run = Shell(over_list())
    assert run.start() == ["RunStarted", "StepStarted m", "StepStarted m[0]", "StepStarted m[1]", "StepStarted m[2]"]
    run.done("m[2]", output='"r2"')
    run.done("m[0]", output='"r0"')
    assert run.done("m[1]", output='"r1"') == ["StepDone m[1]", "StepDone m", "RunCompleted"]
    assert run.state.output == '["r0","r1","r2"]'


def test_item_takes_its_own_part_of_the_list() -> None:
    both = (Need(parameter="item", source="item"), Need(parameter="topic", source="topic"))
    run = Shell(dag(node("a"), mapped("m", "a").__class__(name="m", kind=NodeKind.STEP, each="a", needs=both)))
    run.start()
    run.done("a", output='[{"x": 1.50}, "é", null]')
    assert values_of(run.state, run.step("m[0]")) == {"item": '{"x":1.5}', "topic": '"t"'}
    assert values_of(run.state, run.step("m[1]"))["item"] == '"é"'
    assert values_of(run.state, run.step("m[2]"))["item"] == "null"


def test_no_more_items_run_at_once_than_its_concurrency() -> None:
    run = Shell(over_list(concurrency=2))
    assert run.start(list="[1,2,3,4]")[2:] == ["StepStarted m[0]", "StepStarted m[1]"]
    assert run.done("m[1]") == ["StepDone m[1]", "StepStarted m[2]"]
    assert run.done("m[2]") == ["StepDone m[2]", "StepStarted m[3]"]
    assert run.done("m[3]") == ["StepDone m[3]"]
    assert run.done("m[0]")[-1] == "RunCompleted"
    assert run.state.output == "[null,null,null,null]"


def test_empty_list_gives_an_empty_list() -> None:
    run = Shell(over_list())
    assert run.start(list="[]") == ["RunStarted", "StepStarted m", "StepDone m", "RunCompleted"]
    assert run.state.output == "[]"


@pytest.mark.parametrize("text", ["null", '{"a": 1}', '"abc"', "3"])
def test_something_else_than_a_list_fails_the_map(text: str) -> None:
    run = Shell(over_list())
    assert run.start(list=text) == ["RunStarted", "StepStarted m", "StepFailed m", "ScopeFailing", "RunFailed"]
    assert run.state.failure is not None
    assert run.state.failure.type == "NotAListError"
    assert run.retry()[-1] == "RunFailed"


def test_first_failed_item_starts_no_new_one_and_lets_the_others_settle() -> None:
    run = Shell(over_list(concurrency=2))
    run.start()
    assert run.fail("m[0]", "FirstError") == ["StepFailed m[0]"]
    facts = run.fail("m[1]", "SecondError")
    assert facts == ["StepFailed m[1]", "StepFailed m", "ScopeFailing", "RunFailed"]
    assert run.state.failure == failure("FirstError")


def test_map_waits_for_items_in_flight_before_it_fails() -> None:
    run = Shell(over_list())
    run.start()
    run.fail("m[0]")
    assert run.done("m[1]") == ["StepDone m[1]"]
    assert run.done("m[2]") == ["StepDone m[2]", "StepFailed m", "ScopeFailing", "RunFailed"]


def test_collecting_map_gives_what_failed_in_its_place() -> None:
    run = Shell(over_list(on_item_error=OnItemError.COLLECT, concurrency=1))
    run.start(list="[1,2]")
    assert run.fail("m[0]") == ["StepFailed m[0]", "StepStarted m[1]"]
    assert run.done("m[1]", output="2")[-1] == "RunCompleted"
    error = '"OddError: OddError it was (test)"'
    assert run.state.output == f'[{{"index":0,"error":{error},"types":["OddError","Exception"]}},2]'


def test_map_over_a_skipped_list_is_skipped() -> None:
    run = Shell(dag(node("a", has_condition=True), mapped("m", "a"), node("end", "m?")))
    run.start()
    assert run.holds("a", holds=False)[1:] == ["StepSkipped a", "StepSkipped m", "StepStarted end"]


def test_condition_of_a_map_is_asked_once_and_not_of_its_items() -> None:
    both = (Need(parameter="item", source="item"), Need(parameter="topic", source="topic"))
    m = mapped("m", "list").__class__(name="m", kind=NodeKind.STEP, each="list", needs=both, has_condition=True)
    run = Shell(dag(m))
    assert run.start() == ["RunStarted", "ConditionAsked m"]
    assert condition_values_of(run.state, run.step("m")) == {"topic": '"t"'}
    assert run.holds("m")[:3] == ["ConditionKnown m", "StepStarted m", "StepStarted m[0]"]


def test_condition_of_a_map_that_raises_fails_it_and_is_asked_again_in_a_retry() -> None:
    run = Shell(over_list(has_condition=True))
    run.start()
    assert run.holds("m", holds=failure()) == ["StepFailed m", "ScopeFailing", "RunFailed"]
    assert run.retry() == ["RunRetried", "StepRestarted m"]
    assert run.holds("m")[1] == "StepStarted m"


def test_two_maps_over_no_lists_fail_the_run_once() -> None:
    run = Shell(dag(mapped("m", "list"), mapped("k", "list"), node("end", "m", "k")))
    facts = run.start(list="1")
    assert facts[-4:] == ["StepFailed m", "StepFailed k", "ScopeFailing", "RunFailed"]
    assert run.state.failure is not None
    assert run.state.failure.source == "m"


def test_nothing_starts_beside_the_end_of_a_run() -> None:
    run = Shell(dag(mapped("bad", "topic"), mapped("empty", "list"), node("late", "empty"), node("end", "bad", "late")))
    facts = run.start(list="[]")
    assert facts[-4:] == ["StepFailed bad", "StepDone empty", "ScopeFailing", "RunFailed"]
    assert run.retry() == ["RunRetried", "StepRestarted bad", "StepStarted late", "StepFailed bad", "ScopeFailing"]
    assert run.done("late") == ["StepDone late", "RunFailed"]
