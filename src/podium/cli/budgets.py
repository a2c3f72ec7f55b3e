"""`podium budgets`."""

from dataclasses import asdict, dataclass

from podium.cli.database import engine, existing
from podium.cli.forms import DEFAULT_DB, AsJson, Db
from podium.cli.say import tell
from podium.cli.table import print_table, when
from podium.cli.verb import Verb
from podium.engine.guard_store import BudgetRow
from podium.views.legible import json_text

_MICRO = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """List what was spent, and what is reserved: by calls under way, and by those whose process died in them.

    Limits are written in the code of the tools; what is shown is what it said last.
    """

    as_json: AsJson = False
    db: Db = DEFAULT_DB


async def _budgets(asked: Budgets) -> int:
    async with engine(existing(asked.db)) as opened:
        found = await opened.budgets()
    if asked.as_json:
        tell(json_text([asdict(row) for row in found], indent=2))
    elif found:
        columns = ("BUDGET", "SPENT", "RESERVED", "OF", "TOKENS", "RESERVED", "OF", "CHANGED")
        print_table(columns, map(_row, found))
    else:
        tell("no call has used a budget yet")
    return 0


def _row(row: BudgetRow) -> tuple[str, ...]:
    money = (_money(row.money_spent), _money(row.money_reserved), _money(row.money_max))
    tokens = (str(row.tokens_spent), str(row.tokens_reserved), "" if row.tokens_max is None else str(row.tokens_max))
    return row.name, *money, *tokens, when(row.at)


def _money(micro: int | None) -> str:
    return "" if micro is None else f"{micro / _MICRO:.6f}".rstrip("0").rstrip(".")


VERB = Verb(Budgets, _budgets, ("podium budgets",))
