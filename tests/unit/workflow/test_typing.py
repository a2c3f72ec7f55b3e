"""What mypy accepts and rejects of workflows: `accept_*` is clean, `reject_*` expects what it says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = sorted((ROOT / "tests" / "typing").glob("*.py"))
EXPECTED = re.compile(r"# E: (.+)$")
FOUND = re.compile(r"^(?P<file>[^:]+):(?P<line>\d+): error: (?P<message>.+)$")


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, int], str]:
    """Return what mypy says, by file and line."""
    names = [path.relative_to(ROOT).as_posix() for path in SAMPLES]
    command = (sys.executable, "-m", "mypy", "--strict", *names)
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True)
    assert ended.stderr == ""
    messages: dict[tuple[str, int], str] = {}
    for line in ended.stdout.splitlines():
        if match := FOUND.match(line):
            place = Path(match["file"]).name, int(match["line"])
            messages[place] = f"{messages.get(place, '')}{match['message']}\n"
    return messages


def test_there_are_samples_of_both_kinds() -> None:
    assert {path.name.partition("_")[0] for path in SAMPLES} == {"accept", "reject"}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_mypy_says_what_the_sample_expects_and_nothing_else(path: Path, found: dict[tuple[str, int], str]) -> None:
    lines = enumerate(path.read_text("utf-8").splitlines(), start=1)
    expected = {number: match[1] for number, line in lines if (match := EXPECTED.search(line))}
    said = {number: message for (name, number), message in found.items() if name == path.name}
    assert said.keys() == expected.keys()
    for number, text in expected.items():
        assert text in said[number]


def test_a_sample_that_is_to_be_rejected_expects_something() -> None:
    for path in SAMPLES:
        assert ("# E: " in path.read_text("utf-8")) == path.name.startswith("reject_")
