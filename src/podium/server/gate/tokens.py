"""Tokens: a file of hashes, each with a name, a scope and an end. The token itself is shown once and kept nowhere.

A token is 256 random bits, so that its plain SHA-256 can not be turned back; a slow hash would only cost time.
The file is asked whether it changed at each request: a token that is revoked is refused from the next one on.
"""

import hashlib
import hmac
import json
import os
import re
import secrets
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from podium.gate_errors import BadTokenError, TokenFileError
from podium.server.gate.who import Scope
from podium.sqlite.lock import FileLock

PREFIX = "podium_"
TOKENS_MAX = 1_000
_BYTES = 32
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._@-]{0,63}")


class Token(BaseModel):
    """What is kept of a token; times in ms since 1970 UTC."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    scope: Scope
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    created_at: int
    expires_at: int


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: int = 1
    tokens: tuple[Token, ...] = ()


class TokenFile:
    """The tokens in a file.

    Args:
        path: The file; where it is not there, no token was ever made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, ...] | None = None
        self._tokens: tuple[Token, ...] = ()

    def is_there(self) -> bool:
        """Claim that tokens are asked for: the file is there, even if the last token in it was revoked."""
        return self.path.exists()

    def tokens(self) -> Sequence[Token]:
        """Return all of them, those whose time is over too.

        Raises:
            TokenFileError: The file can not be read, or others may write to it.
        """
        try:
            about = self.path.stat()
        except FileNotFoundError:
            return ()
        except OSError as error:
            message = f"{self.path}: {error}"
            raise TokenFileError(message) from error
        seen = (about.st_mtime_ns, about.st_size, about.st_ino, about.st_mode)
        if seen != self._seen:
            self._tokens = self._read(about.st_mode)
            self._seen = seen
        return self._tokens

    def find(self, token: str, *, now_ms: int) -> Token | None:
        """Return what is kept of a token; None where it is not known or its time is over."""
        return self.alive(digest_of(token), now_ms=now_ms)

    def alive(self, digest: str, *, now_ms: int) -> Token | None:
        """Return the token of a hash; every hash is compared, in a time that says nothing of where they differ."""
        found: Token | None = None
        for token in self.tokens():
            if hmac.compare_digest(token.sha256, digest):
                found = token
        return found if found is not None and found.expires_at > now_ms else None

    def add(self, name: str, scope: Scope, *, now_ms: int, lives_ms: int) -> str:
        """Make a token and return it; it is not kept.

        Raises:
            BadTokenError: The name is taken or no name, or there are too many.
            TokenFileError: The file can not be read or written.
        """
        if not _NAME.fullmatch(name):
            message = f"{name!r} is no name: 1 to 64 letters, digits, spaces and ._@-"
            raise BadTokenError(message)
        with _Locked(self.path):
            there = self.tokens()
            if any(token.name == name for token in there):
                message = f"there is a token {name!r} already: revoke it first, or take another name"
                raise BadTokenError(message)
            if len(there) >= TOKENS_MAX:
                message = f"there are {len(there)} tokens, and no more fit: revoke some"
                raise BadTokenError(message)
            made = PREFIX + secrets.token_urlsafe(_BYTES)
            kept = Token(
                name=name, scope=scope, sha256=digest_of(made), created_at=now_ms, expires_at=now_ms + lives_ms
            )
            self._write([*there, kept])
        return made

    def revoke(self, name: str) -> None:
        """Take a token away; its sessions end with it.

        Raises:
            BadTokenError: There is none of that name.
            TokenFileError: The file can not be read or written.
        """
        with _Locked(self.path):
            there = self.tokens()
            left = [token for token in there if token.name != name]
            if len(left) == len(there):
                message = f"there is no token {name!r}; `podium tokens ls` lists them"
                raise BadTokenError(message)
            self._write(left)

    def _read(self, mode: int) -> tuple[Token, ...]:
        if mode & (stat.S_IWGRP | stat.S_IWOTH):
            message = f"others may write to {self.path}, and so let themselves in: chmod 600 it"
            raise TokenFileError(message)
        try:
            return _Kept.model_validate_json(self.path.read_bytes()).tokens
        except (OSError, ValidationError) as error:
            message = f"{self.path} can not be read as a file of tokens: {error}"
            raise TokenFileError(message) from error

    def _write(self, tokens: Sequence[Token]) -> None:
        """Put a new file in the place of the old one, readable by its owner alone."""
        text = json.dumps(_Kept(tokens=tuple(tokens)).model_dump(mode="json"), indent=1).encode()
        beside = self.path.with_name(f"{self.path.name}.new")
        try:
            beside.unlink(missing_ok=True)
            file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                os.write(file, text)
                os.fsync(file)
            finally:
                os.close(file)
            beside.replace(self.path)
        except OSError as error:
            message = f"{self.path} can not be written: {error}"
            raise TokenFileError(message) from error
        self._seen = None


class _Locked:
    """Keeps two commands from writing the file at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(f"{path.name}.lock")

    def __enter__(self) -> None:
        try:
            self._lock = FileLock(self._path)
        except OSError as error:
            message = f"{self._path}: {error}; another command may be writing, try again"
            raise TokenFileError(message) from error

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def digest_of(token: str) -> str:
    """Return the hash under which a token is kept."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
