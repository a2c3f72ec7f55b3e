"""`podium runs parked`."""

from dataclasses import dataclass
from typing import Annotated

import typer

from podium.cli.database import Database, engine, existing
from podium.cli.decision import brief, lines_of, plain, plain_step
from podium.cli.forms import DEFAULT_DB, AsJson, Db
from podium.cli.say import note, tell
from podium.cli.verb import Verb
from podium.engine.engine import Engine
from podium.engine.ports import RunFilter, Status
from podium.views.legible import json_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """List steps that wait for a decision; with RUN, all that is known of each, and the commands that decide."""

    run: Annotated[str | None, typer.Argument(metavar="[RUN]", help="The run's id.", show_default=False)] = None
    as_json: AsJson = False
    db: Db = DEFAULT_DB


async def _parked(asked: Parked) -> int:
    at = existing(asked.db)
    async with engine(at) as opened:
        await (_all(opened, asked, at) if asked.run is None else _one(opened, asked, asked.run, at))
    return 0


async def _one(opened: Engine, asked: Parked, run: str, at: Database) -> None:
    found = await (await opened.get(run)).parked()
    if asked.as_json:
        tell(json_text([plain(record) for record in found], indent=2))
        return
    for record in found:
        tell("\n".join(lines_of(record, at)))
    if not found:
        tell("nothing is parked")


async def _all(opened: Engine, asked: Parked, at: Database) -> None:
    steps = await opened.parked()
    runs = await opened.runs(RunFilter(statuses=(Status.PARKED,), limit=1000))
    if asked.as_json:
        tell(json_text([plain_step(step) for step in steps], indent=2))
        return
    for step in steps:
        tell(f"{step.run_id}: {brief(step)}")
    whole = [info for info in runs if info.id not in {step.run_id for step in steps}]
    for info in whole:
        tell(f"{info.id}: {info.error or 'no reason is on record'}")
    if steps:
        note(f"what is known of each, and how to decide: {at.command('runs', 'parked', steps[0].run_id)}")
    if not steps and not whole:
        tell("nothing is parked")


VERB = Verb(Parked, _parked, ("podium runs parked", "podium runs parked order-17"))
