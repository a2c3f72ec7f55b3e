"""What a Temporal URL says: `temporal://host:7233/namespace?queue=podium&blobs=/srv/podium/blobs&codec=app:codec`.

TLS and API keys are not in it: they are read as every Temporal tool reads them, from `TEMPORAL_TLS…`,
`TEMPORAL_API_KEY` and the configuration file that `TEMPORAL_CONFIG_FILE` names.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from podium.errors import BadEngineUrlError
from podium.graph.policies import to_ms

PORT = 7233
QUEUE = "podium"
HEARTBEAT_MS = 5_000
EXPECTED = "temporal://host:7233/namespace?queue=podium&blobs=/shared/folder&codec=module:name"

_OPTIONS = frozenset({"queue", "blobs", "codec", "heartbeat"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where runs are.

    Attributes:
        server: `host:port`.
        namespace: The server's.
        queue: The task queue that workers serve and runs are put on.
        blobs: A folder that all workers and clients share, for values that are too long for the server; None: there is
            none, and what is longer than the server takes is refused by it.
        heartbeat_ms: How often a step says that its worker lives; after three times as long without it, the worker
            counts as lost. It is kept with a run from its start.
        codec: Where the payload codec is found, as `module:name`; None for payloads as they are.
    """

    server: str
    namespace: str = "default"
    queue: str = QUEUE
    blobs: Path | None = None
    codec: str | None = None
    heartbeat_ms: int = HEARTBEAT_MS


def address_of(url: str) -> Address:
    """Return what a URL says.

    Raises:
        BadEngineUrlError: It is not understood.
    """
    parts = urlsplit(url)
    said = dict(parse_qsl(parts.query, keep_blank_values=True))
    namespace = unquote(parts.path.strip("/"))
    is_plain = parts.hostname and not parts.username and "/" not in namespace
    if not is_plain or not all(said.values()) or not _OPTIONS.issuperset(said):
        raise _not_understood(url)
    host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else parts.hostname
    try:
        return Address(
            server=f"{host}:{parts.port or PORT}",
            namespace=namespace or "default",
            queue=said.get("queue", QUEUE),
            blobs=Path(said["blobs"]) if "blobs" in said else None,
            codec=said.get("codec"),
            heartbeat_ms=to_ms(float(said["heartbeat"])) if "heartbeat" in said else HEARTBEAT_MS,
        )
    except ValueError as error:
        raise _not_understood(url) from error


def _not_understood(url: str) -> BadEngineUrlError:
    options = ", ".join(sorted(_OPTIONS))
    return BadEngineUrlError(f"engine URL {url!r} is not understood; expected {EXPECTED} (options: {options})")
