"""Whatever ends a process, the run is there and goes on where it was."""

import signal

import pytest

from tests.integration.cli.terminal import Terminal

pytestmark = pytest.mark.process


def test_first_ctrl_c_leaves_the_run_resumable_and_prints_the_command(terminal: Terminal) -> None:
    with terminal.started("run", "flows.py:gated", "--id", "one", GATE="shut") as run:
        run.until("running", "gate")
        run.signal(signal.SIGINT)
        assert run.end() == 130
        assert run.seen[-1].strip() == "podium runs resume one"
    assert terminal.effects == []
    ended = terminal.podium("runs", "resume", "one")
    assert ended.code == 0
    assert ended.json["result"] == "booked Busan"
    assert terminal.effects == ["booked Busan"]


def test_printed_command_names_the_database(terminal: Terminal) -> None:
    with terminal.started("run", "flows.py:gated", "--id", "a b", "--db", "my runs.db", GATE="shut") as run:
        run.until("running", "gate")
        run.signal(signal.SIGINT)
        run.end()
        assert run.seen[-1].strip() == "podium runs resume 'a b' --db 'my runs.db'"


def test_second_ctrl_c_kills_at_once(terminal: Terminal) -> None:
    blocking = "import signal, time\n" + (terminal.folder / "flows.py").read_text().replace(
        "await asyncio.Event().wait()",
        "print('deaf', flush=True)\n        signal.sigtimedwait([], 1000)  # blocks the event loop",
    )
    (terminal.folder / "flows.py").write_text(blocking)
    with terminal.started("run", "flows.py:gated", GATE="shut") as run:
        run.until("deaf")
        run.signal(signal.SIGINT)
        while run.process.poll() is None:
            run.signal(signal.SIGINT)
        assert run.end() == -signal.SIGINT


def test_worker_takes_over_what_a_killed_run_left(terminal: Terminal) -> None:
    with terminal.started("run", "flows.py:gated", "--id", "one", GATE="shut") as run:
        run.until("running", "gate")
        run.signal(signal.SIGKILL)
        run.end()
    ended = terminal.podium("worker", "flows.py:gated", "--until-idle")
    assert ended.code == 0
    assert "completed  gated one" in ended.out
    assert terminal.effects == ["booked Busan"]


def test_worker_takes_over_what_a_killed_worker_left(terminal: Terminal) -> None:
    for run_id in ("one", "two"):
        with terminal.started("run", "flows.py:gated", "--id", run_id, GATE="shut") as run:
            run.until("running", "gate")
            run.signal(signal.SIGINT)
            run.end()
    with terminal.started("worker", "flows.py", GATE="shut") as worker:
        worker.until("worker on")
        worker.signal(signal.SIGKILL)
        worker.end()
    ended = terminal.podium("worker", "flows.py", "--until-idle")
    assert {"completed  gated one", "completed  gated two"} <= {line[10:] for line in ended.out.splitlines()}
    assert terminal.effects == ["booked Busan", "booked Busan"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_worker_that_is_asked_to_stop_gives_its_runs_up(terminal: Terminal, number: int) -> None:
    with terminal.started("run", "flows.py:gated", "--id", "one", GATE="shut") as run:
        run.until("running", "gate")
        run.signal(signal.SIGINT)
        run.end()
    with terminal.started("worker", "flows.py:gated", "--grace", "0", GATE="shut") as worker:
        worker.until("worker on")
        worker.signal(number)
        assert worker.end() == 0
    assert terminal.podium("runs", "ls", "--json").json[0]["owner"] is None
    assert terminal.podium("runs", "resume", "one").code == 0


def test_run_leaves_what_others_left_behind_alone(terminal: Terminal) -> None:
    with terminal.started("run", "flows.py:gated", "--id", "theirs", GATE="shut") as run:
        run.until("running", "gate")
        run.signal(signal.SIGKILL)
        run.end()
    assert terminal.podium("run", "flows.py:gated", "--id", "ours", "city=Oslo").code == 0
    assert terminal.effects == ["booked Oslo"]


def test_worker_until_idle_does_not_wait_for_people(terminal: Terminal) -> None:
    terminal.podium("run", "flows.py:asks", "--id", "one")
    assert terminal.podium("worker", "flows.py", "--until-idle").code == 0
