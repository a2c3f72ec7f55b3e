"""`podium runs parked`."""

from dataclasses import asdict, dataclass

from podium.cli.database import engine, existing
from podium.cli.ending import parked
from podium.cli.forms import DEFAULT_DB, AsJson, Db
from podium.cli.say import json_text, parsed, tell
from podium.cli.verb import Verb
from podium.engine.ports import ParkedStep, RunFilter, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """List steps that wait for a decision, what is known of each, and the commands that decide."""

    as_json: AsJson = False
    db: Db = DEFAULT_DB


async def _parked(asked: Parked) -> int:
    at = existing(asked.db)
    async with engine(at) as opened:
        steps = await opened.parked()
        runs = await opened.runs(RunFilter(statuses=(Status.PARKED,), limit=1000))
    if asked.as_json:
        tell(json_text([_plain(step) for step in steps], indent=2))
        return 0
    for step in steps:
        first, *rest = parked(step, at)
        tell("\n".join((f"{step.run_id}: {first}", *rest)))
    whole = [info for info in runs if info.id not in {step.run_id for step in steps}]
    for info in whole:
        tell(f"{info.id}: {info.error or 'no reason is on record'}")
    if not steps and not whole:
        tell("nothing is parked")
    return 0


def _plain(step: ParkedStep) -> dict[str, object]:
    return {**asdict(step), "args": parsed(step.args) if step.args else None}


VERB = Verb(Parked, _parked, ("podium runs parked",))
