"""`podium tasks`: questions are answered from any terminal, whether or not a worker lives."""

import json

import pytest

from tests.integration.cli.terminal import Ended, Terminal

pytestmark = pytest.mark.process


@pytest.fixture
def asked(terminal: Terminal) -> Terminal:
    """Return a folder with a run that asks."""
    terminal.podium("run", "flows.py:asks", "--id", "one")
    return terminal


def answered(terminal: Terminal, *words: str) -> Ended:
    return terminal.podium("tasks", "answer", "one:editor", *words)


def test_open_questions_are_listed(asked: Terminal) -> None:
    (task,) = asked.podium("tasks", "ls", "--json").json
    assert (task["id"], task["title"]) == ("one:editor", "May it go out?")
    assert task["context"]["city"] == "Busan"
    assert task["schema"]["oneOf"]
    assert "one:editor" in asked.podium("tasks", "ls").out


@pytest.mark.parametrize(
    ("words", "result"),
    [
        (["--approve"], "booked Busan"),
        (["--reject"], "reject"),
        (["--reject", "--reason", "no sources"], "reject"),
        (['{"choice": "edit", "value": "better"}'], "booked Busan"),
    ],
)
def test_answer_is_decided_at_once_and_the_run_goes_on(asked: Terminal, words: list[str], result: str) -> None:
    ended = answered(asked, *words, "--by", "kim")
    assert ended.code == 0
    assert "answered" in ended.out
    assert asked.podium("tasks", "ls", "--json").json == []
    assert asked.podium("runs", "resume", "one").json["result"] == result
    given = next(event for event in asked.podium("runs", "export", "one").lines if event.get("kind") == "StepAnswered")
    assert given["by"] == "kim"
    assert given["answer"].get("reason", "no sources") in ("", "no sources")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "say one of"),
        (["--approve", "--reject"], "say one of"),
        (["--approve", "--reason", "x"], "--reason goes with --reject"),
        (['{"choice": "edit"}'], "does not fit"),
        (["nonsense"], "no JSON"),
    ],
)
def test_answer_that_does_not_fit_changes_nothing(asked: Terminal, words: list[str], says: str) -> None:
    ended = answered(asked, *words)
    assert ended.code == 2
    assert says in ended.err
    assert len(asked.podium("tasks", "ls", "--json").json) == 1


def test_question_counts_once(asked: Terminal) -> None:
    answered(asked, "--approve")
    again = answered(asked, "--reject")
    assert again.code == 2
    assert "does not ask anything at 'editor' (any more)" in again.err


def test_without_the_code_an_answer_is_kept_for_a_worker(asked: Terminal) -> None:
    flows = asked.folder / "flows.py"
    text = flows.read_text()
    flows.unlink()
    ended = answered(asked, "--approve")
    assert ended.code == 0
    assert "accepted; it is decided when a worker runs: podium worker" in ended.out
    flows.write_text(text)
    assert asked.podium("worker", "flows.py", "--until-idle").code == 0
    assert asked.effects == ["booked Busan"]


def test_living_worker_decides_and_goes_on(asked: Terminal) -> None:
    with asked.started("worker", "flows.py") as worker:
        worker.until("worker on")
        assert answered(asked, "--approve").code == 0
        worker.until("completed", "one")
    assert asked.effects == ["booked Busan"]


@pytest.mark.parametrize(("word", "code", "effects"), [("--approve", 0, ["ordered Busan"]), ("--reject", 1, [])])
def test_consent_to_a_write_is_given_or_refused(terminal: Terminal, word: str, code: int, effects: list[str]) -> None:
    terminal.podium("run", "flows.py:orders", "--id", "one")
    (task,) = terminal.podium("tasks", "ls", "--json").json
    assert task["context"] == {"tool": "order", "args": {"city": "Busan"}}
    assert terminal.podium("tasks", "answer", "one:ordering", word).code == 0
    assert terminal.podium("runs", "resume", "one").code == code
    assert terminal.effects == effects


def test_run_that_waits_stays_with_wait(terminal: Terminal) -> None:
    with terminal.started("run", "flows.py:asks", "--id", "one", "--wait") as run:
        run.until("waiting", "editor")
        assert answered(terminal, "--approve").code == 0
        assert run.end() == 0
    assert json.loads("\n".join(run.seen[run.seen.index("{") :]))["result"] == "booked Busan"
