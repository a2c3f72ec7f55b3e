"""A sample of the replay of public agent benchmarks: every fault, every kind of server, processes killed for real."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

pytestmark = [pytest.mark.process, pytest.mark.slow]

ROOT = Path(__file__).parents[3]
SHARE = {"of": 1, "number": 0, "nth": 90}
WRONG = ("wrong_ends", "wrong_replies", "half_done", "duplicates")


def played(side: str, **arguments: object) -> dict[str, Counter[str]]:
    """Play a few tasks in a process of their own, and return what was counted, by server and fault."""
    command = [sys.executable, "-m", "bench.child", f"bench.{side}:measured", json.dumps(SHARE | arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr
    counts: dict[str, Counter[str]] = {}
    for name, count in json.loads(done.stdout.splitlines()[-1]).items():
        server_and_fault, _, what = name.rpartition("|")
        counts.setdefault(server_and_fault, Counter())[what] = count
    return counts


@pytest.fixture(scope="module")
def counts() -> dict[str, Counter[str]]:
    """Play them on Podium."""
    return played("ours.replay")


def test_benchmark_tasks_end_completed_or_undone_whatever_fails(counts: dict[str, Counter[str]]) -> None:
    assert len(counts) == 15
    assert {name: [found[what] for what in WRONG] for name, found in counts.items()} == dict.fromkeys(counts, [0] * 4)
    for name, found in counts.items():
        fails = "permanent" in name
        assert found["cases"] > 0
        assert found["undone" if fails else "completed"] == found["cases"], name


def test_only_writes_that_nobody_can_speak_for_park(counts: dict[str, Counter[str]]) -> None:
    parked = {name for name, found in counts.items() if found["parked"]}
    in_doubt = ("error before effect", "reply lost", "crash after effect", "permanent failure, crash in the undo")
    assert parked == {f"neither|{fault}" for fault in in_doubt}


def test_what_is_counted_can_be_wrong() -> None:
    wrong = sum(played("peers.plain_replay", has_keys=False).values(), Counter[str]())
    assert all(wrong[what] for what in WRONG), wrong
