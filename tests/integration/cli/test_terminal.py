"""On a terminal a run is a live tree, readable without colours; hostile texts stay texts everywhere."""

import os
import pty
import re
import subprocess
from collections.abc import Iterator

import pytest

from tests.integration.cli.terminal import PODIUM, Terminal, environment

pytestmark = pytest.mark.process

HOSTILE = "\x1b[31mred\x1b[2J [bold]markup[/bold] \u202edrow\u2028break\x9b2J :smile:"
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]")


def on_a_terminal(terminal: Terminal, *words: str, **variables: str) -> str:
    """Call `podium` with a terminal on all its streams, and return what that got to show."""
    screen, side = pty.openpty()
    process = subprocess.Popen(
        (*PODIUM, *words),
        cwd=terminal.folder,
        env=environment({"TERM": "xterm", "COLUMNS": "120", **variables}),
        stdin=side,
        stdout=side,
        stderr=side,
        start_new_session=True,
    )
    os.close(side)
    shown = b"".join(_read(screen))
    os.close(screen)
    process.wait()
    return shown.decode()


def _read(screen: int) -> Iterator[bytes]:
    try:
        while part := os.read(screen, 65_536):
            yield part
    except OSError:  # nobody holds the other side any more
        return


def test_terminal_shows_a_tree_that_moves(terminal: Terminal) -> None:
    shown = on_a_terminal(terminal, "run", "flows.py:travel")
    last = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown[shown.rindex("travel ") :])
    assert "\x1b[1A" in shown
    assert re.search(r"├── ✔ first +done", last)
    assert re.search(r"└── ✔ booking +done +result=booked Busan", last)
    assert '"result": "booked Busan"' in last


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"CI": "true"}, {"TERM": "dumb"}])
def test_terminal_gets_plain_lines_where_that_is_asked_for(terminal: Terminal, variables: dict[str, str]) -> None:
    shown = on_a_terminal(terminal, "run", "flows.py:travel", **variables)
    assert re.search(r"✔ done +booking", shown)
    assert "\x1b" not in shown


def test_hostile_text_never_reaches_the_terminal(terminal: Terminal) -> None:
    terminal.podium("run", "flows.py:breaks", f"city={HOSTILE}", "--id", "one", BREAK=HOSTILE)
    for words in (
        ("run", "flows.py:travel", f"city={HOSTILE}", "--id", "two"),
        ("run", "flows.py:travel", f"city={HOSTILE}", "--json"),
        ("runs", "resume", "one"),
        ("runs", "show", "one"),
        ("runs", "show", "two"),
        ("runs", "ls"),
        ("runs", "ls", "--json"),
        ("runs", "export", "one"),
        ("runs", "show", HOSTILE),
        ("graph", HOSTILE),
    ):
        ended = terminal.podium(*words)
        assert not CONTROL.search(ended.out + ended.err), words
        assert "[bold]" in ended.out + ended.err, words


def test_hostile_text_in_the_tree_moves_no_cursor(terminal: Terminal) -> None:
    shown = on_a_terminal(terminal, "run", "flows.py:travel", f"city={HOSTILE}")
    assert "\x1b[2J" not in shown
    assert "\x9b" not in shown
    assert "\u202e" not in shown
    assert "[bold]markup[/bold]" in shown


def test_hostile_question_is_shown_harmless(terminal: Terminal) -> None:
    ended = terminal.podium("run", "flows.py:asks", f"city={HOSTILE}", "--id", "one")
    listed = terminal.podium("tasks", "ls")
    assert not CONTROL.search(ended.err + listed.out)


def test_hostile_run_id_is_quoted_in_commands(terminal: Terminal) -> None:
    ended = terminal.podium("run", "flows.py:asks", "--id", "a; rm -rf b")
    assert "podium runs resume 'a; rm -rf b'" in ended.err
