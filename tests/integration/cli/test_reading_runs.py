"""A run is looked at without a server: stepped through, reported, exported and read back."""

import json
import os
import pty
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from podium.cli.app import app
from tests.integration.cli.conftest import FLOWS
from tests.integration.cli.terminal import PODIUM, Ended, Terminal, environment

pytestmark = pytest.mark.process

Called = Callable[..., Ended]

CONTROL = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


class Screen:
    """A terminal in which one command runs."""

    def __init__(self, folder: Path, *words: str) -> None:
        self._shown = b""
        self._screen, side = pty.openpty()
        variables = environment({"TERM": "xterm", "COLUMNS": "120"})
        self._process = subprocess.Popen(
            (*PODIUM, *words), cwd=folder, env=variables, stdin=side, stdout=side, stderr=side, start_new_session=True
        )
        os.close(side)

    def press(self, keys: bytes) -> None:
        os.write(self._screen, keys)

    def until(self, text: str) -> None:
        """Read on until something is shown."""
        while text not in CONTROL.sub("", self._shown.decode(errors="ignore")):  # a letter may come in two parts
            self._shown += os.read(self._screen, 65_536)
        self._shown = b""

    def ended(self) -> int:
        code = self._process.wait()
        os.close(self._screen)
        return code


@pytest.fixture
def called(ran: Terminal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Called:
    """Call `podium` in that folder, in this process; other tests see that it is the same in one of its own."""
    monkeypatch.chdir(ran.folder)

    def call(*words: str) -> Ended:
        with pytest.raises(SystemExit) as ended:
            app()(list(words), prog_name="podium")
        assert isinstance(ended.value.code, int)
        told = capsys.readouterr()
        return Ended(ended.value.code, told.out, told.err)

    return call


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """A folder with a run in its database, and its exported journal; nothing here changes them."""
    terminal = Terminal(tmp_path_factory.mktemp("reading"))
    shutil.copy(FLOWS, terminal.folder / "flows.py")
    terminal.podium("run", "flows.py:travel", "--id", "one")
    terminal.podium("runs", "export", "one", "-o", "one.jsonl")
    return terminal


def last_of(terminal: Terminal) -> int:
    lines = (terminal.folder / "one.jsonl").read_text("utf-8").splitlines()
    return int(json.loads(lines[-1])["seq"])


def test_keys_step_through_an_exported_journal(ran: Terminal) -> None:
    last = last_of(ran)
    screen = Screen(ran.folder, "replay", "one.jsonl")
    screen.until(f"1/{last} +0.00s run_started")
    screen.press(b"\x1b[C")
    screen.until(f"2/{last} ")
    screen.press(b"\x1b[F")
    screen.until(f"{last}/{last} ")
    screen.press(b"\x1b[D\x1b[D")
    screen.until(f"{last - 2}/{last} ")
    screen.press(b" ")
    screen.until(f"{last}/{last} ")
    screen.press(b"q")
    assert screen.ended() == 0


def test_replay_of_a_file_and_of_the_run_it_was_written_from_show_the_same(ran: Terminal, called: Called) -> None:
    file, run = called("replay", "one.jsonl"), called("replay", "one")
    assert file.out == run.out
    assert re.search(r"✔ booking +done +result=booked Busan", file.out)
    early = called("replay", "one", "--at", "2").out
    assert "not reached" in early
    assert f"2/{last_of(ran)} " in early
    told = called("replay", "one.jsonl", "--json", "--at", "1").json
    assert told["event"]["kind"] == "run_started"
    assert told["standing"]["seq"] == 1


def test_replay_of_what_is_no_journal_says_what_would_be_one(ran: Terminal, called: Called) -> None:
    (ran.folder / "bad.jsonl").write_bytes(b"\xff\xfe not json")
    for words in (("replay", "flows.py"), ("replay", "bad.jsonl")):
        ended = called(*words)
        assert ended.code == 2
        assert "line 1: expected the header of an exported journal" in ended.err
        assert "podium runs export" in ended.err
    assert "there is no event 999" in called("replay", "one", "--at", "999").err


def test_report_is_one_file_that_holds_the_run(ran: Terminal, called: Called) -> None:
    written = called("runs", "report", "one", "-o", "one.html")
    assert written.code == 0
    page = (ran.folder / "one.html").read_text("utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "booked Busan" in page
    assert "<script" not in page
