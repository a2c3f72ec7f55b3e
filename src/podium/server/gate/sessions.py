"""Browser sessions: a random id in a cookie stands for a token. They are kept in memory, bounded, and end.

A session is no more than its token: it ends when the token is revoked or its time is over, and with the process.
"""

import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass

from podium.engine.ports import Clock
from podium.server.gate.settings import Limits
from podium.server.gate.tokens import Token, TokenFile

_BYTES = 32


@dataclass(slots=True)
class _Session:
    token: str
    """Its hash."""
    ends_ms: int
    used_ms: int


class Sessions:
    """The sessions of this process; the one that was unused for longest comes first."""

    def __init__(self, tokens: TokenFile, *, limits: Limits, clock: Clock) -> None:
        self._tokens, self._limits, self._clock = tokens, limits, clock
        self._open: OrderedDict[str, _Session] = OrderedDict()

    def begin(self, token: Token) -> str:
        """Return the id of a new session."""
        made, now_ms = secrets.token_urlsafe(_BYTES), self._clock.mono_ms()
        ends_ms = now_ms + int(self._limits.session_s * 1000)
        self._open[_key(made)] = _Session(token.sha256, ends_ms, now_ms)
        while len(self._open) > self._limits.sessions:
            self._open.popitem(last=False)
        return made

    def find(self, session_id: str) -> Token | None:
        """Return whose session it is; None where there is none, or it is over."""
        key, now_ms = _key(session_id), self._clock.mono_ms()
        session = self._open.get(key)
        if session is None:
            return None
        is_idle = now_ms - session.used_ms >= self._limits.idle_s * 1000
        token = self._tokens.alive(session.token, now_ms=self._clock.now_ms())
        if token is None or is_idle or now_ms >= session.ends_ms:
            del self._open[key]
            return None
        session.used_ms = now_ms
        self._open.move_to_end(key)
        return token

    def end(self, session_id: str) -> None:
        """End a session; one that is not there is over already."""
        self._open.pop(_key(session_id), None)

    def __len__(self) -> int:
        """How many are kept, those that are over and were not looked at since too."""
        return len(self._open)


def _key(session_id: str) -> str:
    """Ids are looked up by their hash: how long that takes says nothing of an id that is there."""
    return hashlib.sha256(session_id.encode("utf-8", "surrogateescape")).hexdigest()
