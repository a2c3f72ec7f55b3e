"""Tests of guards have a clock that stands still and chance that repeats itself."""

from collections.abc import Iterator

import pytest

from podium.guard.wheel import Wheel
from podium.testing.clock import FakeClock
from tests.unit.guard.dependency import Bench


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.threads.shutdown()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def wheel(clock: FakeClock) -> Wheel:
    return Wheel(clock)
