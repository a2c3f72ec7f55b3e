"""A process that waits because it was asked to is killed; another one waits on, and asks again no earlier."""

import multiprocessing
from collections.abc import Iterator
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.integration.crash import waiting
from tests.integration.crash.outside import Outside
from tests.integration.crash.waiting import TEN_MINUTES_MS

pytestmark = pytest.mark.process

_PROCESSES = multiprocessing.get_context("spawn")


class Tell(Protocol):
    """Starts a process and returns what it tells first."""

    def __call__(self, verb: str, *, ahead_ms: int) -> tuple[SpawnProcess, Any]: ...


@pytest.fixture
def tell(tmp_path: Path) -> Iterator[Tell]:
    started: list[SpawnProcess] = []

    def begin(verb: str, *, ahead_ms: int) -> tuple[SpawnProcess, Any]:
        here, there = _PROCESSES.Pipe(duplex=False)
        process = _PROCESSES.Process(target=waiting.main, args=(verb, tmp_path, ahead_ms, there), daemon=True)
        process.start()
        there.close()
        started.append(process)
        return process, here.recv()

    yield begin
    for process in started:
        process.kill()
        process.join()


def test_wait_that_was_asked_for_outlives_its_process(tell: Tell, tmp_path: Path) -> None:
    outside = Outside(tmp_path)
    process, (left_ms, tries, busy) = tell("begin", ahead_ms=0)
    assert 0.9 * TEN_MINUTES_MS < left_ms <= 1.1 * TEN_MINUTES_MS
    assert (tries, busy) == (1, 0), "nothing is held while it waits"
    process.kill()
    process.join()

    early, status = tell("look", ahead_ms=TEN_MINUTES_MS - 60_000)
    early.join()
    assert status == "waiting"
    assert outside.lines("asked") == ["Busan"]

    late, flight = tell("finish", ahead_ms=int(1.1 * TEN_MINUTES_MS))
    late.join()
    assert flight == "Busan at last"
    assert outside.lines("asked") == ["Busan", "Busan"]
