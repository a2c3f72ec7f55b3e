"""`sqlite:///podium.db` becomes a store."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from podium.errors import BadEngineUrlError
from podium.sqlite.connection import Synchronous
from podium.sqlite.lease import Terms, mono_ms, wall_ms
from podium.sqlite.store import SqliteStore


def store_at(url: str, *, now_ms: Callable[[], int] = wall_ms, mono_ms: Callable[[], int] = mono_ms) -> SqliteStore:
    """Return the store of `sqlite:///relative/path` or `sqlite:////absolute/path`, not yet open.

    `?synchronous=NORMAL` asks for commits that survive the end of the process, but not always a loss of power.

    Raises:
        BadEngineUrlError: It is not such a URL.
    """
    scheme, host, path, query, fragment = urlsplit(url)
    if scheme != "sqlite" or host or fragment or not path.startswith("/") or path == "/":
        raise _bad(url, "expected sqlite:///relative/path or sqlite:////absolute/path")
    options = parse_qs(query, keep_blank_values=True)
    modes = options.pop("synchronous", [Synchronous.FULL])
    if options:
        raise _bad(url, f"unknown option {', '.join(options)}; there is one: synchronous=NORMAL")
    if modes[-1] not in set(Synchronous):
        raise _bad(url, f"synchronous is {' or '.join(Synchronous)}")
    terms = Terms(now_ms=now_ms, mono_ms=mono_ms)
    return SqliteStore(Path(unquote(path.removeprefix("/"))), synchronous=Synchronous(modes[-1]), terms=terms)


def _bad(url: str, detail: str) -> BadEngineUrlError:
    return BadEngineUrlError(f"{url!r} names no SQLite file: {detail}")
