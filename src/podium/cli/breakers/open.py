"""`podium breakers open`."""

from dataclasses import dataclass

from podium.cli.forms import DEFAULT_DB, By, Db, who
from podium.cli.switch import For, Name, Reason, give
from podium.cli.verb import Verb
from podium.engine.guard_store import BreakerSwitch, Override


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Let no call through a breaker: while what it stands before is mended, or sooner than it would open itself."""

    name: Name
    span: For = None
    reason: Reason = ""
    by: By = None
    db: Db = DEFAULT_DB


async def _open(asked: Open) -> int:
    order = Override(name=asked.name, switch=BreakerSwitch.OPEN, by=who(asked.by), reason=asked.reason)
    return await give(asked.db, order, span=asked.span, done="is forced open")


VERB = Verb(Open, _open, ("podium breakers open airline --for 10m --reason maintenance",))
