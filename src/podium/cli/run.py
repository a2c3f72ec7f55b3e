"""`podium run`: start a run and stay with it."""

from dataclasses import dataclass
from typing import Annotated

import typer

from podium.cli.database import database
from podium.cli.follow import Stay, run_here
from podium.cli.forms import DEFAULT_DB, Db, Journal, NewId, TargetName, Wait
from podium.cli.given import given
from podium.cli.target import load
from podium.cli.verb import Verb
from podium.engine.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Run a workflow in this terminal.

    Progress goes to standard error, the result as JSON to standard output. The first Ctrl-C leaves the run so that it
    can be resumed, the second kills. A run that only waits for people ends the command, unless --wait.
    """

    target: TargetName
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FIELD=VALUE",
            help="The input, field by field; JSON where it fits, else text. A workflow of one text takes that alone.",
        ),
    ] = None
    input: Annotated[
        str | None,
        typer.Option("--input", "-i", metavar="JSON|@FILE|-", help="The input as JSON: itself, a file's, or stdin's."),
    ] = None
    id: NewId = None
    db: Db = DEFAULT_DB
    wait: Wait = False
    as_json: Journal = False


async def _run(asked: Run) -> int:
    target = load(asked.target)
    fields = given(target.workflow, asked.input, asked.words or ())
    run_id = asked.id

    async def begin(engine: Engine) -> str:
        return (await engine.start_fields(target.workflow, fields, id=run_id, target=target.text)).id

    stay = Stay(at=database(asked.db), waits=asked.wait, as_json=asked.as_json)
    return await run_here(target, begin, stay)


VERB = Verb(
    Run,
    _run,
    (
        "podium run app.py city=Busan nights=2",
        'podium run app:travel -i \'{"city": "Busan"}\' --id order-17',
        'podium run desk.py:desk "fly me to Busan"',
    ),
)
