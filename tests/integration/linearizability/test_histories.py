"""What four processes do to keys and runs, while some are killed, could have been done one step at a time."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from bench.ours import keys_history, runs_history
from podium.testing.linearizability import CrowdError, Operation, Violation, histories
from tests.integration.linearizability import planted

pytestmark = pytest.mark.process
COUNT, COUNT_PLANTED = 20, 5
Explain = Callable[[Sequence[Operation]], Violation | None]


@pytest.mark.parametrize("kind", [keys_history, runs_history], ids=["idempotency keys", "run leases"])
def test_histories_of_killed_processes_are_linearizable(kind: object, tmp_path: Path) -> None:
    work: str = kind.WORK  # type: ignore[attr-defined]  # both modules have it
    violation: Explain = kind.violation  # type: ignore[attr-defined]  # and this
    recorded = list(histories(work, tmp_path, COUNT))
    assert [found for history in recorded if (found := violation(history))] == []
    assert sum(len({one.process for one in history}) > 4 for history in recorded) > COUNT // 2
    assert sum(one.is_open for history in recorded for one in history) > COUNT // 2


def first_violation(work: Callable[..., None], violation: Explain, folder: Path) -> Violation:
    """Return the first violation in histories of a planted bug."""
    recorded = histories(f"{planted.__name__}:{work.__name__}", folder, COUNT_PLANTED)
    return next(found for history in recorded if (found := violation(history)))


def test_a_store_that_looks_before_it_takes_is_caught(tmp_path: Path) -> None:
    found = first_violation(planted.hasty_keys, keys_history.violation, tmp_path)
    said = str(found)
    assert said.startswith(f"no order of these operations on {found.key!r} explains their results:\n")
    assert said.count("claim()") >= 2, said
    assert len(found.operations) < 20, said


def test_a_store_that_takes_runs_from_the_living_is_caught(tmp_path: Path) -> None:
    found = first_violation(planted.ruthless_runs, runs_history.violation, tmp_path)
    assert str(found).count("claim()") >= 1, found


def test_work_that_fails_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(CrowdError, match="no attribute 'nothing'"):
        list(histories(f"{planted.__name__}:nothing", tmp_path / "a", 1))
    with pytest.raises(CrowdError, match="ZeroDivisionError"):
        list(histories(f"{planted.__name__}:fails", tmp_path / "b", 1))
