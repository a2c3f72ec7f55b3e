"""SIGKILL at every write to the journal: the same end as without a kill, and each effect once."""

from pathlib import Path
from typing import Any

import pytest

from tests.integration.crash.conftest import Start
from tests.integration.crash.outside import Outside
from tests.integration.crash.worker import Job

pytestmark = [pytest.mark.process, pytest.mark.slow]

EFFECTS = ["Busan", "hotel", "seal", "payment", "payment"]


def fresh(folder: Path) -> Outside:
    folder.mkdir()
    return Outside(folder)


@pytest.fixture
def is_eager() -> bool:
    """Append as often as can be, so that there are many places to be killed at."""
    return True


@pytest.fixture
def clean(start: Start, tmp_path: Path, *, is_eager: bool) -> Any:
    """Run all ten steps without a kill."""
    outside = fresh(tmp_path / "clean")
    told = start(Job("run", outside, is_eager=is_eager)).end()
    assert told["statuses"] == ["completed"]
    assert outside.done() == outside.tried() == EFFECTS
    return told


def check(told: Any, clean: Any, outside: Outside) -> None:
    assert told["results"] == clean["results"]
    assert told["statuses"] == ["completed"]
    assert outside.done() == EFFECTS


@pytest.mark.parametrize("is_eager", [True, False])
def test_killed_after_every_write(start: Start, clean: Any, tmp_path: Path, *, is_eager: bool) -> None:
    for count in range(clean["appends"]):
        outside = fresh(tmp_path / f"after-{count}")
        assert start(Job("run", outside, dies_after=count, is_eager=is_eager)).end() is None
        check(start(Job("run", outside)).end(), clean, outside)


def test_killed_inside_every_transaction(start: Start, clean: Any, tmp_path: Path) -> None:
    count, was_killed = 0, True
    while was_killed:
        count += 1
        outside = fresh(tmp_path / f"in-{count}")
        told = start(Job("run", outside, dies_in=count)).end()
        was_killed = told is None
        check(start(Job("run", outside)).end(), clean, outside)
    assert count > len(EFFECTS)


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_around_every_effect(start: Start, clean: Any, tmp_path: Path, when: str) -> None:
    for effect in dict.fromkeys(EFFECTS):
        outside = fresh(tmp_path / effect)
        assert start(Job("run", outside.deadly(when, effect))).end() is None
        check(start(Job("run", outside)).end(), clean, outside)
        tried = outside.tried()
        assert tried.count(effect) == EFFECTS.count(effect) + 1
        keys = {line for line in outside.lines("tried") if line.startswith(f"{effect} ")}
        assert len(keys) == EFFECTS.count(effect)


def test_recovery_killed_after_every_write(start: Start, clean: Any, tmp_path: Path, *, is_eager: bool) -> None:
    for count in range(1, clean["appends"] // 2):
        outside = fresh(tmp_path / f"again-{count}")
        assert start(Job("run", outside, dies_after=clean["appends"] // 2, is_eager=is_eager)).end() is None
        assert start(Job("run", outside, dies_after=count, is_eager=is_eager)).end() is None
        check(start(Job("run", outside)).end(), clean, outside)
