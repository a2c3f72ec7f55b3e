"""What is copied of a run can be pasted, whatever is in the run."""

import ast
import json
import shlex
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.core.codec import to_text
from podium.engine.ports import RunInfo
from podium.errors import RefusedError
from podium.graph.encode import graph_hash
from podium.views.copying import JOURNAL_CHARS_MAX, Form, copied
from podium.views.record import Record
from tests.unit.core.builders import machine, state
from tests.unit.core.shell import Shell

HOSTILE = (
    "'; rm -rf ~; echo '",
    '"$(id)"`id`',
    "line\nbreak\r\x00\x1b[2J",
    '"""\nimport os\n"""',
    "\u202eevil\u2028\ud800",
    "\\'\\",
    "</script><img src=x onerror=alert(1)>",
    "{braces} %s ${HOME}",
)


def run_of(text: str, run_id: str = "r", target: str = "") -> Record:
    shell = Shell(machine(state("a", "b"), state("b")))
    shell.start(topic=to_text(text))
    shell.done("a", n=to_text(text))
    shell.done("b")
    graph = shell.state.graph
    info = RunInfo(id=run_id, workflow=graph.name, graph_hash=graph_hash(graph), target=target, seq=len(shell.journal))
    return Record(info, graph, shell.journal)


def words(curl: str) -> list[str]:
    return shlex.split(curl.replace("\\\n", " "))


@pytest.mark.parametrize("text", HOSTILE)
def test_curl_is_one_command_whose_body_is_the_input(text: str) -> None:
    said = words(copied(run_of(text), Form.CURL))
    assert said[:5] == ["curl", "-sS", "-X", "POST", "http://127.0.0.1:8800/api/v1/runs"]
    assert json.loads(said[-1])["input"]["topic"] == json.loads(to_text(text))
    assert json.loads(said[-1])["workflow"] == "machine"


@pytest.mark.parametrize("text", HOSTILE)
def test_curl_of_a_step_forks_the_run_before_it_whatever_it_is_called(text: str) -> None:
    said = words(copied(run_of("x", run_id=text.replace("\ud800", "?")), Form.CURL, address="b", base="http://h:1"))
    url = said[4]
    assert url.startswith("http://h:1/api/v1/runs/")
    assert url.endswith("/fork")
    assert "/" not in url.removeprefix("http://h:1/api/v1/runs/").removesuffix("/fork")
    assert json.loads(said[-1]) == {"at": 3}


@given(text=st.text() | st.sampled_from(HOSTILE), target=st.text() | st.sampled_from(("app:main", "a.b:c", "os:x;y")))
def test_python_and_pytest_are_code_of_ours_with_texts_in_it(text: str, target: str) -> None:
    run = run_of(text, target=target)
    for form in (Form.PYTHON, Form.PYTEST):
        for address in ("", "b"):
            said = copied(run, form, address=address)
            assert said.isascii()
            tree = ast.parse(said)
            names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
            assert names <= KNOWN | {"c", "main", "workflow"}
    tree = ast.parse(copied(run, Form.PYTHON))
    given_input = next(node.value for node in tree.body if isinstance(node, ast.Assign) and _is_input(node))
    assert ast.literal_eval(given_input)["topic"] == to_text(text)


KNOWN = {
    "INPUT",
    "JOURNAL",
    "Engine",
    "again",
    "asyncio",
    "engine",
    "event",
    "gave",
    "load",
    "print",
    "rehearse",
    "run",
}
KNOWN |= {"copy", "main", "str", "type"}


def _is_input(node: ast.Assign) -> bool:
    return isinstance(node.targets[0], ast.Name) and node.targets[0].id == "INPUT"


def test_code_is_imported_where_its_target_is_a_module() -> None:
    assert "from app.flows import main\n" in copied(run_of("x", target="app.flows:main"), Form.PYTHON)
    assert "load('/srv/my app.py:main').workflow" in copied(run_of("x", target="/srv/my app.py:main"), Form.PYTHON)


def test_long_journal_stays_in_a_file_beside_the_test() -> None:
    said = copied(run_of("x" * JOURNAL_CHARS_MAX, run_id="order 17"), Form.PYTEST)
    assert len(said) < JOURNAL_CHARS_MAX
    assert "# podium runs export 'order 17' -o order_17.jsonl\n" in said
    assert "Path(__file__).with_name('order_17.jsonl')" in said


def test_step_that_is_not_there_is_refused() -> None:
    with pytest.raises(RefusedError, match="no step at nowhere"):
        copied(run_of("x"), Form.PYTEST, address="nowhere")


def test_copy_of_a_run_names_the_one_it_was_copied_from() -> None:
    run = run_of("x")
    fork = Record(replace(run.info, parent="p"), run.graph, run.events[1:])
    with pytest.raises(RefusedError, match="copy of p"):
        copied(fork, Form.CURL)
