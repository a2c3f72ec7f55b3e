"""`podium --help` pays for no verb."""

import subprocess
import sys

import pytest

from podium.cli.app import BREAKERS, ROUTE, RUNS, TASKS, TOKENS, VERBS, app

OURS = {"asyncio", "fast_sugiyama", "rich", "sqlite3", "starlette"}
TYPERS = {"pydantic", "pydantic_core"}
"""What typer itself imports once there is an option or argument to read."""
ASK = """
import sys
sys.argv = ["podium", *{words!r}]
import podium.cli
try:
    podium.cli.main()
finally:
    sys.stderr.write(" ".join(sorted({{name.partition(".")[0] for name in sys.modules}})))
"""


@pytest.mark.parametrize(
    ("words", "heavy"),
    [
        (["--help"], OURS | TYPERS),
        (["-h"], OURS | TYPERS),
        ([], OURS | TYPERS),
        (["runs", "--help"], OURS),
        (["tasks", "--help"], OURS),
    ],
)
def test_help_imports_nothing_heavy(words: list[str], heavy: set[str]) -> None:
    command = (sys.executable, "-c", ASK.format(words=words))
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    imported = set(ended.stderr.splitlines()[-1].split())
    assert "typer" in imported
    assert imported & heavy == set()
    assert "Usage: podium" in ended.stdout + ended.stderr


GROUPS = {"runs": RUNS, "tasks": TASKS, "breakers": BREAKERS, "route": ROUTE, "tokens": TOKENS}


@pytest.mark.parametrize(("group", "names"), [((), VERBS), *(((name,), verbs) for name, verbs in GROUPS.items())])
def test_every_verb_that_is_listed_is_there_with_a_help_and_an_example(
    group: tuple[str, ...], names: dict[str, str]
) -> None:
    inner = app()
    for name in group:
        inner = inner.get_command(None, name)
    for name, says in names.items():
        command = inner.get_command(None, name)
        assert command.name == name
        assert says.endswith(".")
        if name not in GROUPS:
            assert command.help
            assert f"  podium {' '.join((*group, name))}" in command.epilog
    assert inner.get_command(None, "nothing") is None
