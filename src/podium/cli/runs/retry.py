"""`podium runs retry`."""

from dataclasses import dataclass

from podium.cli.decide import Asked, decide
from podium.cli.forms import DEFAULT_DB, By, Db, RunId, who
from podium.cli.verb import Verb
from podium.engine import inbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Send a failed run on from where it failed; what was finished is not done again."""

    run: RunId
    by: By = None
    db: Db = DEFAULT_DB


async def _retry(asked: Retry) -> int:
    body = {"by": who(asked.by)}
    return await decide(asked.db, Asked(run=asked.run, kind=inbox.RETRY, body=body, done="sent on"))


VERB = Verb(Retry, _retry, ("podium runs retry order-17",))
