"""`podium backup`."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from podium.cli.database import Database, existing
from podium.cli.forms import DEFAULT_DB, Db
from podium.cli.interrupt import interruptible
from podium.cli.say import tell
from podium.cli.verb import Verb
from podium.errors import BadEngineUrlError
from podium.sqlite.backup import back_up


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """Write a copy of the database to a file, while workers run.

    The copy is what was committed at one moment, compact and checked. It is a copy, not a database: `podium restore`
    makes one of it. On a full disk, and after Ctrl-C, nothing is left.
    """

    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; nothing may be there.")]
    db: Db = DEFAULT_DB


async def _backup(asked: Backup) -> int:
    path = file_of(existing(asked.db))
    now_ms, begun = time.time_ns() // 1_000_000, time.monotonic()
    with interruptible() as stop:
        await asyncio.to_thread(back_up, path, asked.file, now_ms=now_ms, stops=stop.is_set)
    size = asked.file.stat().st_size / 1e6
    tell(f"{asked.file}: {size:.1f} MB in {time.monotonic() - begun:.1f} s")
    return 0


def file_of(at: Database) -> Path:
    """Return the file of a database; raise BadEngineUrlError where it is none."""
    if at.path is None:
        message = f"{at.url} is no file; only SQLite files are copied"
        raise BadEngineUrlError(message)
    return at.path


VERB = Verb(Backup, _backup, ("podium backup backup-2027-01-31.db",))
