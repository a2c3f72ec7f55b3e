"""`podium runs report`."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from podium.cli.database import engine, existing
from podium.cli.forms import DEFAULT_DB, Db, RunId
from podium.cli.say import note, tell
from podium.cli.verb import Verb
from podium.errors import BadTargetError
from podium.views.record import record_of
from podium.views.report import report


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Write a run as one HTML file that needs nothing else: picture, timeline, steps, journal. No script is in it."""

    run: RunId
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file, not to standard output.")
    ] = None
    db: Db = DEFAULT_DB


async def _report(asked: Report) -> int:
    async with engine(existing(asked.db)) as opened:
        found = await record_of(opened, asked.run)
    page = report(found, now_ms=time.time_ns() // 1_000_000)
    if asked.output is None:
        tell(page.removesuffix("\n"))
        return 0
    try:
        asked.output.write_text(page, "utf-8")
    except OSError as error:
        message = f"{asked.output} can not be written: {error}"
        raise BadTargetError(message) from error
    note(f"wrote {asked.output}")
    return 0


VERB = Verb(Report, _report, ("podium runs report order-17 -o order-17.html",))
