"""What a Temporal URL says: `temporal://host:7233/namespace?queue=podium&blobs=/srv/podium/blobs&codec=app:codec`.

TLS and API keys are not in it: they are read as every Temporal tool reads them, from `TEMPORAL_TLS…`,
`TEMPORAL_API_KEY` and the configuration file that `TEMPORAL_CONFIG_FILE` names.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from podium.errors import BadEngineUrlError

PORT = 7233
QUEUE = "podium"
EXPECTED = "temporal://host:7233/namespace?queue=podium&blobs=/shared/folder&codec=module:name"

_OPTIONS = ("queue", "blobs", "codec")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where runs are.

    Attributes:
        server: `host:port`.
        namespace: The server's.
        queue: The task queue that workers serve and runs are put on.
        blobs: A folder that all workers and clients share, for values that are too long for the server; None: there is
            none, and what is longer than the server takes is refused by it.
        codec: Where the payload codec is found, as `module:name`; None for payloads as they are.
    """

    server: str
    namespace: str = "default"
    queue: str = QUEUE
    blobs: Path | None = None
    codec: str | None = None


def address_of(url: str) -> Address:
    """Return what a URL says.

    Raises:
        BadEngineUrlError: It is not understood.
    """
    parts = urlsplit(url)
    said = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = [name for name in said if name not in _OPTIONS]
    namespace = unquote(parts.path.strip("/"))
    try:
        port = parts.port or PORT
    except ValueError:
        port = 0
    if unknown or not all(said.values()) or not parts.hostname or not port or "/" in namespace or parts.username:
        why = f" (options are {', '.join(_OPTIONS)})" if unknown else ""
        message = f"engine URL {url!r} is not understood{why}; expected {EXPECTED}"
        raise BadEngineUrlError(message)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return Address(
        server=f"{host}:{port}",
        namespace=namespace or "default",
        queue=said.get("queue", QUEUE),
        blobs=Path(said["blobs"]) if "blobs" in said else None,
        codec=said.get("codec"),
    )
