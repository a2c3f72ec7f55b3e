"""`podium breakers disable`."""

from dataclasses import dataclass

from podium.cli.forms import DEFAULT_DB, By, Db, who
from podium.cli.switch import For, Name, Reason, give
from podium.cli.verb import Verb
from podium.engine.guard_store import BreakerSwitch, Override


@dataclass(frozen=True, slots=True, kw_only=True)
class Disable:
    """Let every call through a breaker, whatever fails: when it is wrong about what it stands before."""

    name: Name
    span: For = None
    reason: Reason = ""
    by: By = None
    db: Db = DEFAULT_DB


async def _disable(asked: Disable) -> int:
    order = Override(name=asked.name, switch=BreakerSwitch.DISABLED, by=who(asked.by), reason=asked.reason)
    return await give(asked.db, order, span=asked.span, done="is disabled")


VERB = Verb(Disable, _disable, ("podium breakers disable airline --for 1h --by ada",))
