"""`podium runs`: looking at runs and deciding about them, with no worker alive."""

import asyncio
import json
import sqlite3

import pytest

from podium.cli.database import database, engine
from podium.cli.follow import follow
from podium.cli.given import given
from podium.cli.target import load
from podium.cli.view import Lines
from tests.integration.cli.terminal import Terminal

pytestmark = pytest.mark.process


@pytest.fixture
def three(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Return a folder with a run that is done, one that failed and one that waits."""
    monkeypatch.setenv("BREAK", "rotten")
    asyncio.run(_make(terminal, {"done": "travel", "failed": "breaks", "waits": "asks"}))
    monkeypatch.delenv("BREAK")
    return terminal


async def _make(terminal: Terminal, runs: dict[str, str]) -> None:
    """Run workflows as `podium run` does, in one process."""
    targets = {run_id: load(f"{terminal.folder / 'flows.py'}:{name}") for run_id, name in runs.items()}
    async with engine(database(str(terminal.folder / "podium.db")), list(targets.values())) as opened:
        for run_id, target in targets.items():
            fields = given(target.workflow, None, ())
            await opened.start_fields(target.workflow, fields, id=run_id, target=target.text)
            await follow(opened, run_id, view=Lines(), waits=False, stop=asyncio.Event())


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ([], ["waits", "failed", "done"]),
        (["--status", "failed"], ["failed"]),
        (["--status", "failed", "--status", "waiting"], ["waits", "failed"]),
        (["--workflow", "travel"], ["done"]),
        (["--text", "rotten"], ["failed"]),
        (["--limit", "1"], ["waits"]),
        (["--status", "parked"], []),
    ],
)
def test_ls_lists_what_the_filters_let_through(three: Terminal, words: list[str], ids: list[str]) -> None:
    assert [row["id"] for row in three.podium("runs", "ls", "--json", *words).json] == ids
    table = three.podium("runs", "ls", *words).out
    assert [line.split()[0] for line in table.splitlines()[1:]] == ids


def test_show_tells_steps_calls_keys_errors_and_how_to_go_on(three: Terminal) -> None:
    done, failed = three.podium("runs", "show", "done").out, three.podium("runs", "show", "failed").out
    key = next(event["key"] for event in three.podium("runs", "export", "done").lines if "key" in event)
    assert key in done
    assert "✔ booking  done" in done
    assert "last error: ValueError: rotten" in failed
    assert 'raise ValueError(os.environ["BREAK"])' in failed
    assert "podium runs retry failed" in failed
    assert "podium tasks answer waits:editor --approve" in three.podium("runs", "show", "waits").out


def test_failed_run_is_retried_and_resumed(three: Terminal) -> None:
    retried = three.podium("runs", "retry", "failed")
    assert retried.code == 0
    assert "podium runs resume failed" in retried.err
    assert three.podium("runs", "resume", "failed").json["result"] == "booked Busan"
    assert "only a failed run can be retried" in three.podium("runs", "retry", "failed").err


def test_cancelled_run_is_code_6(three: Terminal) -> None:
    assert three.podium("runs", "cancel", "waits", "--reason", "rain", "--by", "kim").code == 0
    assert three.podium("runs", "resume", "waits").code == 6
    asked = next(event for event in three.podium("runs", "export", "waits").lines if event.get("kind") == "CancelAsked")
    assert (asked["by"], asked["reason"]) == ("kim", "rain")
    assert three.podium("runs", "cancel", "waits").code == 2


def test_decisions_need_none_of_the_code(three: Terminal) -> None:
    (three.folder / "flows.py").unlink()
    assert three.podium("runs", "retry", "failed").code == 0
    assert three.podium("runs", "cancel", "waits").code == 0
    assert three.podium("runs", "ls", "--status", "cancelled", "--json").json[0]["id"] == "waits"


def test_run_that_is_over_shows_its_result_again(three: Terminal) -> None:
    assert three.podium("runs", "resume", "done").json["result"] == "booked Busan"
    assert three.effects == ["booked Busan"]


def test_run_without_its_code_is_not_resumed_and_says_why(three: Terminal) -> None:
    flows = three.folder / "flows.py"
    flows.write_text(flows.read_text().replace('"asks", Data, START >>', '"asks", Data, START >> first >>'))
    ended = three.podium("runs", "resume", "waits")
    assert ended.code == 2
    assert "another structure" in ended.err


def test_fork_is_a_new_run_that_goes_on_from_where_it_was_taken(three: Terminal) -> None:
    ended = three.podium("runs", "fork", "failed", "--at", "4", "--id", "copy", "--writes")
    assert ended.code == 0
    assert ended.json["result"] == "booked Busan"
    rows = {row["id"]: row for row in three.podium("runs", "ls", "--json").json}
    assert (rows["copy"]["parent"], rows["failed"]["status"]) == ("failed", "failed")
    assert "✔ first" in three.podium("runs", "show", "copy").out


def test_fork_without_writes_calls_no_tool_that_writes(three: Terminal) -> None:
    ended = three.podium("runs", "fork", "failed", "--at", "4", "--id", "copy")
    assert ended.code == 1
    assert "WritesForbiddenError" in ended.err
    assert three.effects == ["booked Busan"]


def test_export_begins_with_the_run_and_its_graph(three: Terminal) -> None:
    assert three.podium("runs", "export", "done", "-o", "done.jsonl").code == 0
    header, *events = [json.loads(line) for line in (three.folder / "done.jsonl").read_text().splitlines()]
    assert (header["run"]["id"], header["graph"]["name"]) == ("done", "travel")
    assert len(events) == header["run"]["seq"]
    assert three.podium("runs", "export", "done").out == (three.folder / "done.jsonl").read_text()


@pytest.mark.parametrize("verb", ["export", "show", "cancel", "retry", "resume"])
def test_damaged_run_is_a_named_error_and_others_are_well(three: Terminal, verb: str) -> None:
    with sqlite3.connect(three.folder / "podium.db") as connection:
        connection.execute("UPDATE journal SET body = '{' WHERE run = 2 AND seq = 3")
    connection.close()
    ended = three.podium("runs", verb, "failed")
    assert ended.code in (1, 5)
    assert "run failed" in ended.err
    assert "can not be read" in ended.err
    assert "Traceback" not in ended.err
    assert three.podium("runs", verb, "done").code in (0, 2)


@pytest.mark.parametrize("verb", ["show", "cancel", "retry", "resume", "fork", "export"])
def test_unknown_run_is_code_2(three: Terminal, verb: str) -> None:
    ended = three.podium("runs", verb, "nobody")
    assert ended.code == 2
    assert "no run 'nobody'" in ended.err


@pytest.mark.parametrize("words", [["runs", "ls"], ["runs", "parked"], ["tasks", "ls"], ["runs", "show", "x"]])
def test_looking_makes_no_database(terminal: Terminal, words: list[str]) -> None:
    ended = terminal.podium(*words)
    assert ended.code == 2
    assert "there is no database" in ended.err
    assert not list(terminal.folder.glob("*.db"))


@pytest.mark.parametrize(
    ("decision", "pay", "code", "effects"),
    [
        (["--done", "--answer", '"by hand"'], "", 0, ["paid Busan"]),
        (["--not-done"], "", 0, ["paid Busan", "paid Busan"]),
        (["--retry"], "", 0, ["paid Busan", "paid Busan"]),
        (["--abort"], "", 1, ["paid Busan"]),
    ],
)
def test_parked_write_is_resolved(
    terminal: Terminal, decision: list[str], pay: str, code: int, effects: list[str]
) -> None:
    terminal.podium("run", "flows.py:pays", "--id", "one", PAY="lose")
    parked = terminal.podium("runs", "parked", "one")
    assert "podium runs resolve one paying --done --answer JSON --version " in parked.out
    assert "unknown: whether pay happened" in parked.out
    assert "one: paying is parked (in-doubt)" in terminal.podium("runs", "parked").out
    assert terminal.podium("runs", "parked", "--json").json[0]["args"] == {"city": "Busan"}
    assert terminal.podium("runs", "resolve", "one", "paying", *decision, "--by", "kim").code == 0
    assert terminal.podium("runs", "parked").out == "nothing is parked\n"
    assert terminal.podium("runs", "resume", "one", PAY=pay).code == code
    assert terminal.effects == effects


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "say one of"),
        (["--done", "--abort"], "say one of"),
        (["--done"], "an answer goes with done"),
        (["--done", "--answer", "7"], "does not fit"),
        (["--done", "--answer", "{"], "no JSON"),
        (["--retry", "--version", "1"], "look at it again"),
        (["--skip"], "only a compensation is skipped"),
    ],
)
def test_resolution_that_can_not_be_meant_changes_nothing(terminal: Terminal, words: list[str], says: str) -> None:
    terminal.podium("run", "flows.py:pays", "--id", "one", PAY="lose")
    ended = terminal.podium("runs", "resolve", "one", "paying", *words)
    assert ended.code == 2
    assert says in ended.err
    assert len(terminal.podium("runs", "parked", "--json").json) == 1
