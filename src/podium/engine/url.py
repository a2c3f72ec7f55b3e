"""A URL becomes a store: the door behind which the shells are imported."""

from podium.engine.ports import Clock, Store
from podium.errors import BadEngineUrlError


def store_of(url: str, clock: Clock) -> Store:
    """Return the store that `url` names, not yet open.

    Raises:
        BadEngineUrlError: The scheme is unknown, or its extra is not installed.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "memory":
        from podium.memory.store import MemoryStore  # noqa: PLC0415  # door: the engine's URL

        return MemoryStore(clock)
    if scheme == "sqlite" and rest.startswith("///"):
        from podium.sqlite.store import SqliteStore  # noqa: PLC0415  # door: the engine's URL

        return SqliteStore.from_url(url, clock)
    message = f"engine URL {url!r} is not understood; expected sqlite:///file.db or memory:"
    raise BadEngineUrlError(message)
