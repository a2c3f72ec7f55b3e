"""`podium run`: input, output, exit codes."""

import pytest

from tests.integration.cli.terminal import Terminal

pytestmark = pytest.mark.process


def test_result_is_json_on_standard_output_and_nothing_else_is(terminal: Terminal) -> None:
    ended = terminal.podium("run", "flows.py:travel", "city=Oslo")
    assert ended.code == 0
    assert ended.json == {"city": "Oslo", "nights": 2, "tags": [], "result": "booked Oslo"}
    assert "printed by the author" in ended.err
    assert terminal.effects == ["booked Oslo"]


def test_without_a_terminal_every_event_is_a_line_with_its_word(terminal: Terminal) -> None:
    journal = terminal.podium("run", "flows.py:travel", "--id", "one", "--json").lines
    lines = terminal.podium("runs", "resume", "one").err.splitlines()
    assert lines[0] == "travel one"
    assert [int(line.split()[0]) for line in lines[1:]] == [event["seq"] for event in journal]
    assert any("✔ done" in line and "booking" in line for line in lines)
    assert "\x1b" not in "".join(lines)


def test_journal_is_one_json_object_a_line_with_values_as_they_are(terminal: Terminal) -> None:
    ended = terminal.podium("run", "flows.py:travel", "--json", 'tags=["a","b"]')
    events = ended.lines
    assert ended.code == 0
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[0]["data"]["tags"] == ["a", "b"]
    intent = next(event for event in events if event["kind"] == "WriteIntended")
    assert intent["args"] == {"city": "Busan"}
    assert events[-1]["kind"] == "RunCompleted"


@pytest.mark.parametrize(
    ("words", "field", "value"),
    [
        (["nights=7"], "nights", 7),
        (["city=7"], "city", "7"),
        (['city="quoted"'], "city", "quoted"),
        (["city=a=b"], "city", "a=b"),
        (['tags=["x"]'], "tags", ["x"]),
        (["-i", '{"nights": 5}'], "nights", 5),
    ],
)
def test_words_are_json_where_that_fits_the_field_and_text_elsewhere(
    terminal: Terminal, words: list[str], field: str, value: object
) -> None:
    assert terminal.podium("run", "flows.py:travel", *words).json[field] == value


def test_input_comes_from_a_file_or_standard_input(terminal: Terminal) -> None:
    (terminal.folder / "trip.json").write_text('{"city": "Lima"}')
    assert terminal.podium("run", "flows.py:travel", "-i", "@trip.json").json["city"] == "Lima"
    assert terminal.podium("run", "flows.py:travel", "-i", "-", feed='{"city": "Rome"}').json["city"] == "Rome"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["flows.py"], "several workflows"),
        (["flows.py:travl"], "did you mean travel?"),
        (["flows.py:Data"], "no workflow"),
        (["missing.py"], "there is no file missing.py"),
        (["no_such_module:x"], "No module named"),
        (["flows.py:travel", "cty=x"], "did you mean city?"),
        (["flows.py:travel", "x"], "not field=value"),
        (["flows.py:travel", "nights=many"], "nights"),
        (["flows.py:travel", "-i", "{}", "city=x"], "not both"),
        (["flows.py:travel", "-i", "@nowhere"], "nowhere"),
        (["flows.py:travel", "--db", "ftp://x"], "not understood"),
        (["flows.py:travel", "--no-such-option"], "No such option"),
    ],
)
def test_usage_mistakes_are_one_error_and_code_2(terminal: Terminal, words: list[str], says: str) -> None:
    ended = terminal.podium("run", *words)
    assert ended.code == 2
    assert says in ended.err
    assert "Traceback" not in ended.err
    assert ended.out == ""


def test_error_in_the_authors_module_is_shown_with_its_line(terminal: Terminal) -> None:
    (terminal.folder / "bad.py").write_text("x = 1\ny = x.nothing\n")
    ended = terminal.podium("run", "bad.py")
    assert ended.code == 2
    assert "AttributeError" in ended.err
    assert "bad.py:2: y = x.nothing" in ended.err
    assert "Traceback" not in ended.err


def test_traceback_is_shown_when_it_is_asked_for(terminal: Terminal) -> None:
    assert "Traceback" in terminal.podium("run", "missing.py", PODIUM_TRACEBACK="1").err


def test_failed_run_is_code_1_and_says_how_to_retry(terminal: Terminal) -> None:
    ended = terminal.podium("run", "flows.py:breaks", "--id", "one", BREAK="rotten")
    assert (ended.code, ended.out) == (1, "")
    assert "ValueError: rotten" in ended.err
    assert "podium runs retry one" in ended.err


def test_waiting_for_a_person_is_code_3_and_says_what_is_asked_and_how_to_answer(terminal: Terminal) -> None:
    ended = terminal.podium("run", "flows.py:asks", "--id", "one")
    assert (ended.code, ended.out) == (3, "")
    assert "May it go out?" in ended.err
    assert "podium tasks answer one:editor --approve" in ended.err


def test_asking_for_consent_is_code_3_too(terminal: Terminal) -> None:
    ended = terminal.podium("run", "flows.py:orders", "--id", "one")
    assert ended.code == 3
    assert "podium tasks answer one:ordering --approve" in ended.err
    assert terminal.effects == []


def test_parked_run_is_code_5_and_says_what_may_be_decided(terminal: Terminal) -> None:
    ended = terminal.podium("run", "flows.py:pays", "--id", "one", PAY="lose")
    assert (ended.code, ended.out) == (5, "")
    assert "podium runs resolve one paying --not-done" in ended.err
    assert terminal.effects == ["paid Busan"]


def test_same_id_and_input_is_the_same_run(terminal: Terminal) -> None:
    first = terminal.podium("run", "flows.py:travel", "--id", "one")
    assert terminal.podium("run", "flows.py:travel", "--id", "one").json == first.json
    assert terminal.effects == ["booked Busan"]
    other = terminal.podium("run", "flows.py:travel", "--id", "one", "city=Oslo")
    assert other.code == 2
    assert "another input" in other.err


def test_database_is_a_file_or_a_url_or_in_the_environment(terminal: Terminal) -> None:
    folder = terminal.folder
    terminal.podium("run", "flows.py:travel", "--db", "a.db")
    terminal.podium("run", "flows.py:travel", "--db", f"sqlite:///{folder / 'b.db'}")
    terminal.podium("run", "flows.py:travel", PODIUM_DB="c.db")
    assert {path.name for path in folder.glob("*.db")} == {"a.db", "b.db", "c.db"}
    assert terminal.podium("run", "flows.py:travel", "--db", "memory:").code == 0


def test_run_finds_its_code_again_from_another_folder(terminal: Terminal) -> None:
    terminal.podium("run", "flows:asks", "--id", "one")
    elsewhere = Terminal(terminal.folder / "elsewhere")
    elsewhere.folder.mkdir()
    assert elsewhere.podium("runs", "resume", "one", "--db", "../podium.db").code == 3
