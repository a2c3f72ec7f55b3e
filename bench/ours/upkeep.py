"""Workers that go on while a large file is pruned, copied and migrated: how long nothing was committed."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from bench.meter import bytes_in, drive, scratch
from bench.ours.chain import Count, chain_of, url_in
from podium import Engine
from podium.sqlite import migrations
from podium.sqlite.schema import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from podium.engine.embedded import Embedded

LOADS = 4
"""Runs of ten reading steps that the load has under way at any time."""

QUIET_S = 10
OLD_VERSION = 3

STOP = "stop"


def pauses(*, runs: int) -> dict[str, float]:
    """Measure the longest gap between commits of a loaded worker, alone and beside each kind of upkeep."""
    with scratch() as folder:
        asyncio.run(_fill(folder, runs))
        return _beside_load(folder, runs) | {"ms that migrating holds the lock": _migration_ms(folder)}


async def _fill(folder: Path, runs: int) -> None:
    machine = chain_of("read")
    async with Engine(url_in(folder)) as engine:

        async def one(number: int) -> None:
            await (await engine.start(machine, Count(), id=f"old-{number}")).result()

        await drive(one, runs=runs, concurrency=200)


def _beside_load(folder: Path, runs: int) -> dict[str, float]:
    code = f"from bench.ours.upkeep import load; load({str(folder)!r})"
    figures: dict[str, float] = {"MB in the file": bytes_in(folder) / 1e6}
    spans: dict[str, tuple[float, float]] = {}
    path, copy = folder / "podium.db", folder / "copy.db"
    verbs: dict[str, tuple[str, ...]] = {
        "backup": ("backup", str(copy)),
        "prune": ("prune", "--older-than", "1s", "--workflow", "chain-read"),
    }
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline()
        spans["nothing"] = _timed(lambda: time.sleep(QUIET_S))
        for name, words in verbs.items():
            command = (sys.executable, "-m", "podium.cli", *words, "--db", str(path))
            spans[name] = _timed(partial(subprocess.run, command, check=True, capture_output=True))
        process.stdin.close()
        stamps: list[float] = json.loads(process.stdout.read())
    for name, (begun, ended) in spans.items():
        gaps = [later - at for at, later in pairwise(stamps) if later > begun and at < ended]
        figures |= {
            f"{name}: s": ended - begun,
            f"{name}: commits/s beside it": len(gaps) / (ended - begun),
            f"{name}: longest ms without a commit": max(gaps) * 1000,
        }
    figures["backup: MB"] = copy.stat().st_size / 1e6
    figures["prune: runs/s"] = runs / figures["prune: s"]
    return figures


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    begun = time.time()
    work()
    return begun, time.time()


def load(folder: str) -> None:
    """Keep a worker busy until standard input ends; print when it committed."""
    asyncio.run(_load(Path(folder)))


async def _load(folder: Path) -> None:
    stamps: list[float] = []
    machine = chain_of("read", name="load")
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    async with Engine(url_in(folder)) as engine:
        host = cast("Embedded", engine.backend).host
        told = host.committed

        def committed(ticket: int, lost: Collection[str]) -> None:
            stamps.append(time.time())
            told(ticket, lost)

        host.committed = committed  # type: ignore[method-assign]  # stands in for a listener
        loop.run_in_executor(None, lambda: (sys.stdin.read(), loop.call_soon_threadsafe(stop.set)))

        async def one(_: int) -> None:
            while not stop.is_set():
                await (await engine.start(machine, Count())).result()

        print("ready", flush=True)
        await drive(one, runs=LOADS, concurrency=LOADS)
    print(json.dumps(stamps))


def _migration_ms(folder: Path) -> float:
    """Return how long it takes to bring the file from an older version to the current one."""
    path = folder / "old.db"
    shutil.copyfile(folder / "copy.db", path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        _age(connection)
        begun = time.perf_counter()
        migrations.migrate(connection, path)
        took = time.perf_counter() - begun
        assert migrations.check(connection, path) == VERSION
    return took * 1000


def _age(connection: sqlite3.Connection) -> None:
    """Take away what came after OLD_VERSION."""
    for table in ("pruned", "leftovers", "blob_uses"):
        connection.execute(f"DROP TABLE {table}")
    for table, column in (("journal", "crc"), ("snapshots", "crc"), ("runs", "restored_at")):
        connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    found: Any = OLD_VERSION
    connection.execute("UPDATE meta SET value = ? WHERE name = 'schema_version'", (found,))
