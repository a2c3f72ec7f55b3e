"""`podium route`: where a sentence goes and why, how well routes are told apart, and corrections."""

import json
from pathlib import Path

import pytest

from tests.integration.cli.terminal import Terminal
from tests.integration.cli.test_tools import prepared

pytestmark = pytest.mark.process

DESK = Path(__file__).with_name("desk.py.txt")


@pytest.fixture
def at(tmp_path: Path) -> Terminal:
    """Return a folder with `desk.py`."""
    (tmp_path / "desk.py").write_text(DESK.read_text("utf-8"), "utf-8")
    return Terminal(tmp_path)


def test_a_sentence_is_said_to_go_where_it_goes_with_what_speaks_for_it(at: Terminal) -> None:
    ended = at.podium("route", "desk.py", "fly me to Busan")
    assert ended.code == 0, ended.err
    lines = ended.out.splitlines()
    assert lines[0] == "desk → travel"
    heads = [line[:13].strip() for line in lines[1:]]
    assert [head for head in heads if head] == ["why", "confidence", "scope", "looked at", "like", "by"]
    assert "travel: fly me to rome" in ended.out


def test_programs_get_the_decision_as_json(at: Terminal) -> None:
    (decision,) = json.loads(at.podium("route", "desk.py:desk", "fly me to Busan", "--json").out)
    assert (decision["router"], decision["verdict"], decision["route"]) == ("desk", "route", "travel")
    assert decision["nearest"][0]["text"] == "fly me to rome"


@pytest.mark.parametrize("text", ["what is the square root of seven", "부산으로 가는 비행기"])
def test_what_has_no_route_is_said_and_is_the_exit_code(at: Terminal, text: str) -> None:
    ended = at.podium("route", "desk.py", text)
    assert (ended.code, ended.out.splitlines()[0]) == (1, "desk has no route for it")


def test_the_report_says_how_well_routes_are_told_apart(at: Terminal) -> None:
    ended = at.podium("route", "report", "desk.py")
    assert ended.code == 0, ended.err
    assert ended.out.startswith("desk: 2 routes, 8 examples\n")
    assert json.loads(at.podium("route", "report", "desk.py", "--json").out)["accuracy"] > 0.5


def test_a_correction_is_learned_by_who_decides_next(at: Terminal) -> None:
    words = "get the paperwork going for the Lisbon thing"
    assert at.podium("route", "correct", "desk.py", words, "writing").code == 0
    assert at.podium("route", "desk.py", words).out.startswith("desk → writing\n")
    ended = at.podium("route", "correct", "desk.py", words, "boats")
    assert ended.code == 2
    assert "there is no route 'boats'; there is travel, writing" in ended.err


def test_a_file_without_a_router_is_a_usage_error(at: Terminal) -> None:
    ended = at.podium("route", "desk.py:travel", "fly")
    assert ended.code == 2
    assert "has no intent router" in ended.err


def test_a_run_of_a_router_shows_its_decision(at: Terminal) -> None:
    assert at.podium("run", "desk.py:desk", "text=fly me to Busan", "--id", "a").code == 0
    shown = at.podium("runs", "show", "a").out
    row = next(line for line in shown.splitlines() if line.startswith("desk  "))
    assert "travel" in row
    assert "english-static" in row


def test_without_numpy_it_is_said_what_to_install(at: Terminal) -> None:
    ended = prepared(at, "sys.modules['numpy'] = None", "route", "desk.py", "fly")
    assert ended.code == 2
    assert "pip install 'podium[routing]'" in ended.err
