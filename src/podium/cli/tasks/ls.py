"""`podium tasks ls`."""

from dataclasses import asdict, dataclass
from typing import Annotated

import typer

from podium.cli.database import engine, existing
from podium.cli.forms import DEFAULT_DB, AsJson, Db
from podium.cli.say import note, tell
from podium.cli.table import print_table, when
from podium.cli.verb import Verb
from podium.engine.ports import HumanTask
from podium.views.legible import json_text, parsed


@dataclass(frozen=True, slots=True, kw_only=True)
class Ls:
    """List open questions, oldest first."""

    run: Annotated[str | None, typer.Option("--run", metavar="RUN", help="Only of this run.")] = None
    as_json: AsJson = False
    db: Db = DEFAULT_DB


async def _ls(asked: Ls) -> int:
    at = existing(asked.db)
    async with engine(at) as opened:
        found = await opened.tasks(run_id=asked.run)
    if asked.as_json:
        tell(json_text([_plain(task) for task in found], indent=2))
    elif found:
        print_table(("TASK", "ASKED", "UNTIL", "QUESTION", "ABOUT"), map(_row, found))
        note(f"answer one: {at.command('tasks', 'answer', found[0].id, '--approve')}")
    else:
        tell("nobody is asked anything")
    return 0


def _row(task: HumanTask) -> tuple[str, ...]:
    return task.id, when(task.asked_at), when(task.until), task.title, task.context


def _plain(task: HumanTask) -> dict[str, object]:
    texts = {"context": parsed(task.context), "schema": parsed(task.schema)}
    return {"id": task.id, **asdict(task), **texts, "answer": None}


VERB = Verb(Ls, _ls, ("podium tasks ls",))
