"""A run from outside: one object for its result, its events, and everything that may be asked of it."""

import asyncio
import secrets
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any, Generic, TypedDict, TypeVar, Unpack

from pydantic_core import to_json

from podium.core.events import Event
from podium.core.state import RunState, RunStatus
from podium.core.stimuli import Verb
from podium.effects.ports import Token
from podium.engine import inbox
from podium.engine.parked import ParkedRecord, records
from podium.engine.ports import RunInfo, Status
from podium.errors import (
    InvalidAnswerError,
    RefusedError,
    RunCancelledError,
    RunCompensatedError,
    RunEndedError,
    RunFailedError,
)
from podium.workflow.binding import Compiled
from podium.workflow.board import Board

if TYPE_CHECKING:
    from podium.agents.record import Spent
    from podium.engine.engine import Engine

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


_ENDED = frozenset({RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.COMPENSATED})


class Said(TypedDict, total=False):
    """What goes with a decision about a parked step.

    Attributes:
        by: Who decides.
        reason: Why.
        version: `ParkedStep.version` of what was looked at: the decision counts only for that.
    """

    by: str
    reason: str
    version: int | None


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
            RunFailedError, RunCompensatedError, RunCancelledError: It ended otherwise; the cause is in `failure`. Of a
                run that was compensated, `skipped` says what people left as it is.
        """
        while (over := await self._engine.end_of(self.id)).status is not Status.COMPLETED:
            state = await self._engine.state(self.id)
            if state.status in _ENDED:  # and was not sent on meanwhile
                raise _ended(state)
        assert over.output is not None, "a completed run has an output"
        compiled = self._compiled or await self._engine.code_of(self.id)
        result: T_co = compiled.decode_result(over.output)
        return result

    async def status(self) -> RunInfo:
        """Return the run's row as committed."""
        return await self._engine.info(self.id)

    async def events(self, *, after: int = 0) -> AsyncGenerator[tuple[int, Event], None]:
        """Yield committed events with their numbers, those to come too, until the run is over.

        Args:
            after: Skip events numbered up to this.
        """
        is_over = False
        with self._engine.news(self.id) as news:
            while not is_over:
                news.clear()
                is_over = (await self.status()).status.is_terminal
                for number, event in await self._committed(after):
                    after = number
                    yield number, event
                if not is_over:
                    await news.wait()

    async def tokens(self) -> AsyncGenerator[Token, None]:
        """Yield what is added to the answers that the run's steps wait for, as it comes, until the run is over.

        It is provisional and stored nowhere: it begins with whoever asks, and reaches only whoever asks in the process
        that runs the step; over Temporal, nobody. What an answer was is in the journal.
        """
        over = asyncio.ensure_future(self._engine.end_of(self.id))
        try:
            with self._engine.tokens(self.id) as queue:
                while (token := await _next(queue, over)) is not None:
                    yield token
        finally:
            over.cancel()

    async def _committed(self, after: int) -> list[tuple[int, Event]]:
        found: list[tuple[int, Event]] = []
        while batch := await self._engine.events(self.id, after=after):
            found += batch
            after = batch[-1][0]
        return found

    async def board(self, board: Board[T]) -> list[T]:
        """Return what is on a board of the run as committed, oldest first.

        Raises:
            DataChangedError: A post does not fit the board's type.
        """
        return board.decoded((await self._engine.state(self.id)).boards.get(board.name, ()))

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
        """Send a failed run on from where it failed; what was finished is not done again.

        One that was compensated goes on from the first step whose write was undone, as the run stood before that step;
        what was undone is written anew, under new keys, and what people left as it is is not written again.

        Raises:
            RefusedError: The run has neither failed nor was compensated.
        """
        await self._ask(inbox.RETRY, by=by)

    async def resolve(self, path: str, verb: Verb, *, answer: Any = None, **said: Unpack[Said]) -> None:
        """Decide about a parked step.

        Args:
            path: The step, as `podium runs parked` shows it.
            verb: What is decided; see `Verb`.
            answer: With DONE, what the tool would have given. With SEND_AGAIN of a compensation that is not in doubt,
                what it takes instead of what the write gave; None for no change.
            said: See `Said`; it is kept.

        Raises:
            RefusedError: It can not be meant, or the step is not parked as it was (`version`). InvalidAnswerError: The
                answer does not fit. Nothing has changed.
        """
        text = None if answer is None and verb is not Verb.DONE else _json(answer)
        await self._ask(inbox.RESOLVE, path=path, verb=verb.value, answer=text, **said)

    async def parked(self) -> list[ParkedRecord]:
        """Return the steps that wait for a decision, with everything needed to make it, in the order they parked."""
        return await records(self._engine.backend, self.id)

    async def fork(self, *, at: int | None = None, id: str | None = None, writes: bool = False) -> "Handle[T_co]":
        """Begin a new run as a copy of this one's state after its event number `at` (None: as it is now).

        It owes nothing for what it copied, and calls no write tool unless `writes=True`.
        """
        return await self._engine.fork(self, at=at, id=id, writes=writes)

    async def diagram(self) -> str:
        """Return the run's graph as an SVG with its status laid over."""
        from podium.draw.svg import svg  # noqa: PLC0415  # door: the picture of a run
        from podium.views.story import story_of  # noqa: PLC0415  # door: the picture of a run

        state = await self._engine.state(self.id)
        events = await self._engine.events(self.id, limit=state.seq)
        story = story_of(state.graph, (event for _, event in events), run_id=self.id)
        return svg(story.drawn, story.overlay())

    async def cost(self) -> "Spent":
        """Return what the model requests of the run's agents have cost, as far as their answers are on record."""
        from podium.agents.spending import spent_in  # noqa: PLC0415  # door: what agents record

        return spent_in(event for _, event in await self._committed(0))

    async def _ask(self, kind: str, id: str | None = None, **body: Any) -> None:
        reason = await self._engine.ask(self.id, kind, id or secrets.token_hex(8), **body)
        if reason.startswith(inbox.INVALID):
            raise InvalidAnswerError(reason.removeprefix(inbox.INVALID))
        if reason:
            raise RefusedError(reason)


async def _next(queue: asyncio.Queue[Token], over: asyncio.Future[Any]) -> Token | None:
    """Return the next token; None once the run is over and there is none left."""
    token = asyncio.ensure_future(queue.get())
    await asyncio.wait((over, token), return_when=asyncio.FIRST_COMPLETED)
    if token.done():
        return token.result()
    token.cancel()
    return None


def _json(value: Any) -> str:
    return to_json(value).decode()


def _ended(state: RunState) -> RunEndedError:
    if state.status is RunStatus.CANCELLED:
        return RunCancelledError(state.run_id, None, ended="was cancelled")
    if state.status is RunStatus.COMPENSATED:
        left = f", but for {', '.join(state.skipped)}" if state.skipped else ""
        error = RunCompensatedError(state.run_id, state.failure, ended=f"was compensated{left}")
        error.skipped = tuple(state.skipped)
        return error
    return RunFailedError(state.run_id, state.failure, ended="failed")
