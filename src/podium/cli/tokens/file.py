"""Where tokens are kept: beside the database."""

from podium.cli.database import database
from podium.server.gate.settings import beside
from podium.server.gate.tokens import TokenFile


def token_file(db: str) -> TokenFile:
    """Return the tokens of the server of a database, which need not be there yet."""
    return TokenFile(beside(database(db).path, "tokens.json"))
