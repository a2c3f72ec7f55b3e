"""`podium replay`: a journal, event by event."""

import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.live import Live

from podium.cli.database import engine, existing
from podium.cli.forms import DEFAULT_DB, AsJson, Db
from podium.cli.say import tell
from podium.cli.stepping import Stepping
from podium.cli.table import console
from podium.cli.verb import Verb
from podium.cli.view import is_live
from podium.errors import BadTargetError, RefusedError
from podium.export_errors import BadExportError
from podium.views.exported import from_outside, read_export
from podium.views.journal_rows import journal_row
from podium.views.legible import json_text
from podium.views.record import Record, record_of
from podium.views.rows import run_row

_PLAY_S = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """Show how a run stood after each of its events, and step through them with the keys of a terminal.

    Elsewhere it is printed as it stood in the end, or after --at. Nothing is run, and nothing changes.
    """

    run: Annotated[
        str, typer.Argument(metavar="FILE|RUN", help="What `podium runs export` wrote, or the id of a run in --db.")
    ]
    at: Annotated[int | None, typer.Option("--at", metavar="SEQ", help="Begin after the event of this number.")] = None
    json: AsJson = False
    db: Db = DEFAULT_DB


async def _replay(asked: Replay) -> int:
    run = _of_file(Path(asked.run)) or await _of_database(asked)
    if asked.at is not None and not 0 <= asked.at <= len(run.events):
        message = f"run {run.info.id} has events 1 to {len(run.events)}; there is no event {asked.at}"
        raise RefusedError(message)
    with from_outside():
        _show(run, asked)
    return 0


def _of_file(file: Path) -> Record | None:
    """Return what a file holds; None where there is none."""
    if not file.is_file():
        return None
    try:
        with file.open(encoding="utf-8", errors="surrogateescape", newline="\n") as lines:
            return read_export(lines)
    except (OSError, BadExportError) as error:
        message = f"{file} can not be read: {error}"
        raise BadTargetError(message) from error


async def _of_database(asked: Replay) -> Record:
    async with engine(existing(asked.db)) as opened:
        return await record_of(opened, asked.run)


def _show(run: Record, asked: Replay) -> None:
    if not asked.json and is_live() and sys.stdin.isatty() and find_spec("termios") is not None:
        _step_through(Stepping(run, 1 if asked.at is None else asked.at))
        return
    stepping = Stepping(run, len(run.events) if asked.at is None else asked.at)
    if asked.json:
        tell(json_text(_plain(stepping), indent=2))
    else:
        console().print(stepping.drawn(helps=False))


def _plain(stepping: Stepping) -> dict[str, Any]:
    """Return how a run stood, for programs."""
    story, event = stepping.story, stepping.event
    return {
        "run": run_row(stepping.run.info).model_dump(mode="json"),
        "event": None if event is None else journal_row(stepping.at, event).model_dump(mode="json"),
        "standing": story.standing().model_dump(mode="json"),
        "steps": [line.model_dump(mode="json") for line in story.steps()],
    }


def _step_through(stepping: Stepping) -> None:
    from podium.cli.keys import Key, pressed_keys  # noqa: PLC0415  # door: only where terminals have them

    screen = Console(stderr=True, highlight=False, markup=False, emoji=False)
    with suppress(KeyboardInterrupt), pressed_keys() as keys, Live(console=screen, auto_refresh=False) as live:
        while True:
            live.update(stepping.drawn(helps=True), refresh=True)
            pressed = keys.wait(_PLAY_S if stepping.plays else None)
            if pressed is None or Key.QUIT in pressed:
                return
            for key in pressed:
                stepping.press(key)
            if not pressed:
                stepping.play()


VERB = Verb(Replay, _replay, ("podium replay order-17.jsonl", "podium replay order-17 --at 12"))
