"""`podium runs export`."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from podium.cli.database import engine, existing
from podium.cli.follow import unseen
from podium.cli.forms import DEFAULT_DB, Db, RunId
from podium.cli.say import note, tell
from podium.cli.verb import Verb
from podium.engine.engine import Engine
from podium.errors import BadTargetError
from podium.views.lines import event_line, header_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """Write a run's journal as JSON lines: first the run and its graph, then its events, oldest first.

    A journal that can not be read is an error that names the event; with --output, no file is left then.
    """

    run: RunId
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file, not to standard output.")
    ] = None
    db: Db = DEFAULT_DB


async def _export(asked: Export) -> int:
    async with engine(existing(asked.db)) as opened:
        if asked.output is None:
            async for text in _lines(opened, asked.run):
                tell(text)
            return 0
        lines = [text async for text in _lines(opened, asked.run)]
    try:
        asked.output.write_text("\n".join(lines) + "\n", "utf-8")
    except OSError as error:
        message = f"{asked.output} can not be written: {error}"
        raise BadTargetError(message) from error
    note(f"wrote {asked.output}")
    return 0


async def _lines(opened: Engine, run_id: str) -> AsyncIterator[str]:
    loaded = await opened.load(run_id, upto=0)
    yield header_line(loaded.info, loaded.graph)
    async for number, event in unseen(opened, run_id):
        yield event_line(number, event)


VERB = Verb(Export, _export, ("podium runs export order-17 -o order-17.jsonl",))
