"""SIGKILL at each commit of a run: what the processes sent together is one right tree."""

from pathlib import Path
from typing import Any

import pytest

from tests.integration.crash.conftest import Start, start
from tests.integration.crash.outside import Outside
from tests.integration.crash.worker import Job
from tests.integration.telemetry.kept import kept_in, shape, union

pytestmark = [pytest.mark.process, pytest.mark.slow]

_ = start  # the fixture

AT_ONCE, AT_THE_END = 0.01, 3600.0


def served(start: Start, outside: Outside, workflow: str, sends_after_s: float, **dies: Any) -> Any:
    """Let a process bring the run to its end; None when it was killed."""
    rest = {"workflows": [workflow], "starts": {"one": workflow}, "sends_after_s": sends_after_s}
    return start(Job("serve", outside, rest=rest, **dies)).end()


@pytest.mark.parametrize(
    ("workflow", "sends_after_s"), [("keying", AT_ONCE), ("ten", AT_THE_END)], ids=["sent at once", "nothing was sent"]
)
def test_killed_after_every_record_all_spans_are_one_right_tree(
    start: Start, tmp_path: Path, workflow: str, sends_after_s: float
) -> None:
    calm = Outside(tmp_path / "calm")
    calm.folder.mkdir()
    assert served(start, calm, workflow, AT_THE_END) == {"one": "completed"}
    wanted = shape(union(kept_in(calm.folder)))
    assert len(kept_in(calm.folder)) == len(wanted), "each was told once"
    number, was_killed = 0, True
    while was_killed:
        outside = Outside(tmp_path / f"{number}")
        outside.folder.mkdir()
        was_killed = served(start, outside, workflow, sends_after_s, dies_after=number, is_eager=True) is None
        assert served(start, outside, workflow, AT_THE_END) == {"one": "completed"}
        assert shape(union(kept_in(outside.folder))) == wanted, number
        number += 1
    assert number > 3
