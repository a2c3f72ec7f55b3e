"""What a process did is read from its log, however it ended."""

import json
from pathlib import Path

import pytest

from podium.testing.linearizability import Log, Operation
from podium.testing.linearizability.history import by_key, read_log


def did(log: Log) -> None:
    log.did("k", ("write", 1), lambda: "anything", result=lambda _: None)
    log.did("", ("take",), lambda: ["k", 7], result=lambda found: found)
    log.did("", ("take",), lambda: None, result=lambda found: found)


def test_operations_are_read_in_order_with_their_times(tmp_path: Path) -> None:
    did(Log(tmp_path / "p1.log"))
    write, take, died = read_log(tmp_path / "p1.log", died_at=2**62)
    assert (write.process, write.key, write.call, write.result) == ("p1", "k", ("write", 1), None)
    assert (take.key, take.call, take.result) == ("k", ("take",), 7)
    assert 0 < write.invoked < write.returned < take.invoked < take.returned < died.invoked
    assert (died.call, died.key, died.returned, died.is_open) == (("died",), "", 2**62, False)


@pytest.mark.parametrize("torn", ["", '{"at": 1, "res'])
def test_what_was_begun_and_not_ended_is_open(tmp_path: Path, torn: str) -> None:
    log = Log(tmp_path / "p1.log")
    did(log)
    log.begin("k", ("read",))
    with (tmp_path / "p1.log").open("a") as file:
        file.write(torn)
    *_, read, died = read_log(tmp_path / "p1.log", died_at=2**62)
    assert (read.call, read.is_open, read.returned) == (("read",), True, 2**62)
    assert died.invoked == read.invoked


def test_what_a_torn_line_would_have_begun_did_not_happen(tmp_path: Path) -> None:
    (tmp_path / "p1.log").write_text(json.dumps({"at": 1, "key": "k", "call": ["read"]}))
    assert [one.call for one in read_log(tmp_path / "p1.log", died_at=9)] == [("died",)]


def test_the_end_of_a_process_is_told_where_it_did_something() -> None:
    read, died = Operation("p1", "x", ("read",), 0, 1, 2), Operation("p1", "", ("died",), None, 2, 3)
    other = Operation("p2", "y", ("read",), 0, 1, 2)
    assert by_key([read, died, other]) == {"x": [read, died], "y": [other]}


def test_what_may_have_been_on_any_object_is_in_every_part() -> None:
    one, other, either = (
        Operation("p1", "x", ("read",), 0, 1, 2),
        Operation("p1", "y", ("read",), 0, 3, 4),
        Operation("p2", "", ("write", 1), None, 2, 9, is_open=True),
    )
    assert by_key([other, either, one]) == {"x": [one, either], "y": [either, other]}
