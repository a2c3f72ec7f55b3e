"""A few repetitions of the chaos: workers killed, frozen, upgraded, the clock jumping; nothing lost, nothing twice."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.process, pytest.mark.slow]

ROOT = Path(__file__).parents[3]
TROUBLE = ("killed", "frozen", "replaced", "jumps", "taken over", "answers", "parked for want of code")


@pytest.fixture(scope="module")
def chaos(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Go through it in a process of its own, and return its record."""
    record = tmp_path_factory.mktemp("chaos") / "chaos.json"
    command = [sys.executable, "-m", "bench", "chaos", "--repetitions", "5", "--json", str(record)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=590, check=False)
    assert record.exists(), done.stdout + done.stderr
    return json.loads(record.read_text())["chaos"]


def test_no_run_is_lost_and_no_act_done_twice_whatever_is_done_to_the_workers(chaos: Any) -> None:
    assert chaos["wrong"] == []


def test_chaos_has_all_the_trouble_that_it_claims(chaos: Any) -> None:
    assert {name: chaos["figures"].get(name, 0) > 0 for name in TROUBLE} == dict.fromkeys(TROUBLE, True)
