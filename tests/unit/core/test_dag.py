"""A node starts when what it needs is there, and not before."""

from podium.core.inputs import condition_values_of, values_of
from podium.graph.nodes import Need, Node, NodeKind
from tests.unit.core.builders import dag, failure, node
from tests.unit.core.shell import Shell


def test_nodes_that_need_no_other_start_at_once() -> None:
    run = Shell(dag(node("a", "topic"), node("b", "topic"), node("c", "a", "b")))
    assert run.start() == ["RunStarted", "StepStarted a", "StepStarted b"]


def test_node_starts_with_the_last_of_what_it_needs() -> None:
    run = Shell(dag(node("a"), node("b"), node("c", "a", "b")))
    run.start()
    assert run.done("b", output='"B"') == ["StepDone b"]
    assert run.done("a", output='"A"') == ["StepDone a", "StepStarted c"]
    assert values_of(run.state, run.step("c")) == {"a": '"A"', "b": '"B"'}
    assert run.done("c", output='"C"') == ["StepDone c", "RunCompleted"]
    assert run.state.output == '"C"'


def test_run_ends_with_its_last_node_though_the_result_was_there_before() -> None:
    run = Shell(dag(node("side"), node("gives")))
    run.start()
    assert run.done("gives", output='"G"') == ["StepDone gives"]
    assert run.done("side", output='"S"') == ["StepDone side", "RunCompleted"]
    assert run.state.output == '"G"'


def test_node_that_gives_nothing_gives_null() -> None:
    run = Shell(dag(node("a"), node("b", "a")))
    run.start()
    run.done("a")
    assert values_of(run.state, run.step("b")) == {"a": "null"}


def conditional(name: str, *sources: str) -> Node:
    return node(name, *sources, has_condition=True)


def test_condition_is_asked_when_its_sources_are_there_and_true_starts_the_node() -> None:
    run = Shell(dag(node("a"), conditional("b", "a")))
    run.start()
    assert run.done("a", output="7") == ["StepDone a", "ConditionAsked b"]
    assert condition_values_of(run.state, run.step("b")) == {"a": "7"}
    assert run.holds("b") == ["ConditionKnown b", "StepStarted b"]


def test_what_only_the_condition_looks_at_is_not_given_to_the_node() -> None:
    needs = (Need(parameter="a", source="a", by_condition=True), Need(parameter="topic", source="topic"))
    run = Shell(dag(node("a"), Node(name="b", kind=NodeKind.STEP, needs=needs, has_condition=True)))
    run.start()
    run.done("a", output="7")
    run.holds("b")
    assert values_of(run.state, run.step("b")) == {"topic": '"t"'}


def test_false_condition_skips_the_node_and_those_that_need_it() -> None:
    run = Shell(dag(conditional("a"), node("b", "a"), node("c", "b"), node("end", "c?")))
    run.start()
    facts = run.holds("a", holds=False)
    assert facts == ["ConditionKnown a", "StepSkipped a", "StepSkipped b", "StepSkipped c", "StepStarted end"]
    assert values_of(run.state, run.step("end")) == {"c": "null"}


def test_skipped_result_is_null() -> None:
    run = Shell(dag(conditional("a")))
    run.start()
    assert run.holds("a", holds=False) == ["ConditionKnown a", "StepSkipped a", "RunCompleted"]
    assert run.state.output == "null"


def test_node_is_skipped_by_one_of_two_that_it_can_not_do_without() -> None:
    run = Shell(dag(conditional("a"), node("b"), node("c", "a?", "b"), node("d", "a", "b")))
    run.start()
    run.holds("a", holds=False)
    assert run.done("b", output="1") == ["StepDone b", "StepStarted c", "StepSkipped d"]


def test_condition_that_raises_fails_its_node() -> None:
    run = Shell(dag(conditional("a"), node("b", "a?")))
    run.start()
    assert run.holds("a", holds=failure("TypeError")) == ["StepFailed a", "ScopeFailing", "RunFailed"]
    assert run.state.failure == failure("TypeError")


def test_condition_is_asked_again_when_the_run_is_retried() -> None:
    run = Shell(dag(conditional("a")))
    run.start()
    run.holds("a", holds=failure())
    assert run.retry() == ["RunRetried", "StepRestarted a"]
    assert run.holds("a") == ["ConditionKnown a", "StepStarted a"]


def test_failed_node_lets_what_runs_settle_and_starts_nothing_new() -> None:
    run = Shell(dag(node("a"), node("b"), node("c", "b")))
    run.start()
    assert run.fail("a") == ["StepFailed a", "ScopeFailing"]
    assert run.done("b", output="1") == ["StepDone b", "RunFailed"]
    assert run.state.failure == failure()


def test_first_failure_is_the_cause() -> None:
    run = Shell(dag(node("a"), node("b")))
    run.start()
    run.fail("a", "FirstError")
    assert run.fail("b", "SecondError") == ["StepFailed b", "RunFailed"]
    assert run.state.failure == failure("FirstError")


def test_failed_node_gives_up_those_that_only_wait() -> None:
    nap = node("nap", kind=NodeKind.SLEEP, duration_ms=1_000)
    run = Shell(dag(node("a"), nap, conditional("b"), node("c")))
    run.start()
    facts = run.fail("a")
    assert facts == ["StepFailed a", "ScopeFailing", "StepCancelled nap", "StepCancelled b"]
    assert run.fail("c")[-1] == "RunFailed"
