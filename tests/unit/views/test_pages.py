"""Whatever a run has been through, its page is drawn from its committed events."""

import json

import pytest

from podium.core import stimuli as st
from podium.engine.ports import RunInfo, Status
from podium.graph.nodes import Node, NodeKind
from podium.views.journal_rows import journal_row
from podium.views.page import RunPage
from podium.views.pages import run_page
from podium.views.story import RunStory, story_of
from tests.golden.journal import Golden, names, read
from tests.unit.core.builders import caught_by, dag, machine, node, state
from tests.unit.core.shell import Shell
from tests.unit.core.undone_trip import line

ALL = {name: read(name) for name in names()}
every = pytest.mark.parametrize("golden", ALL.values(), ids=ALL)


@every
def test_kept_journal_has_a_page_after_every_event(golden: Golden) -> None:
    story = RunStory("run", golden.graph)
    for number, event in enumerate(golden.events(), 1):
        story.take(number, event)
        row = journal_row(number, event)
        assert row.chars == len(row.body)
        page = run_page(RunInfo(id="run", workflow="w", graph_hash="h"), story)
        assert RunPage.model_validate_json(page.model_dump_json()) == page


def page_of(run: Shell, status: Status = Status.RUNNING, **more: str) -> RunPage:
    info = RunInfo(
        id="r", workflow="w", graph_hash="h", status=status, seq=len(run.journal), input=more.get("input", "{}")
    )
    return run_page(info, story_of(run.state.graph, run.journal), has_code=True)


def test_page_of_a_failed_run_opens_at_what_failed_inside() -> None:
    inner = machine(state("x", "y"), state("y"), name="inner")
    run = Shell(machine(state("a", "in"), Node(name="in", kind=NodeKind.WORKFLOW, next="END", child=inner)))
    run.start()
    run.done("a")
    run.open("in")
    run.done("in/x")
    run.fail("in/y")
    page = page_of(run, Status.FAILED)
    assert page.opens_at == "in/y"
    assert page.failure is not None
    assert page.failure.message == "OddError it was"
    assert set(page.can) == {"retry", "fork"}


def test_page_of_a_run_opens_at_what_waits_for_a_person() -> None:
    run = Shell(dag(node("a"), node("b", kind=NodeKind.HUMAN), node("c", "a", "b")))
    run.start()
    page = page_of(run)
    assert page.opens_at == "b"
    assert set(page.can) == {"cancel", "resume", "answer", "fork"}
    run.halt("a")
    page = page_of(run)
    assert page.opens_at == "a"
    assert "resolve" in page.can


def test_page_of_a_completed_run_opens_nowhere_though_a_failure_was_handled() -> None:
    run = Shell(machine(state("a", handlers=(caught_by("b"),)), state("b")))
    run.start()
    run.fail("a")
    run.done("b")
    assert page_of(run, Status.COMPLETED).opens_at == ""


def test_page_of_a_compensation_that_is_stuck_opens_at_what_undoes() -> None:
    run = Shell(line())
    run.start()
    run.done("look")
    run.write("flight")
    run.fail("hotel")
    run.halt("flight.undo", st.ParkReason.UNDO_FAILED)
    assert page_of(run, Status.PARKED).opens_at == "flight.undo"


def test_page_knows_signals_boards_cost_and_input() -> None:
    run = Shell(machine(state("a", "b"), state("b", kind=NodeKind.WAIT, signal="go"), name="m"))
    run.start()
    answer = {"money": 7, "response": {"usage": {"input_tokens": 3, "output_tokens": 2}}}
    run.read("a", "ask@gemma:1", json.dumps(answer))
    run.read("a", "ask@gemma:2", json.dumps(answer))
    run.post("a", "facts", '"x"')
    page = page_of(run, input="sha256:abc")
    assert (page.signals, page.boards, page.spent) == (("go",), ("facts",), (6, 4, 14))
    assert "signal" in page.can
    assert page.input is not None
    assert json.loads(page.input.json_text)["topic"] == "t"
