"""The disk is full: nothing new starts, people see why, and all goes on by itself when there is room."""

import json
import subprocess
import sys
from typing import Any

import pytest

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.part("mount")]

MOUNT = 'mount -t tmpfs -o size=8m none "$1" && exec "$0" -m tests.integration.disk.full "$1" "$2"'


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what a process saw whose disk was full for a while."""
    folder = tmp_path_factory.mktemp("full")
    disk, elsewhere = folder / "disk", folder / "elsewhere"
    disk.mkdir()
    elsewhere.mkdir()
    command = ("unshare", "--map-root-user", "--mount", "sh", "-c", MOUNT, sys.executable, str(disk), str(elsewhere))
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout)
    return {**told, "log": done.stderr}


def test_nothing_new_starts_while_the_disk_is_full_and_everybody_can_see_why(seen: dict[str, Any]) -> None:
    assert seen["sent_while_full"] == ["Busan"], "what was sent before"
    assert "no room on the disk" in seen["stalled"]
    assert "nothing new starts until it goes on" in seen["log"]
    assert "no room on the disk" in seen["show"]
    assert "one" in seen["ls"]


def test_all_goes_on_by_itself_when_there_is_room_and_nothing_is_lost_or_done_twice(seen: dict[str, Any]) -> None:
    assert "the store goes on" in seen["log"]
    assert seen["results"] == ["approve done", "Busan! done"]
    assert seen["tried"] == seen["done"]
    assert sorted(seen["done"]) == sorted(["Busan", "Busan!", "approve", "Busan!", "Jeju", "Jeju!", "approve"])


def test_value_that_is_too_large_for_the_room_there_is_waits_for_more(seen: dict[str, Any]) -> None:
    before, sent = seen["blob"]
    assert before > 1, "what came before it is on disk"
    assert sent == "approve done"


def test_key_is_not_granted_while_the_disk_is_full_and_is_afterwards(seen: dict[str, Any]) -> None:
    claim, complete, again = seen["keys"]
    assert "full" in claim
    assert "full" in complete
    assert again == "done"
