"""Workers and people in processes of their own, over one server: `podium worker`, `podium tasks`, `podium runs`."""

import asyncio
import os
import signal

import pytest

from podium import Engine, Status
from tests.integration.cli.terminal import Terminal
from tests.integration.temporal.asking import until_waiting
from tests.integration.temporal.started import LIMIT_S, start, target, until_served, written

pytestmark = [pytest.mark.process, pytest.mark.slow]


async def test_step_of_a_worker_that_is_killed_is_entered_on_another_and_its_write_is_made_once(
    terminal: Terminal, url: str
) -> None:
    url += "&heartbeat=2"
    stuck = target(terminal, "stuck")
    async with Engine(url, recovers=False) as engine:
        with terminal.started("worker", "app.py", "--engine", url) as first:
            run = await start(engine, stuck, "taken-over")
            os.kill(int(await written(engine, terminal.folder / "pid")), signal.SIGKILL)
            await asyncio.to_thread(first.end)
        with terminal.started("worker", "app.py", "--engine", url):
            await asyncio.wait_for(run.result(), LIMIT_S)
    assert len((terminal.folder / "acts").read_text().splitlines()) == 1


async def test_person_answers_from_another_process(terminal: Terminal, url: str) -> None:
    async with Engine(url, recovers=False) as engine:
        with terminal.started("worker", "app.py", "--engine", url) as worker:
            run = await start(engine, target(terminal, "asked"), "asks-ann")
            await until_waiting(run)
            asked = await asyncio.to_thread(terminal.podium, "tasks", "ls", "--json", "--db", url)
            assert [task["id"] for task in asked.json] == ["asks-ann:clerk"]
            words = ("tasks", "answer", "asks-ann:clerk", "--approve", "--by", "ann", "--db", url)
            answered = await asyncio.to_thread(terminal.podium, *words)
            assert answered.code == 0, answered.err
            await asyncio.wait_for(run.result(), LIMIT_S)
            shown = await asyncio.to_thread(terminal.podium, "runs", "show", "asks-ann", "--db", url)
            assert "asked asks-ann: completed" in shown.out
            worker.signal(signal.SIGTERM)
            assert await asyncio.to_thread(worker.end) == 0
        assert (await run.status()).status is Status.COMPLETED


async def test_run_here_says_when_no_worker_is_there(terminal: Terminal, url: str) -> None:
    with terminal.started("run", "app.py:asked", "--id", "alone", "--db", url) as running:
        await asyncio.to_thread(running.until, "no worker is there to get it on", "podium worker")
        with terminal.started("worker", "app.py", "--db", url):
            await asyncio.to_thread(running.until, "clerk asks")
            assert await asyncio.to_thread(running.end) == 3


async def test_doctor_tells_of_server_namespace_and_workers(terminal: Terminal, url: str) -> None:
    before = await asyncio.to_thread(terminal.podium, "doctor", "--db", url)
    assert "none serves the task queue" in before.out
    with terminal.started("worker", "app.py", "--db", url) as worker:
        await asyncio.to_thread(worker.until, "worker on")
        async with Engine(url, recovers=False) as engine:
            await until_served(engine)
        told = await asyncio.to_thread(terminal.podium, "doctor", "--db", url)
    assert told.code == 0, told.out
    assert "search attributes are registered" in told.out
    assert "1 on task queue" in told.out
