"""`podium breakers auto`."""

from dataclasses import dataclass

from podium.cli.forms import DEFAULT_DB, By, Db, who
from podium.cli.switch import Name, Reason, give
from podium.cli.verb import Verb
from podium.engine.guard_store import BreakerSwitch, Override


@dataclass(frozen=True, slots=True, kw_only=True)
class Auto:
    """Let a breaker decide by itself again; it begins closed, and what made it open is forgotten."""

    name: Name
    reason: Reason = ""
    by: By = None
    db: Db = DEFAULT_DB


async def _auto(asked: Auto) -> int:
    order = Override(name=asked.name, switch=BreakerSwitch.AUTO, by=who(asked.by), reason=asked.reason)
    return await give(asked.db, order, span=None, done="decides by itself")


VERB = Verb(Auto, _auto, ("podium breakers auto airline",))
