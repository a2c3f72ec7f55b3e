"""A URL becomes a store: the door behind which the shells are imported."""

from urllib.parse import parse_qs, urlsplit

from podium.engine.ports import Clock, Store
from podium.errors import BadEngineUrlError

_KNOWN = "expected sqlite:///file.db (or sqlite:////absolute/file.db, with ?synchronous=NORMAL at will) or memory:"


def store_of(url: str, clock: Clock) -> Store:
    """Return the store that `url` names, not yet open.

    Raises:
        BadEngineUrlError: The scheme is unknown, or its extra is not installed.
    """
    parts = urlsplit(url)
    if parts.scheme == "memory":
        from podium.memory.store import MemoryStore  # noqa: PLC0415  # door: the engine's URL

        return MemoryStore(now_ms=clock.now_ms)
    if parts.scheme == "sqlite" and parts.path.startswith("/"):
        return _sqlite(url, clock)
    message = f"engine URL {url!r} is not understood; {_KNOWN}"
    raise BadEngineUrlError(message)


def _sqlite(url: str, clock: Clock) -> Store:
    from podium.sqlite.connection import Synchronous  # noqa: PLC0415  # door: the engine's URL
    from podium.sqlite.lease import Terms  # noqa: PLC0415  # door: the engine's URL
    from podium.sqlite.store import SqliteStore  # noqa: PLC0415  # door: the engine's URL

    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    mode = asked.pop("synchronous", ["FULL"])[-1].upper()
    if asked or mode not in Synchronous.__members__ or parts.netloc:
        message = f"engine URL {url!r} is not understood; {_KNOWN}"
        raise BadEngineUrlError(message)
    return SqliteStore(parts.path[1:], synchronous=Synchronous[mode], terms=Terms(now_ms=clock.now_ms))
