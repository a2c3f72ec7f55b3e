"""The commands that the documentation shows exist, with their options."""

import re
import shlex
from typing import Any

import pytest

from tests.docs.pages import ROOT, pages

SHOWN = [(page.name, command) for page in pages() for command in page.commands()]
EXAMPLES = [
    (file.name, line.removeprefix("$ "))
    for file in sorted((ROOT / "examples").glob("*.py"))
    for line in file.read_text("utf-8").splitlines()
    if line.startswith("$ podium ")
]
PODIUM = [(place, line) for place, line in SHOWN + EXAMPLES if re.match(r"([A-Z_]+=\S* )*podium ", line)]
OTHERS = [(place, line) for place, line in SHOWN if (place, line) not in PODIUM]


def words(command: str) -> list[str]:
    """Return the words of a command, without a comment and what is set before it."""
    found = shlex.split(command, comments=True)
    while "=" in found[0]:
        found.pop(0)
    return found


def check(line: str) -> None:
    """Let the command line read a command without doing it; it raises what it would say to a person."""
    app: Any = pytest.importorskip("podium.cli.app", reason="the command line is not there yet")
    command = app.app()
    context = command.make_context(command.name, words(line)[1:])
    while hasattr(command, "get_command"):
        name, command, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        context = command.make_context(name, rest)


@pytest.mark.parametrize(("place", "command"), PODIUM)
def test_podium_command_is_understood(place: str, command: str) -> None:
    del place
    check(command)


@pytest.mark.parametrize(("place", "command"), OTHERS)
def test_other_command_is_make_or_pip(place: str, command: str) -> None:
    del place
    first, *rest = words(command)
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert (first == "make" and rest[0] in targets) or (first, rest[0]) == ("pip", "install")


def test_commands_are_seen() -> None:
    assert len(PODIUM) > 10
    assert {words(command)[1] for place, command in OTHERS if place == "README.md"} == {"demo", "test"}
