"""`podium runs cancel`."""

from dataclasses import dataclass
from typing import Annotated

import typer

from podium.cli.decide import Asked, decide
from podium.cli.forms import DEFAULT_DB, By, Db, RunId, who
from podium.cli.verb import Verb
from podium.engine import inbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """Call a run off.

    Nothing new starts in it. A write that may have been sent settles first, so this may take a worker.
    """

    run: RunId
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it is kept.")] = ""
    by: By = None
    db: Db = DEFAULT_DB


async def _cancel(asked: Cancel) -> int:
    body = {"reason": asked.reason, "by": who(asked.by)}
    return await decide(asked.db, Asked(run=asked.run, kind=inbox.CANCEL, body=body, done="called off"))


VERB = Verb(Cancel, _cancel, ('podium runs cancel order-17 --reason "ordered twice"',))
