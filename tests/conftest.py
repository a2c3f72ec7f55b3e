"""What every test gets: tests that need a part of the system are left out where it is missing, or fail."""

import functools

import pytest

from scripts import system_parts


@functools.cache
def _works(name: str) -> bool:
    return system_parts.works(system_parts.PARTS[name])


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("part"):
        name = str(marker.args[0])
        if not _works(name):
            leave = pytest.fail if system_parts.is_required() else pytest.skip
            leave(f"LEFT OUT: {system_parts.remedy(system_parts.PARTS[name])}")
