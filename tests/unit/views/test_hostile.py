"""Texts of tools and models are data in every view: cut where they are long, and nothing in them moves a cursor."""

import json
import unicodedata

import pytest

from podium.core import events as ev
from podium.core.events import Event
from podium.failure import Failure, FailureKind
from podium.graph.nodes import Graph, Node, NodeKind
from podium.views.calls import Calls
from podium.views.details import step_detail
from podium.views.drawn import picture
from podium.views.journal_rows import BODY_CHARS_MAX, journal_row
from podium.views.lines import event_line
from podium.views.pages import run_page
from podium.views.story import story_of
from tests.unit.core.builders import machine, state
from tests.unit.draw.examples import HOSTILE
from tests.unit.views.records import record

LONG = "x" * 1_200_000
DEEP = "[" * 100_000
NESTED = "[" * 900 + "]" * 900
GRAPH = machine(state("a", "b"), state("b"))
NOTE_MAX = 300


def journal(text: str) -> list[Event]:
    """Return a journal in which a text stands wherever one from outside may stand."""
    value = json.dumps(text)
    failed = Failure(kind=FailureKind.PERMANENT, type=text, message=text, source=text, traceback=text)
    return [
        ev.RunStarted(1, "run", {"n": value, "log": value}),
        ev.StepStarted(2, "a"),
        ev.ReadDone(3, "a", "look:1", value),
        ev.ReadDone(3, "a", f"ask@{text}:1", value),
        ev.WriteIntended(4, "a", text, value, text, undo=f"un{text}@1"),
        ev.WriteDoubted(5, "a", failed),
        ev.WriteDone(6, "a", value),
        ev.StepParked(7, "a", "diverged", text, failed),
        ev.StepResolved(8, "a", "accept", value, text, text),
        ev.SignalReceived(8, text, value),
        ev.StepDone(9, "a", None, None, {"n": value}, {"log": value}),
        ev.StepStarted(10, "b"),
        ev.AttemptFailed(11, "b", 1, failed, 12),
        ev.StepResumed(12, "b"),
        ev.StepFailed(13, "b", failed),
        ev.ScopeFailing(13, "", failed),
        ev.RunFailed(13, failed),
    ]


def is_plain(text: str) -> bool:
    return not any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in text)


@pytest.mark.parametrize("text", [*HOSTILE, DEEP, NESTED, LONG], ids=lambda text: repr(text[:12]))
def test_text_from_outside_is_shown_as_text_and_cut(text: str) -> None:
    events = journal(text)
    for number, event in enumerate(events, 1):
        row = journal_row(number, event)
        assert is_plain(row.note)
        assert is_plain(row.body)
        assert len(row.note) <= NOTE_MAX
        assert len(row.body) <= min(BODY_CHARS_MAX, row.chars)
    story = story_of(GRAPH, events)
    for line in story.steps():
        assert is_plain(line.note)
        assert len(line.note) <= NOTE_MAX
    page = run_page(record(GRAPH, events).info, story).model_dump_json()
    assert len(page) < 500_000
    for address in ("a", "b"):
        detail = step_detail(record(GRAPH, events), address)
        assert detail is not None
        assert len(detail.model_dump_json()) < 1_500_000
        assert is_plain(detail.note)


@pytest.mark.parametrize("text", [DEEP, NESTED, "[" * 1_200 + "]" * 1_200, '{"a":' * 700 + "1" + "}" * 700])
def test_value_of_any_depth_is_exported(text: str) -> None:
    line = event_line(1, ev.ReadDone(1, "a", "look:1", text))
    assert text in line.replace("\\", "")
    assert line.startswith('{"seq":1,"kind":"ReadDone",')


@pytest.mark.parametrize("text", HOSTILE)
def test_names_and_titles_in_a_picture_are_one_line_of_text(text: str) -> None:
    nodes = {name: Node(name=name, kind=NodeKind.STEP, title=text, limits=(text,)) for name in ("a",)}
    drawn = picture(Graph(name="g", kind=machine(state("a")).kind, nodes=nodes, fields={}, start="a"))
    written = [written for box in drawn.boxes for written in (box.name, *box.lines)]
    assert all(is_plain(one) and len(one) < NOTE_MAX for one in written)


def test_row_of_a_very_long_event_is_its_beginning() -> None:
    text = json.dumps("\u202e" + "x" * 10_000_000)
    row = journal_row(1, ev.ReadDone(1, "a", "look:1", text))
    assert (len(row.body), row.chars > len(text)) == (BODY_CHARS_MAX, True)
    assert is_plain(row.body)


def test_calls_of_hostile_events_have_short_notes() -> None:
    calls = Calls()
    for event in journal(LONG):
        calls.take(event)
    assert all(len(row.note) <= 20_000 for row in calls.rows if row.kind != "write")
