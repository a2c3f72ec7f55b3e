"""What is printed: every event has words, values are values, and nothing moves the cursor."""

import json
from typing import get_args

import pytest

from podium.cli.say import command
from podium.core import events as ev
from podium.core.events import Event
from podium.draw import Status
from podium.failure import Failure, FailureKind
from podium.views.legible import harmless, json_text, parsed
from podium.views.lines import event_line
from podium.views.wording import _TOLD, preview, told

FAILURE = Failure(kind=FailureKind.PERMANENT, type="ValueError", message="a\nb")
ENDS: list[tuple[Event, str]] = [
    (ev.CompensationStarted(1, "", FAILURE), "run undoes what it wrote: ValueError: a b"),
    (ev.CompensationStarted(1, ""), "run undoes what it wrote: it was called off"),
    (ev.RunCompensated(1, FAILURE, ("a", "b")), "run compensated; left as it is: a, b"),
    (ev.RunRewound(1, "{}", "ann"), "sent on from before the first step that was undone by ann"),
]
SAMPLES: list[tuple[Event, str, Status]] = [
    (ev.StepDone(1, "a", label="go"), "→ go", Status.DONE),
    (ev.StepDone(1, "a", changes={"x": '"y"'}, appends={"log": '"z"'}), 'x=y log=+["z"]', Status.DONE),
    (ev.StepFailed(1, "a", FAILURE), "ValueError: a b", Status.FAILED),
    (ev.StepParked(1, "a", "in-doubt", "nobody knows"), "in-doubt: nobody knows", Status.PARKED),
    (ev.TaskOpened(1, "a"), "for an answer", Status.WAITING),
    (ev.AttemptFailed(1, "a", 1, FAILURE, 5), "attempt 1 failed: ValueError: a b", Status.RETRYING),
    (ev.AttemptFailed(1, "a.undo", 2, FAILURE, 5), "attempt 2 failed: ValueError: a b", Status.UNDOING),
    (ev.StepParked(1, "a.undo", "undo-failed", "ten times"), "undo-failed: ten times", Status.PARKED),
    (ev.StepResolved(1, "a", "done", '"x"', "ann", "seen"), "decided by ann: done x: seen", Status.RUNNING),
    (ev.StepResolved(1, "a.undo", "retry", by="ann"), "decided by ann: retry", Status.UNDOING),
    (ev.UndoStarted(1, "a.undo"), "", Status.UNDOING),
    (ev.UndoDone(1, "a.undo"), "", Status.UNDONE),
    (ev.UndoSkipped(1, "a.undo", "ann", "no fee"), "left as it is by ann: no fee", Status.DONE),
    (ev.CompensationStarted(1, "a"), "what it wrote is undone before it goes on: it was called off", Status.UNDOING),
    (ev.CompensationEnded(1, "a"), "what it wrote is undone", Status.FAILED),
]


def test_every_event_has_words() -> None:
    assert set(_TOLD) == set(get_args(Event))


@pytest.mark.parametrize(("event", "note", "status"), SAMPLES)
def test_event_in_words_is_one_line(event: Event, note: str, status: Status) -> None:
    assert told(event) == (note, status)


@pytest.mark.parametrize(("event", "note"), ENDS)
def test_event_of_the_whole_run_changes_no_step(event: Event, note: str) -> None:
    assert told(event) == (note, None)


def test_values_in_the_journal_are_values() -> None:
    done = ev.StepDone(7, "a", changes={"x": '{"y":[1,null]}'}, appends={"log": '"z",2'})
    assert json.loads(event_line(3, done)) == {
        "seq": 3,
        "kind": "StepDone",
        "at": 7,
        "path": "a",
        "changes": {"x": {"y": [1, None]}},
        "appends": {"log": ["z", 2]},
    }


def test_damaged_value_is_shown_as_the_text_it_is() -> None:
    assert json.loads(event_line(1, ev.ReadDone(1, "a", "t:0", "{")))["result"] == "{"


@pytest.mark.parametrize("text", ["\x1b[2J", "\x9b1m", "\u202e", "\u2028", "\x00", "\ud800", "\U000e0041"])
def test_what_is_not_seen_is_escaped_and_stays_the_same_json(text: str) -> None:
    shown = json_text({text: text})
    assert shown.isprintable()
    assert json.loads(shown) == {text: text}
    assert harmless(f"a\n{text}").startswith("a\n\\u")


def test_what_is_seen_stays_as_it_is() -> None:
    assert harmless("부산 ✔ é 😀") == "부산 ✔ é 😀"


@pytest.mark.parametrize(
    ("text", "shown"), [('"a b"', "a b"), ("null", ""), ("[1]", "[1]"), ('"' + "x" * 99 + '"', "x" * 59 + "…")]
)
def test_preview_is_short(text: str, shown: str) -> None:
    assert preview(text) == shown


def test_commands_can_be_pasted() -> None:
    assert command("runs", "show", "a b'c") == "podium runs show 'a b'\"'\"'c'"
    assert parsed("{") == "{"
