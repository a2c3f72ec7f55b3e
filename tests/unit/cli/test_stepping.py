"""A journal is stepped through by keys."""

import pytest

from podium.cli.keys import Key, keys_of
from podium.cli.stepping import Stepping
from podium.engine.ports import RunInfo
from podium.views.record import Record
from podium.views.story import RunStory
from tests.unit.core.builders import machine, state
from tests.unit.core.shell import Shell


@pytest.fixture
def run() -> Record:
    shell = Shell(machine(state("a", "b"), state("b")))
    shell.start()
    shell.done("a")
    shell.done("b")
    return Record(RunInfo(id="r", workflow="machine", graph_hash=""), shell.state.graph, shell.journal)


def test_keys_are_read_however_a_terminal_sends_them() -> None:
    sent = b"\x1b[C\x1bOD \x1b[H\x1b[4~xq\x1b\x1b[1;5C\x1b[F"
    assert keys_of(sent) == [Key.RIGHT, Key.LEFT, Key.SPACE, Key.HOME, Key.END, Key.QUIT, Key.END]
    assert keys_of(b"\x1b[31mred\xff\x00") == []


def test_every_way_to_an_event_shows_the_run_as_it_stood_there(run: Record) -> None:
    stepping = Stepping(run, 0)
    for key in (Key.LEFT, Key.RIGHT, Key.RIGHT, Key.END, Key.RIGHT, Key.LEFT, Key.HOME, Key.RIGHT):
        stepping.press(key)
        story = RunStory("r", run.graph)
        for number, event in enumerate(run.events[: stepping.at], 1):
            story.take(number, event)
        assert stepping.story.standing() == story.standing()
        assert stepping.story.steps() == story.steps()
    assert stepping.at == 1


def test_playing_goes_on_until_the_end_or_another_key(run: Record) -> None:
    stepping = Stepping(run, stepping_at := len(run.events) - 2)
    stepping.press(Key.SPACE)
    stepping.play()
    assert (stepping.at, stepping.plays) == (stepping_at + 1, True)
    stepping.play()
    assert (stepping.at, stepping.plays) == (len(run.events), False)
    stepping.press(Key.HOME)
    stepping.press(Key.SPACE)
    stepping.press(Key.SPACE)
    assert not stepping.plays
    assert stepping.said() == f"before the first of {len(run.events)} events"
