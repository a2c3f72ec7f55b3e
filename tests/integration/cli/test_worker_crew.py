"""Several workers under one supervisor: whoever dies is replaced, and nobody is left behind."""

import os
import re
import signal
from pathlib import Path

import pytest

from tests.integration.cli.terminal import Started, Terminal

pytestmark = [pytest.mark.process, pytest.mark.slow]


@pytest.fixture
def left(terminal: Terminal) -> Terminal:
    """Return a folder with two runs that nobody holds, each in front of its gate."""
    for run_id in ("one", "two"):
        with terminal.started("run", "flows.py:gated", "--id", run_id, GATE="shut") as run:
            run.until("running", "gate")
            run.signal(signal.SIGINT)
            run.end()
    return terminal


def pids(crew: Started, count: int) -> list[int]:
    """Wait until so many workers were started, and work; return their process ids, first those that began first."""
    while sum("worker on" in line for line in crew.seen) < count:
        crew.until("worker on")
    return [int(found.group(1)) for line in crew.seen if (found := re.search(r"started, pid (\d+)", line))]


def test_each_line_says_which_worker_speaks_and_all_end_when_idle(left: Terminal) -> None:
    ended = left.podium("worker", "flows.py", "--workers", "2", "--until-idle")
    assert ended.code == 0
    assert all(re.match(r"worker [12] (\||started)", line) for line in (ended.out + ended.err).splitlines())
    told = {line[21:] for line in ended.out.splitlines()}
    assert {line for line in told if "running" not in line} == {"completed  gated one", "completed  gated two"}
    assert left.effects == ["booked Busan", "booked Busan"]


def test_worker_that_dies_is_started_again(left: Terminal) -> None:
    with left.started("worker", "flows.py", "--workers", "2", "--grace", "0", GATE="shut") as crew:
        first = pids(crew, 2)[0]
        os.kill(first, signal.SIGKILL)
        crew.until("was ended by SIGKILL; another one is started in 0.5 s")
        assert len(set(pids(crew, 3))) == 3
        crew.signal(signal.SIGTERM)
        assert crew.end() == 0
    assert left.podium("runs", "ls", "--json").json[0]["owner"] is None


def test_worker_that_is_asked_to_stop_makes_room_for_a_new_one(terminal: Terminal) -> None:
    with terminal.started("worker", "flows.py", "--workers", "2") as crew:
        os.kill(pids(crew, 2)[0], signal.SIGTERM)
        crew.until("ended in order, and is started again")
        pids(crew, 3)
        crew.signal(signal.SIGINT)
        assert crew.end() == 0


def test_second_signal_kills_all(left: Terminal) -> None:
    with left.started("worker", "flows.py", "--workers", "2", GATE="shut") as crew:
        workers = pids(crew, 2)
        crew.signal(signal.SIGINT)
        crew.until("stopping")
        crew.until("stopping")
        crew.signal(signal.SIGINT)
        assert crew.end() == -signal.SIGINT
    until_gone(workers)


def test_workers_of_a_killed_supervisor_end_in_order(left: Terminal) -> None:
    with left.started("worker", "flows.py", "--workers", "2", "--grace", "0", GATE="shut") as crew:
        workers = pids(crew, 2)
        crew.signal(signal.SIGKILL)
        crew.end()
        until_gone(workers)
    assert left.podium("runs", "ls", "--json").json[0]["owner"] is None, "they gave their runs up"


def test_worker_that_can_not_work_at_all_ends_them_all(terminal: Terminal) -> None:
    ended = terminal.podium("worker", "nowhere.py", "--workers", "2")
    assert ended.code == 2
    assert "there is no file nowhere.py" in ended.err
    assert "can not work (it ended with 2): stopping all" in ended.err


def test_runs_in_memory_are_one_workers(terminal: Terminal) -> None:
    ended = terminal.podium("worker", "flows.py", "--workers", "2", "--db", "memory:")
    assert ended.code == 2
    assert "--workers wants a database in a file" in ended.err


def until_gone(workers: list[int]) -> None:
    """Wait until these processes are dead, if not buried."""
    while any(_lives(pid) for pid in workers):
        pass


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False
