"""What it costs to be there at all: `import podium` and `podium --help`.

The floor imports what Podium can not do without: asyncio, sqlite3 and
pydantic's models.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import venv
from importlib import metadata
from pathlib import Path

from bench.harness import Goal, Options, Plan, Row, probe
from bench.meter import scratch

ROOT = Path(__file__).parent.parent
CPU, RSS, DISTRIBUTIONS = "CPU ms", "RSS MB", "distributions"
FLOOR = "import asyncio, sqlite3; from pydantic import BaseModel"
EMBEDDED = "from podium.routing.embedding.static import static_embedder; static_embedder().embed(['a text'])"

_STARTS = 5
_NOT_COUNTED = {"pip", "setuptools", "podium"}
_BYTES_PER_RSS = 1 if sys.platform == "darwin" else 1024
_INSTALLS = (("core", "", 6), ("cli", "[cli]", 13))


def plan(options: Options) -> Plan:
    """Return CPU and memory of both, and distributions if asked for."""
    floor = probe("floor", "imports:start", code=FLOOR)
    peer = probe("LangGraph", "imports:start", mode="import langgraph.graph", code="import langgraph.graph")
    goals = {CPU: Goal("≤", 1.5, "floor"), RSS: Goal("≤", 40)}
    ours = {
        "import podium": probe("Podium", "imports:start", code="import podium"),
        "podium --help": probe("Podium", "imports:start_help"),
    }
    rows = [
        Row(work, figure, each, peer, floor, goals=(goal,))
        for work, each in ours.items()
        for figure, goal in goals.items()
    ]
    embedded = probe("Podium", "imports:start", code=EMBEDDED)
    numpy = probe("floor", "imports:start", code="import numpy")
    rows.append(Row("import and load the default embedder", CPU, embedded, None, numpy, goals=(Goal("≤", 150),)))
    if not options.clean_venv:
        return Plan(tuple(rows), ("imports: distributions (--clean-venv counts them; needs a package index)",))
    return Plan((*rows, *_distributions()))


def start(*, code: str) -> dict[str, float]:
    """Measure a fresh interpreter that runs `code` and ends."""
    return _started([sys.executable, "-c", code])


def start_help() -> dict[str, float]:
    """Measure `podium --help` as it is installed beside this interpreter."""
    return _started([str(Path(sys.executable).with_name("podium")), "--help"])


def installed(*, requirements: str) -> dict[str, float]:
    """Install into a new virtual environment and count what came along, Podium itself not counted."""
    with scratch() as folder:
        venv.create(folder, with_pip=True)
        python = str(folder / "bin" / "python")
        pip = [python, "-m", "pip", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "--quiet", *requirements.split()], check=True, stdout=sys.stderr)
        listed = subprocess.run([*pip, "list", "--format=json"], check=True, capture_output=True)
    names = {found["name"] for found in json.loads(listed.stdout)}
    return {DISTRIBUTIONS: len(names - _NOT_COUNTED)}


def _distributions() -> list[Row]:
    names = ("langgraph", "langgraph-checkpoint-sqlite")
    theirs = " ".join(f"{name}=={metadata.version(name)}" for name in names)
    peer = probe("LangGraph", "imports:installed", mode="with SQLite", once=True, requirements=theirs)
    return [
        Row(
            f"install podium, {what}",
            DISTRIBUTIONS,
            probe("Podium", "imports:installed", once=True, requirements=f"{ROOT}{extra}"),
            peer,
            goals=(Goal("≤", limit),),
        )
        for what, extra, limit in _INSTALLS
    ]


def _started(command: list[str]) -> dict[str, float]:
    """Return the median of a few starts; the first, which may compile, is not counted."""
    measured = [_one(command) for _ in range(_STARTS + 1)][1:]
    return {figure: statistics.median(each[figure] for each in measured) for figure in (CPU, RSS)}


def _one(command: list[str]) -> dict[str, float]:
    """Start `command` and wait for it.

    The system reports a child's memory as at least what its parent had when it
    was started, which is why this process imports little.

    Raises:
        CalledProcessError: It did not end well, so its figures mean nothing.
    """
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    _, status, usage = os.wait4(os.posix_spawn(command[0], command, os.environ, file_actions=quiet), 0)
    if status:
        raise subprocess.CalledProcessError(os.waitstatus_to_exitcode(status), command)
    return {CPU: (usage.ru_utime + usage.ru_stime) * 1000, RSS: usage.ru_maxrss * _BYTES_PER_RSS / 1e6}
