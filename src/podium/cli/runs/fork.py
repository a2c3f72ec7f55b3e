"""`podium runs fork`."""

from dataclasses import dataclass
from typing import Annotated

import typer

from podium.cli.database import existing
from podium.cli.follow import Stay, run_here
from podium.cli.forms import DEFAULT_DB, Db, Journal, NewId, RunId, Wait
from podium.cli.runs.resume import code_at
from podium.cli.say import note
from podium.cli.verb import Verb
from podium.engine.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Fork:
    """Begin a new run as a copy, and run it in this terminal.

    It owes nothing for what it copied, and calls no tool that writes unless --writes. Output and exit codes are those
    of `podium run`.
    """

    run: RunId
    at: Annotated[
        int | None, typer.Option("--at", min=1, metavar="N", help="Copy it as it was after its event N; else as it is.")
    ] = None
    writes: Annotated[bool, typer.Option("--writes", help="Let it call tools that write, under new keys.")] = False
    id: NewId = None
    wait: Wait = False
    as_json: Journal = False
    db: Db = DEFAULT_DB


async def _fork(asked: Fork) -> int:
    at = existing(asked.db)
    target = await code_at(at, asked.run)

    async def begin(opened: Engine) -> str:
        parent = await opened.get(asked.run)
        copy = await parent.fork(at=asked.at, id=asked.id, writes=asked.writes)
        note(f"run {copy.id} is a copy of {parent.id}")
        return copy.id

    return await run_here(target, begin, Stay(at=at, waits=asked.wait, as_json=asked.as_json))


VERB = Verb(Fork, _fork, ("podium runs fork order-17 --at 12 --id order-17b",))
