"""Two real processes over one file: one finds a service down, and the other leaves it alone too."""

from collections.abc import Callable

import pytest

from podium import Engine
from podium.engine.guard_store import BreakerSwitch
from tests.integration.guards.conftest import Process
from tests.integration.guards.service import Service

pytestmark = pytest.mark.process

Start = Callable[[], Process]


def find_it_down(process: Process, service: Service) -> None:
    """Let calls fail until the breaker opens."""
    service.status = 503
    outcomes = [process.do("run", workflow="asking")[0] for _ in range(4)]
    assert outcomes == ["HTTPStatusError"] * 3 + ["BreakerOpen"]
    service.status = 200


def test_process_leaves_alone_what_another_one_found_down(start: Start, service: Service) -> None:
    one, other = start(), start()
    assert other.do("run", workflow="asking") == ["done"]
    find_it_down(one, service)
    other.until("state", wanted="open")
    asked = service.asked["/seats"]
    assert other.do("run", workflow="asking", times=20) == ["BreakerOpen"] * 20
    assert service.asked["/seats"] == asked


def test_killed_process_comes_back_with_what_was_open(start: Start, service: Service) -> None:
    one = start()
    find_it_down(one, service)
    one.kill()
    again = start()
    assert again.do("run", workflow="asking") == ["BreakerOpen"]


async def test_order_is_obeyed_by_every_process(start: Start, url: str, service: Service) -> None:
    processes = [start(), start()]
    assert [process.do("run", workflow="asking") for process in processes] == [["done"], ["done"]]
    async with Engine(url, recovers=False) as engine:
        await engine.override_breaker("airline", BreakerSwitch.OPEN, by="ada", reason="mending")
        for process in processes:
            process.until("state", wanted="forced_open")
            assert process.do("run", workflow="asking") == ["BreakerOpen"]
        await engine.override_breaker("airline", BreakerSwitch.AUTO, by="ada")
        for process in processes:
            process.until("state", wanted="closed")
            assert process.do("run", workflow="asking") == ["done"]
    assert service.asked["/seats"] == 4
