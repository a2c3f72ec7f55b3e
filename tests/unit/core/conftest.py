"""Notes which rows of the core's tables its unit tests use: `test_tables.py` fails when one was never used."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from podium.core import fold_calls, fold_steps, moves, tables

READERS = (moves, fold_calls, fold_steps)
NAMES = ("STEP_TABLE", "WRITE_TABLE", "RUN_TABLE", "START_TABLE")
USED: set[tuple[str, Any]] = set()


class Noting(dict[Any, Any]):
    """A table that notes which of its rows were read."""

    def __init__(self, name: str, rows: Mapping[Any, Any]) -> None:
        super().__init__(rows)
        self.name = name

    def __getitem__(self, row: Any) -> Any:
        found = super().__getitem__(row)
        USED.add((self.name, row))
        return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in NAMES:
            _note(name, patch)
        return (yield)


def _note(name: str, patch: pytest.MonkeyPatch) -> None:
    table = Noting(name, getattr(tables, name))
    for reader in READERS:
        if hasattr(reader, name):
            patch.setattr(reader, name, table)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Ask about the rows when all other tests have used them."""
    items.sort(key=lambda item: item.name == "test_every_row_of_the_tables_is_exercised")


@pytest.fixture
def rows_used(request: pytest.FixtureRequest) -> set[tuple[str, Any]]:
    """What was used; skips the test that asks unless every test of the core was to run."""
    config, here = request.config, request.path.parent
    missing = set(here.glob("test_*.py")) - {item.path for item in request.session.items}
    if missing or config.option.keyword or any("::" in argument for argument in config.args):
        pytest.skip("only some of the core's tests were run")
    return USED
