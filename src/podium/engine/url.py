"""A URL becomes a backend: the door behind which the shells are imported."""

from podium.engine.backend import Backend, Setting
from podium.engine.embedded import Embedded
from podium.engine.ports import Clock, Store
from podium.errors import BadEngineUrlError


def backend_of(setting: Setting) -> Backend:
    """Return what keeps the runs of an engine going, not yet open; raise BadEngineUrlError."""
    if setting.url.startswith("temporal:"):
        return _temporal(setting)
    store = (setting.platform.store_of or store_of)(setting.url, setting.clock)
    return Embedded(setting, store)


def _temporal(setting: Setting) -> Backend:
    try:
        from podium.temporal.backend import TemporalBackend  # noqa: PLC0415  # door: the engine's URL
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "temporalio":
            raise
        message = f"engine URL {setting.url!r} needs temporalio: pip install 'podium[temporal]'"
        raise BadEngineUrlError(message) from error
    if setting.retention is not None:
        message = f"{setting.url}: how long what is over is kept, the Temporal namespace says; retain() is for files"
        raise BadEngineUrlError(message)
    return TemporalBackend(setting)


def store_of(url: str, clock: Clock) -> Store:
    """Return the store that `url` names, not yet open.

    Raises:
        BadEngineUrlError: It is not understood, or its extra is not installed.
    """
    scheme = url.partition(":")[0]
    if scheme == "memory":
        from podium.memory.store import MemoryStore  # noqa: PLC0415  # door: the engine's URL

        return MemoryStore(now_ms=clock.now_ms)
    if scheme == "sqlite":
        from podium.sqlite.url import store_at  # noqa: PLC0415  # door: the engine's URL

        return store_at(url, now_ms=clock.now_ms, mono_ms=clock.mono_ms)
    if scheme == "temporal":
        message = f"{url!r} is a Temporal server, which keeps runs itself; this is for a database file (--db FILE)"
        raise BadEngineUrlError(message)
    message = (
        f"engine URL {url!r} is not understood; expected sqlite:///file.db, sqlite:////absolute/file.db, memory: or"
        " temporal://host:7233/namespace"
    )
    raise BadEngineUrlError(message)
