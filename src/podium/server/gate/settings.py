"""What the gate is told: whom it lets in, under which names it is reached, and how much it takes."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

_MB = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is taken in. What is beyond is refused with a status that says so.

    Attributes:
        body_bytes: Of a request (413).
        journal_bytes: Of an exported journal that is given to be looked at (413).
        depth: How deep JSON may be nested (400).
        values: How many values the JSON of a request may hold (413).
        url_bytes: Of path and query (414).
        header_bytes: Of all header lines together (431).
        body_s: In so many seconds a body has to be there (408).
        requests: At a time, in all (503).
        requests_per_client: At a time, of one client (429).
        journals: Of such journals at a time, in all (503).
        streams: Live streams at a time, in all (503).
        streams_per_client: Live streams at a time, of one client (429).
        per_minute: Requests of one client (429).
        burst: So many of them at once.
        logins_per_minute: Tokens that one address may try (429).
        sessions: Browser sessions in all; beyond it the one unused for longest ends.
        session_s: How long a session lives at most, in seconds.
        idle_s: How long a session lives unused, in seconds.
    """

    body_bytes: int = 1 * _MB
    journal_bytes: int = 32 * _MB
    depth: int = 100
    values: int = 100_000
    url_bytes: int = 8_000
    header_bytes: int = 32_000
    body_s: float = 30.0
    requests: int = 512
    requests_per_client: int = 128
    journals: int = 4
    streams: int = 1_000
    streams_per_client: int = 600
    per_minute: int = 6_000
    burst: int = 1_000
    logins_per_minute: int = 10
    sessions: int = 1_000
    session_s: float = 12 * 3600.0
    idle_s: float = 2 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSettings:
    """What the gate is told.

    Attributes:
        host: The address that the server listens on.
        tokens: The file of tokens. Where it is not there, everybody is admin; where others reach the server, nobody is.
        audit: The file that human acts are written to.
        public_url: Where browsers reach the server, where that is not where it listens: behind a proxy that ends TLS.
        hosts: More names that the server is reached under, without ports.
        limits: How much is taken in.
    """

    host: str = "127.0.0.1"
    tokens: Path = Path("podium.tokens.json")
    audit: Path = Path("podium.audit.jsonl")
    public_url: str = ""
    hosts: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)

    @property
    def is_loopback(self) -> bool:
        """Claims that it listens to this machine alone; a proxy on it may let others in."""
        return _is_loopback(self.host)

    @property
    def is_exposed(self) -> bool:
        """Claims that other machines reach the server, by itself or through a proxy."""
        return not self.is_loopback or (self.public_url != "" and not _is_loopback(self.public_host))

    @property
    def public_host(self) -> str:
        """The name in `public_url`; "" where there is none."""
        try:
            return urlsplit(self.public_url).hostname or ""
        except ValueError:
            return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def beside(database: Path | None, what: str) -> Path:
    """Return the file that goes with a database: `podium.db.tokens.json`; `podium.tokens.json` where it has no file."""
    return Path(f"{database or 'podium'}.{what}")
