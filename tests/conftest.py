"""What every test gets: tests that need a part of the system are left out where it is missing, or fail.

Laws are tried on the same examples every time; `pytest --hypothesis-profile=long` looks for new ones.
"""

import functools

import pytest
from hypothesis import HealthCheck, settings

from scripts import system_parts

settings.register_profile("quick", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", deadline=None, max_examples=5_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("quick")


@functools.cache
def _works(name: str) -> bool:
    return system_parts.works(system_parts.PARTS[name])


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("part"):
        name = str(marker.args[0])
        if not _works(name):
            leave = pytest.fail if system_parts.is_required() else pytest.skip
            leave(f"LEFT OUT: {system_parts.remedy(system_parts.PARTS[name])}")
