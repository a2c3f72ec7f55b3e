"""`podium runs show` says where an answer came from a tool that stood in for another, and what was not sent twice."""

from podium.core import events as ev
from podium.core.events import Event
from podium.views.calls import CallRow, Calls
from podium.views.wording import told
from tests.unit.core.builders import failure


def rows(*events: Event) -> list[CallRow]:
    calls = Calls()
    for event in events:
        calls.take(event)
    return calls.rows


def test_degraded_read_names_both_tools() -> None:
    event = ev.ReadDone(1, "find", "search:1234", '"x"', "archive")
    (row,) = rows(event)
    assert (row.tool, row.instead_of, row.status) == ("archive", "search", "read done")
    assert told(event).note == "archive gave x, degraded: in place of search"


def test_degraded_write_names_the_tool_that_was_asked_for() -> None:
    intended = [ev.WriteIntended(1, "pay", name, "{}", f"key{nth}", candidate=nth) for nth, name in enumerate("abc")]
    events: list[Event] = [
        intended[0],
        ev.WriteFailed(1, "pay", failure()),
        intended[1],
        ev.WriteFailed(1, "pay", failure()),
    ]
    found = rows(*events, intended[2], ev.WriteDone(2, "pay", '"ok"'))
    assert [(row.tool, row.instead_of, row.status) for row in found] == [
        ("a", "", "not done"),
        ("b", "a", "not done"),
        ("c", "a", "done"),
    ]
    assert told(intended[1]).note == "calls b, degraded: in place of one that failed"


def test_act_that_was_done_already_says_where() -> None:
    repeated = ev.WriteRepeated(1, "again", "pay", "{}", "pay:17", "first")
    barred = ev.WriteBarred(1, "again", "pay", "{}", "pay:17", failure("ActInDoubtError"))
    assert [(row.status, row.sent, row.note) for row in rows(repeated, barred)] == [
        ("repeated", 0, "the answer of first"),
        ("refused", 0, "ActInDoubtError: ActInDoubtError it was (test)"),
    ]
    assert told(repeated).note == "pay:17 is done already, at first: its answer is given again"
    assert told(barred).note.startswith("pay was refused: ActInDoubtError")
