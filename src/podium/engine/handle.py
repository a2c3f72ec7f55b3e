"""A run from outside: one object for its result, its events, and everything that may be asked of it."""

import secrets
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic_core import to_json

from podium.core.events import Event
from podium.core.stimuli import Verb
from podium.engine import inbox
from podium.engine.ports import Projection, RunInfo, Status
from podium.errors import InvalidAnswerError, RefusedError, RunCancelledError, RunCompensatedError, RunFailedError
from podium.failure import Failure, FailureKind
from podium.workflow.binding import Compiled

if TYPE_CHECKING:
    from podium.engine.engine import Engine

T_co = TypeVar("T_co", covariant=True)


class Handle(Generic[T_co]):
    """A run. What is read is on disk; what is asked returns when it is decided and on disk.

    Attributes:
        id: The run's id.
    """

    def __init__(self, engine: "Engine", run_id: str, compiled: Compiled | None) -> None:
        self._engine, self.id, self._compiled = engine, run_id, compiled

    async def result(self) -> T_co:
        """Wait for the end of the run, for as long as it takes (parked and waiting runs too), and return its result.

        Raises:
            RunFailedError, RunCompensatedError, RunCancelledError: It ended otherwise; the cause is in `failure`.
        """
        over = await self._engine.end_of(self.id)
        if over.status is Status.COMPLETED:
            assert over.output is not None, "a completed run has an output"
            compiled = self._compiled or await self._engine.code_of(self.id)
            result: T_co = compiled.decode_result(over.output)
            return result
        raise _ended(self.id, over)

    async def status(self) -> RunInfo:
        """Return the run's row as committed."""
        return await self._engine.store.info(self.id)

    async def events(self, *, after: int = 0) -> AsyncGenerator[tuple[int, Event], None]:
        """Yield committed events with their numbers, those to come too, until the run is over.

        Args:
            after: Skip events numbered up to this.
        """
        watchers = self._engine.watchers
        news = watchers.news()
        is_over = False
        try:
            while not is_over:
                news.clear()
                is_over = (await self.status()).status.is_terminal
                for number, event in await self._committed(after):
                    after = number
                    yield number, event
                if not is_over:
                    await news.wait()
        finally:
            watchers.unwatch(news)

    async def _committed(self, after: int) -> list[tuple[int, Event]]:
        found: list[tuple[int, Event]] = []
        while batch := await self._engine.store.events(self.id, after=after):
            found += batch
            after = batch[-1][0]
        return found

    async def cancel(self, reason: str = "", *, by: str = "") -> None:
        """Call the run off. Nothing new starts; a write that may have been sent settles first."""
        await self._ask(inbox.CANCEL, reason=reason, by=by)

    async def signal(self, name: str, payload: Any = None, *, id: str | None = None) -> None:
        """Send the run a signal; it is kept until a step takes it.

        Args:
            name: As in `wait(…, name)`.
            payload: A value of the declared type, or what it is made of.
            id: The same id counts once; None makes one up.
        """
        await self._ask(inbox.SIGNAL, id, name=name, payload=_json(payload))

    async def answer(self, path: str, answer: Any, *, by: str = "") -> None:
        """Answer the question that the run asks at `path`.

        Args:
            path: The step, as `podium tasks ls` shows it.
            answer: One of the declared answers; True or False where a write asks for consent.
            by: Who answers.
        """
        await self._ask(inbox.ANSWER, path=path, answer=_json(answer), by=by)

    async def retry(self, *, by: str = "") -> None:
        """Send a failed run on from where it failed; what was finished is not done again."""
        await self._ask(inbox.RETRY, by=by)

    async def resolve(self, path: str, verb: Verb, *, answer: Any = None, by: str = "") -> None:
        """Decide about a parked step; see `Verb`. `answer` goes with DONE: what the tool would have given."""
        text = _json(answer) if verb is Verb.DONE else None
        await self._ask(inbox.RESOLVE, path=path, verb=verb.value, answer=text, by=by)

    async def fork(self, *, at: int | None = None, id: str | None = None, writes: bool = False) -> "Handle[T_co]":
        """Begin a new run as a copy of this one's state after its event number `at` (None: as it is now).

        It owes nothing for what it copied, and calls no write tool unless `writes=True`.
        """
        return await self._engine.fork(self, at=at, id=id, writes=writes)

    async def diagram(self) -> str:
        """Return the run's graph as an SVG with its status laid over."""
        from podium.draw import run_view, svg  # noqa: PLC0415  # door: the picture of a run

        state = await self._engine.state(self.id)
        store = self._engine.store
        events = await store.events(self.id, limit=state.seq)
        return svg(state.graph, run_view(state.graph, (event for _, event in events)).overlay())

    async def _ask(self, kind: str, id: str | None = None, **body: Any) -> None:
        reason = await self._engine.ask(self.id, kind, id or secrets.token_hex(8), **body)
        if reason.startswith(inbox.INVALID):
            raise InvalidAnswerError(reason.removeprefix(inbox.INVALID))
        if reason:
            raise RefusedError(reason)


def _json(value: Any) -> str:
    return to_json(value).decode()


def _ended(run_id: str, over: Projection) -> Exception:
    cause = None
    if over.error is not None:
        cause = Failure(kind=FailureKind.PERMANENT, type="Failure", message=over.error)
    if over.status is Status.CANCELLED:
        return RunCancelledError(run_id, cause, ended="was cancelled")
    if over.status is Status.COMPENSATED:
        return RunCompensatedError(run_id, cause, ended="was compensated")
    return RunFailedError(run_id, cause, ended="failed")
