"""`podium check`, `graph`, `init`, `doctor`, `demo`, and what is said where a part is missing."""

import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest

from tests.integration.cli.terminal import PODIUM, Ended, Terminal, environment

pytestmark = pytest.mark.process


@pytest.mark.parametrize("words", [("run",), ("runs", "resolve")], ids=" ".join)
def test_help_of_a_verb_ends_with_examples(terminal: Terminal, words: tuple[str, ...]) -> None:
    ended = terminal.podium(*words, "--help")
    assert ended.code == 0
    assert f"  podium {' '.join(words)}" in ended.out[ended.out.index("\n  Example") :]


def test_script_is_installed_and_does_the_same(terminal: Terminal) -> None:
    script = subprocess.run(("podium", "--help"), capture_output=True, text=True, check=True, env=path_of_python())
    assert script.stdout == terminal.podium("--help").out


def path_of_python() -> dict[str, str]:
    folder = sys.executable.rpartition("/")[0]
    return {**environment({}), "PATH": folder}


@pytest.mark.parametrize("absent", ["typer", "rich"])
def test_missing_extra_is_named_with_the_command_that_installs_it(terminal: Terminal, absent: str) -> None:
    ended = prepared(terminal, f"sys.modules[{absent!r}] = None", "runs", "ls")
    assert (ended.code, ended.out) == (2, "")
    assert "pip install 'podium[cli]'" in ended.err
    assert "Traceback" not in ended.err


def test_missing_demo_extra_is_named_with_the_command_that_installs_it(terminal: Terminal) -> None:
    ended = prepared(terminal, "sys.modules['uvicorn'] = None", "demo")
    assert (ended.code, ended.out) == (2, "")
    assert "pip install 'podium[demo]'" in ended.err


def test_unexpected_error_says_how_to_report_it_and_shows_no_traceback(terminal: Terminal) -> None:
    broken = "import podium.cli.target; podium.cli.target.load = None"
    ended = prepared(terminal, broken, "run", "x")
    assert ended.code == 1
    assert "TypeError" in ended.err
    assert "This is a bug in Podium" in ended.err
    assert "Traceback" not in ended.err
    assert "Traceback" in prepared(terminal, broken, "run", "x", PODIUM_TRACEBACK="1").err


def prepared(terminal: Terminal, first: str, *words: str, **variables: str) -> Ended:
    """Call `podium` in a process in which something was done before."""
    code = f"import sys; {first}; sys.argv[1:] = {list(words)}; import podium.cli; podium.cli.main()"
    command = (sys.executable, "-c", code)
    ended = subprocess.run(
        command, cwd=terminal.folder, capture_output=True, text=True, check=False, env=environment(variables)
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def test_check_says_ok_of_every_workflow(terminal: Terminal) -> None:
    ended = terminal.podium("check", "flows.py")
    assert ended.code == 0
    assert ended.out.count("ok ") == 6
    assert terminal.podium("check", "flows.py:travel").out.startswith("ok travel: state machine of 2")


def test_check_prints_every_fault_with_its_place(terminal: Terminal) -> None:
    (terminal.folder / "bad.py").write_text(
        "from typing import Literal\n"
        "from pydantic import BaseModel\n"
        "from podium import END, START, StateMachine, step\n"
        "class Data(BaseModel):\n    n: int = 0\n"
        "@step\nasync def one(data: Data) -> Literal['a', 'b']: ...\n"
        "@step\nasync def two(data: Data) -> None: ...\n"
        "bad = StateMachine('bad', Data, START >> one.choose({'a': END, 'c': END}), two >> END)\n"
    )
    ended = terminal.podium("check", "bad.py")
    faults = [line for line in ended.out.splitlines() if "bad.py:" in line]
    assert ended.code == 1
    assert len(faults) >= 2
    assert terminal.podium("run", "bad.py").code == 2


def test_graph_is_drawn_in_each_format(terminal: Terminal) -> None:
    assert terminal.podium("graph", "flows.py:travel").out.startswith("stateDiagram-v2")
    assert terminal.podium("graph", "flows.py:travel", "--format", "dot").out.startswith('digraph "travel"')
    assert terminal.podium("graph", "flows.py:travel", "-o", "travel.svg").code == 0
    assert ET.parse(terminal.folder / "travel.svg").getroot().tag.endswith("svg")  # noqa: S314  # our own file


def test_graph_shows_how_a_run_stands(terminal: Terminal) -> None:
    terminal.podium("run", "flows.py:breaks", "--id", "one", BREAK="x")
    drawn = terminal.podium("graph", "flows.py:breaks", "--run", "one").out
    assert "first : done" in drawn
    assert "fragile : failed" in drawn
    other = terminal.podium("graph", "flows.py:travel", "--run", "one")
    assert other.code == 2
    assert "run one is of breaks" in other.err


def test_init_makes_a_project_that_runs_and_passes_its_test(terminal: Terminal) -> None:
    assert terminal.podium("init", "project").code == 0
    project = Terminal(terminal.folder / "project")
    assert project.podium("check", "app.py").code == 0
    assert project.podium("run", "app.py", "topic=lighthouses").json["rounds"] == 3
    test = (sys.executable, "-m", "pytest", "-q", "-p", "no:asyncio", "-p", "no:cacheprovider")
    assert subprocess.run(test, cwd=project.folder, check=False, capture_output=True).returncode == 0


def test_init_overwrites_nothing(terminal: Terminal) -> None:
    (terminal.folder / "test_app.py").write_text("mine")
    ended = terminal.podium("init")
    assert ended.code == 2
    assert "test_app.py already; nothing was written" in ended.err
    assert (terminal.folder / "test_app.py").read_text() == "mine"
    assert not (terminal.folder / "app.py").exists()


def test_doctor_finds_everything_well(terminal: Terminal) -> None:
    terminal.podium("run", "flows.py:travel")
    ended = terminal.podium("doctor")
    assert ended.code == 0
    for part in ("podium", "python", "journal_mode wal", "synchronous 2", "1 completed", "0 alive"):
        assert part in ended.out
    assert "wrong" not in ended.out


def test_doctor_says_what_is_wrong(terminal: Terminal) -> None:
    (terminal.folder / "podium.db").write_bytes(b"this is no database" * 100)
    ended = terminal.podium("doctor")
    assert ended.code == 1
    assert "✖ wrong" in ended.out


def test_resources_of_a_module_are_given_to_its_tools(terminal: Terminal) -> None:
    (terminal.folder / "wired.py").write_text(
        "from contextlib import asynccontextmanager\n"
        "from pydantic import BaseModel\n"
        "from podium import END, FROM_ENGINE, START, StateMachine, tool\n"
        "class Client:\n    name = 'client'\n"
        "class Data(BaseModel):\n    city: str = 'Busan'\n    by: str = ''\n"
        "@asynccontextmanager\nasync def resources():\n    yield Client()\n"
        "@tool.read()\nasync def ask(city: str, *, client: Client = FROM_ENGINE) -> str:\n    return client.name\n"
        "wired = StateMachine('wired', Data, START >> ask.state('asking', take={'city': 'city'}, give='by') >> END)\n"
    )
    assert terminal.podium("run", "wired.py").json["by"] == "client"


def test_command_is_run_as_a_module(terminal: Terminal) -> None:
    assert PODIUM[1:] == ("-m", "podium.cli")
    assert terminal.podium("--help").out.startswith("Usage: podium ")
