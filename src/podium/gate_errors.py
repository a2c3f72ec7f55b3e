"""Errors of what stands before the server, its tokens and its audit; a branch of the tree in `errors.py`."""

from pathlib import Path
from typing import ClassVar

from podium.errors import AskError, StoreError


class ExposedError(AskError):
    """The server was to be reached by other machines, and there are no tokens. It was not started."""

    code: ClassVar[str] = "ask.exposed"

    def __init__(self, host: str, tokens: Path) -> None:
        super().__init__(
            f"serving as {host} lets other machines in, and there are no tokens in {tokens}: make one with"
            " `podium tokens add NAME --scope operate` and the same --db, or listen on 127.0.0.1 without --public-url"
        )
        self.host, self.tokens = host, tokens


class BadTokenError(AskError):
    """A token can not be made or taken away as asked. Nothing was changed."""

    code: ClassVar[str] = "ask.bad_token"


class TokenFileError(StoreError):
    """The file of tokens can not be read or written, or others may write to it. Nobody is let in until it is mended."""

    code: ClassVar[str] = "store.token_file"


class AuditError(StoreError):
    """The audit can not be written. What was asked for was not done."""

    code: ClassVar[str] = "store.audit"
