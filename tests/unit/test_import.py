"""`import podium` makes names available and does nothing else."""

import json
import subprocess
import sys
from importlib import resources

import pytest

import podium

# Each is behind a door: a CLI verb, an extra, the URL of an engine, a picture.
BEHIND_A_DOOR = (
    "fast_sugiyama",
    "httpx",
    "pydantic_ai",
    "rich",
    "sqlite3",
    "starlette",
    "temporalio",
    "typer",
    "uvicorn",
)

# Asked of a fresh interpreter, before the import and after it.
STATE = """
import gc, json, logging, os, signal, sys, threading, warnings

def state():
    handlers = {str(s): repr(signal.getsignal(s)) for s in signal.valid_signals()}
    return {
        "threads": [thread.name for thread in threading.enumerate()],
        "loops": [repr(o) for o in gc.get_objects() if type(o).__name__.endswith("EventLoop")],
        "logging": [repr(logging.root.handlers), logging.root.level, repr(logging.lastResort)],
        "warnings": [repr(warnings.showwarning), repr(warnings.filters)],
        "hooks": [repr(sys.excepthook), repr(sys.unraisablehook), repr(sys.settrace)],
        "signals": handlers,
        "environment": [dict(os.environ), os.getcwd()],
        "files": sorted(os.listdir(".")),
    }

before = state()
import podium
print(json.dumps({"before": before, "after": state(), "modules": sorted(sys.modules)}))
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    command = (sys.executable, "-c", STATE)
    ended = subprocess.run(command, cwd=tmp_path_factory.mktemp("empty"), capture_output=True, check=True, text=True)
    assert ended.stderr == ""
    found: dict[str, object] = json.loads(ended.stdout)
    return found


def test_import_starts_nothing(seen: dict[str, object]) -> None:
    assert seen["after"] == seen["before"]


@pytest.mark.parametrize("module", BEHIND_A_DOOR)
def test_import_leaves_what_is_behind_a_door(seen: dict[str, object], module: str) -> None:
    modules = seen["modules"]
    assert isinstance(modules, list)
    assert "podium" in modules
    assert module not in modules


def test_package_tells_type_checkers_that_it_is_typed() -> None:
    assert (resources.files(podium) / "py.typed").is_file()
