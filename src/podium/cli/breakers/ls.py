"""`podium breakers ls`."""

from dataclasses import asdict, dataclass

from podium.cli.database import engine, existing
from podium.cli.forms import DEFAULT_DB, AsJson, Db
from podium.cli.guarded import state_words
from podium.cli.say import note, tell
from podium.cli.table import print_table, when
from podium.cli.verb import Verb
from podium.engine.engine import Engine
from podium.engine.guarding import BreakerInfo
from podium.guard.breaker import BreakerState
from podium.views.legible import json_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Ls:
    """List the breakers of all workers: what each does, until when, what opened it, and who gave orders about it."""

    as_json: AsJson = False
    db: Db = DEFAULT_DB


async def _ls(asked: Ls) -> int:
    at = existing(asked.db)
    async with engine(at) as opened:
        found = await opened.breakers()
        plain = [await _plain(opened, info) for info in found] if asked.as_json else []
    if asked.as_json:
        tell(json_text(plain, indent=2))
        return 0
    if not found:
        tell("no worker has told of a breaker yet")
        return 0
    print_table(("BREAKER", "STATE", "UNTIL", "BY", "WHY"), map(_row, found))
    first = next((info for info in found if info.override is not None or info.state is BreakerState.OPEN), None)
    if first is not None:
        note(f"let it decide by itself, beginning closed: {at.command('breakers', 'auto', first.name)}")
    return 0


def _row(info: BreakerInfo) -> tuple[str, ...]:
    order = info.override
    if order is None:
        return info.name, state_words(info.state), when(info.until), "", info.why
    return info.name, state_words(info.state), when(info.until), order.by, order.reason


async def _plain(opened: Engine, info: BreakerInfo) -> dict[str, object]:
    orders = [asdict(order) for order in await opened.breaker_orders(info.name)]
    return {**asdict(info), "orders": orders}


VERB = Verb(Ls, _ls, ("podium breakers ls",))
