"""`podium runs resume`."""

from dataclasses import dataclass

from podium.cli.database import Database, engine, existing
from podium.cli.decide import code_of
from podium.cli.follow import Stay, run_here
from podium.cli.forms import DEFAULT_DB, Db, Journal, RunId, Wait
from podium.cli.target import Target
from podium.cli.verb import Verb
from podium.engine.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """Run it in this terminal to its end, from where it stands.

    A run that another process holds is only watched. Output and exit codes are those of `podium run`.
    """

    run: RunId
    wait: Wait = False
    as_json: Journal = False
    db: Db = DEFAULT_DB


async def _resume(asked: Resume) -> int:
    at = existing(asked.db)
    target = await code_at(at, asked.run)

    async def begin(opened: Engine) -> str:
        return (await opened.resume(asked.run)).id

    return await run_here(target, begin, Stay(at=at, waits=asked.wait, as_json=asked.as_json))


async def code_at(at: Database, run_id: str) -> Target:
    """Return the code that a run was started with; raise as `code_of`."""
    async with engine(at) as opened:
        return code_of(await opened.info(run_id))


VERB = Verb(Resume, _resume, ("podium runs resume order-17",))
