"""An exported journal is read back as the run that it was, or refused with the line and what to do."""

import json
from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.core import events as ev
from podium.core.advance import fold
from podium.core.codec import to_text
from podium.core.events import CORE_VERSION, Event
from podium.core.state import RunState
from podium.engine.ports import RunInfo
from podium.export_errors import BadExportError, CutExportError, NewerExportError
from podium.graph.encode import graph_from_json, graph_hash, graph_to_json
from podium.graph.nodes import Graph
from podium.views.exported import read_export
from podium.views.lines import event_line, header_line
from tests.golden import journal
from tests.unit.core.builders import dag, machine, node, state
from tests.unit.core.shell import Shell
from tests.unit.views.clocked import PACES, SHAPES, THROWS, played

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def exported(graph: Graph, events: Sequence[Event]) -> list[str]:
    info = RunInfo(
        id=getattr(events[0], "run_id", "r"), workflow=graph.name, graph_hash=graph_hash(graph), seq=len(events)
    )
    lines = [header_line(info, graph_to_json(graph))]
    return lines + [event_line(number, event) for number, event in enumerate(events, 1)]


def story() -> list[str]:
    shell = Shell(machine(state("a", "b"), state("b")))
    shell.start()
    shell.read("a", "look:1", '{"x":[1,2.5,null]}')
    shell.done("a", n="1")
    shell.done("b")
    return exported(shell.state.graph, shell.journal)


@pytest.mark.parametrize("name", [name for name in journal.names() if not name.startswith("core-1")])
def test_every_journal_that_is_kept_comes_back_as_it_was(name: str) -> None:
    kept = journal.read(name)
    read = read_export("\n".join(exported(kept.graph, kept.events())) + "\n")
    assert read.graph == kept.graph
    assert list(read.events) == kept.events()
    assert read.info.output == fold(RunState("r", kept.graph), kept.events()).output


@given(shape=SHAPES, throws=THROWS, paces=PACES)
def test_whatever_happened_in_a_run_comes_back(shape: bytes, throws: bytes, paces: list[int]) -> None:
    player = played(shape, throws, paces)
    read = read_export(exported(player.state.graph, player.journal))
    assert (read.graph, list(read.events)) == (player.state.graph, player.journal)


@given(value=JSON)
def test_whatever_was_recorded_comes_back_as_the_same_bytes(value: object) -> None:
    text = to_text(value)
    graph = dag(node("a"))
    events: list[Event] = [
        ev.RunStarted(1, "r", {"topic": text, "list": "[]"}, core=CORE_VERSION),
        ev.StepStarted(1, "a"),
        ev.ReadDone(2, "a", "look:1", text),
        ev.StepDone(3, "a", output=text),
        ev.RunCompleted(3),
    ]
    read = read_export(exported(graph, events))
    assert list(read.events) == events
    assert (read.info.output, read.info.input) == (text, f'{{"topic":{text},"list":[]}}')


def test_lines_may_come_one_by_one_and_as_bytes() -> None:
    lines = story()
    whole = "\n".join(lines)
    assert read_export(line + "\n" for line in lines) == read_export(whole) == read_export(whole.encode())


def refused(lines: Sequence[str], kind: type[BadExportError] = BadExportError) -> str:
    with pytest.raises(kind) as caught:
        read_export("\n".join(lines))
    assert type(caught.value) is kind
    return str(caught.value)


def changed(lines: list[str], number: int, /, **more: object) -> list[str]:
    """Return the lines with something of a line, numbered from 1, put in the place of what it was."""
    plain = json.loads(lines[number - 1]) | more
    return [*lines[: number - 1], json.dumps(plain), *lines[number:]]


def test_file_that_ends_early_says_how_far_it_goes() -> None:
    lines = story()
    assert refused(lines[:-2], CutExportError).startswith("line 6: it ends with event 5 of 7; copy the file again")
    assert "line 1: it ends with event 0 of 7" in refused(lines[:1], CutExportError)
    cut = refused([*lines[:-1], lines[-1][:20]])
    assert cut.startswith("line 8: expected an event, a JSON object, and this is none")


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '"podium"', "a,b,c\n1,2,3", '{"podium_export":true}', "\x00"])
def test_foreign_file_is_told_from_a_journal_in_its_first_line(text: str) -> None:
    assert refused([text]).startswith("line 1: expected")


def test_bytes_that_are_no_text_name_their_line() -> None:
    with pytest.raises(BadExportError, match="line 2: it is not UTF-8"):
        read_export(story()[0].encode() + b"\n\xff\xfe")


def test_journal_of_a_later_podium_says_so() -> None:
    lines = story()
    assert "this Podium reads up to 1" in refused(changed(lines, 1, podium_export=2), NewerExportError)
    assert "core 99" in refused(changed(lines, 1, core=99), NewerExportError)
    assert refused(changed(lines, 4, kind="StepDreamt"), NewerExportError).startswith("line 4: no event is called")
    assert "core 99" in refused(changed(lines, 2, core=99), NewerExportError)


@pytest.mark.parametrize(
    ("at", "more", "says"),
    [
        (3, {"seq": 7}, "line 3: expected event 2, and this is event 7"),
        (3, {"seq": "2"}, "line 3: the number, kind, time or step"),
        (3, {"at": 5}, "line 3: its time is before"),
        (3, {"at": True}, "line 3: the number, kind, time or step"),
        (3, {"path": "nowhere"}, "line 3: it does not fit what came before it (KeyError)"),
        (3, {"path": "a#x"}, "line 3: it does not fit"),
        (3, {"more": 1}, "line 3: the body of a StepStarted can not be read"),
        (5, {"changes": 1}, "line 5: it does not fit"),
        (5, {"path": "b"}, "line 5: "),
        (2, {"run_id": "other"}, "line 2: expected the begin of run r"),
        (1, {"run": None}, "line 1: the run in its header"),
        (1, {"run": {"id": 7}}, "line 1: the run in its header"),
        (1, {"graph": {}}, "line 1: it does not fit"),
        (1, {"graph": None}, "line 1: it does not fit"),
    ],
)
def test_damage_names_its_line_and_what_to_do(at: int, more: dict[str, object], says: str) -> None:
    message = refused(changed(story(), at, **more))
    assert message.startswith(says), message
    assert "podium runs export" in message


def test_graph_that_was_changed_is_found_out() -> None:
    lines = story()
    plain = json.loads(lines[0])["graph"]
    plain["nodes"]["b"]["kind"] = "tool"
    assert "its graph was changed" in refused(changed(lines, 1, graph=plain))


def test_graph_that_hides_what_can_not_be_drawn_is_refused() -> None:
    """With a hash that fits: whoever writes a file can count too."""
    for broken in ({"next": "nowhere"}, {"title": ["a", "list"]}, {"tools": [{"name": 7}]}, {"child": {"kind": "x"}}):
        lines = story()
        head = json.loads(lines[0])
        head["graph"]["nodes"]["b"] |= broken
        with suppress(LookupError, ValueError):
            head["run"]["graph_hash"] = graph_hash(graph_from_json(json.dumps(head["graph"])))
        assert refused([json.dumps(head), *lines[1:]]).startswith("line 1: ")


def test_json_that_is_ten_thousand_deep_is_refused_not_followed() -> None:
    lines = story()
    deep = "[" * 10_000 + "]" * 10_000
    assert refused([deep, *lines[1:]]).startswith("line 1: expected")
    assert refused([*lines[:3], deep, *lines[4:]]).startswith("line 4: expected")
    nested = lines[1].replace('"n":0', f'"n":{deep}')
    assert refused([lines[0], nested, *lines[2:]]).startswith("line 2: expected")


@given(st.data())
def test_no_damage_leads_to_anything_but_such_an_error(data: st.DataObject) -> None:
    whole = "\n".join(story()).encode()
    begin = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(begin, min(len(whole), begin + 40)))
    other = whole[:begin] + data.draw(st.binary(max_size=20)) + whole[end:]
    with suppress(BadExportError):
        read_export(other)
