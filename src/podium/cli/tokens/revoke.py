"""`podium tokens revoke`."""

from dataclasses import dataclass
from typing import Annotated

import typer

from podium.cli.forms import DEFAULT_DB, Db
from podium.cli.say import note, tell
from podium.cli.tokens.file import token_file
from podium.cli.verb import Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoke:
    """Take a token away. It is refused from the next request on, and its browser sessions end."""

    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose it is, as `podium tokens ls` shows it.")]
    db: Db = DEFAULT_DB


def _revoke(asked: Revoke) -> int:
    file = token_file(asked.db)
    file.revoke(asked.name)
    tell(f"the token of {asked.name} is revoked")
    if not file.tokens():
        note(f"that was the last one: the server lets nobody in until there is another, or {file.path} is removed")
    return 0


VERB = Verb(Revoke, _revoke, ("podium tokens revoke ada",))
