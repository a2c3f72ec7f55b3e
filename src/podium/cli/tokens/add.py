"""`podium tokens add`."""

import time
from dataclasses import dataclass
from typing import Annotated

import typer

from podium.cli.forms import DEFAULT_DB, Db
from podium.cli.say import note, tell
from podium.cli.table import when
from podium.cli.tokens.file import token_file
from podium.cli.verb import Verb
from podium.server.gate.who import Scope

_DAY_MS = 24 * 3600 * 1000
_DAYS_MAX = 3650


@dataclass(frozen=True, slots=True, kw_only=True)
class Add:
    """Make a token for the server of a database, and print it: this once, as only its hash is kept.

    From the first token on the server asks everybody for one, on this machine too.
    """

    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose it is, as journals and the audit name them.")]
    scope: Annotated[Scope, typer.Option("--scope", help="read: look; operate: decide too; admin: all.")] = Scope.READ
    days: Annotated[int, typer.Option("--days", min=1, max=_DAYS_MAX, metavar="N", help="How long it holds.")] = 30
    db: Db = DEFAULT_DB


def _add(asked: Add) -> int:
    file, now_ms = token_file(asked.db), time.time_ns() // 1_000_000
    made = file.add(asked.name, asked.scope, now_ms=now_ms, lives_ms=asked.days * _DAY_MS)
    tell(made)
    note(f"{asked.name} may {asked.scope} until {when(now_ms + asked.days * _DAY_MS)}; it is not shown again")
    return 0


VERB = Verb(Add, _add, ("podium tokens add ada --scope operate --days 30",))
