"""Where the runs are that a command works on: `--db`, `PODIUM_DB`, or `podium.db` in this folder."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from podium.cli.forms import DEFAULT_DB
from podium.cli.say import command
from podium.cli.target import Target
from podium.engine.engine import Engine
from podium.errors import BadEngineUrlError


@dataclass(frozen=True, slots=True)
class Database:
    """Where runs are kept.

    Attributes:
        url: As the engine takes it.
        path: The file of an SQLite URL; None for another kind.
    """

    url: str
    path: Path | None

    @property
    def is_kept(self) -> bool:
        """Claims that it outlives this process."""
        return not self.url.startswith("memory:")

    @property
    def is_temporal(self) -> bool:
        """Claims that it is a Temporal server."""
        return self.url.startswith("temporal:")

    @property
    def options(self) -> tuple[str, ...]:
        """The words that lead another command to it: none for the default."""
        if self.url == DEFAULT_DB:
            return ()
        is_plain = self.path is not None and "?" not in self.url
        return ("--db", str(self.path) if is_plain else self.url)

    def command(self, *words: str) -> str:
        """Return a command on this database, as it can be pasted into a shell."""
        return command(*words, *self.options)


def database(given: str) -> Database:
    """Return what an option names; a text that is no URL is a file."""
    if given.startswith("memory:"):
        return Database(given, None)
    url = given if "://" in given else f"sqlite:///{given}"
    parts = urlsplit(url)
    return Database(url, Path(parts.path[1:]) if parts.scheme == "sqlite" else None)


def existing(given: str) -> Database:
    """Return a database that is there already: for commands that do not make one.

    Raises:
        BadEngineUrlError: There is no such file, or what is in memory is asked for from another process.
    """
    found = database(given)
    if not found.is_kept:
        message = "runs in memory end with their process: there is nothing to look at; use --db FILE"
        raise BadEngineUrlError(message)
    if found.path is not None and not found.path.is_file():
        hint = "`podium run` makes one; --db or PODIUM_DB names another"
        message = f"there is no database at {found.path}: {hint}"
        raise BadEngineUrlError(message)
    return found


def engine(at: Database, targets: Sequence[Target] = (), *, recovers: bool = False) -> Engine:
    """Return an engine, not yet open, that can run what `targets` name and gives their tools what they want.

    Args:
        at: Its database.
        targets: None of them: it can read, and decide what needs no code.
        recovers: Take over every run of theirs that nobody holds, as a worker does.
    """
    opens = list(dict.fromkeys(target.resources for target in targets if target.resources is not None))
    workflows = [target.workflow for target in targets]
    return Engine(at.url, workflows=workflows, resources=_together(opens) if opens else None, recovers=recovers)


Opens = Callable[[], AbstractAsyncContextManager[Any]]


def _together(opens: Sequence[Opens]) -> Opens:
    @asynccontextmanager
    async def all_of_them() -> AsyncIterator[list[Any]]:
        async with AsyncExitStack() as stack:
            found: list[Any] = []
            for opening in opens:
                entered = await stack.enter_async_context(opening())
                found.extend(_each(entered))
            yield found

    return all_of_them


def _each(entered: Any) -> list[Any]:
    if isinstance(entered, dict):
        return list(entered.values())
    return list(entered) if isinstance(entered, tuple | list) else [entered]
