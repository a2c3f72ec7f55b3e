"""`podium tokens ls`."""

import time
from dataclasses import dataclass

from podium.cli.forms import DEFAULT_DB, AsJson, Db
from podium.cli.say import tell
from podium.cli.table import print_table, when
from podium.cli.tokens.file import token_file
from podium.cli.verb import Verb
from podium.server.gate.tokens import Token
from podium.views.legible import json_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Ls:
    """List the tokens of the server of a database: whose they are, not what they are."""

    as_json: AsJson = False
    db: Db = DEFAULT_DB


def _ls(asked: Ls) -> int:
    found, now_ms = token_file(asked.db).tokens(), time.time_ns() // 1_000_000
    if asked.as_json:
        tell(json_text([token.model_dump(mode="json", exclude={"sha256"}) for token in found], indent=2))
    elif found:
        print_table(("NAME", "SCOPE", "MADE", "HOLDS UNTIL"), [_row(token, now_ms) for token in found])
    else:
        tell("there are no tokens")
    return 0


def _row(token: Token, now_ms: int) -> tuple[str, ...]:
    over = " (over)" if token.expires_at <= now_ms else ""
    return token.name, token.scope, when(token.created_at), when(token.expires_at) + over


VERB = Verb(Ls, _ls, ("podium tokens ls",))
