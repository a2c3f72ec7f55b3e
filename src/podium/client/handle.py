"""A run on a server: what `engine.Handle` says and does, over HTTP."""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Generic, TypedDict, TypeVar, Unpack
from urllib.parse import quote

from pydantic_core import to_jsonable_python

from podium.client.connection import Connection, told
from podium.client.following import follow
from podium.client.records import failure_of, info_of, parked_record
from podium.core.codec import decode
from podium.core.events import Event
from podium.core.stimuli import Verb
from podium.effects.ports import Token
from podium.engine.parked import ParkedRecord
from podium.engine.ports import RunInfo, Status
from podium.errors import RunCancelledError, RunCompensatedError, RunEndedError, RunFailedError
from podium.views.answers import BoardPosts, EventPage, RunResult
from podium.views.page import RunPage
from podium.views.people import ParkedList
from podium.views.runs import RunRow
from podium.workflow.binding import Compiled
from podium.workflow.board import Board

if TYPE_CHECKING:
    from podium.agents.record import Spent

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_WAIT_S = 20


class Said(TypedDict, total=False):
    """What goes with a decision about a parked step; who decides is whoever the server lets in.

    Attributes:
        reason: Why.
        version: `ParkedStep.version` of what was looked at: the decision counts only for that.
    """

    reason: str
    version: int | None


class RunHandle(Generic[T_co]):
    """A run on a server. What is read is on disk there; what is asked returns when it is decided and on disk.

    Attributes:
        id: The run's id.
    """

    def __init__(self, connection: Connection, run_id: str, compiled: Compiled | None) -> None:
        self._connection, self.id, self._compiled = connection, run_id, compiled
        self._at = path_of(run_id)

    async def result(self) -> T_co:
        """Wait for the end of the run, for as long as it takes, and return its result.

        It is of the workflow's type where the run was started with the workflow, and plain JSON data where only its
        name was given.

        Raises:
            RunFailedError, RunCompensatedError, RunCancelledError: It ended otherwise; the cause is in `failure`.
        """
        while True:
            said = await self._connection.get(f"{self._at}/result", wait=_WAIT_S)
            over = told(RunResult, said)
            if over.status is Status.COMPLETED:
                assert over.output is not None, "a completed run has an output"
                text = over.output.json_text
                result: T_co = json.loads(text) if self._compiled is None else self._compiled.decode_result(text)
                return result
            if over.status.is_terminal:
                raise _ended(self.id, over)

    async def status(self) -> RunInfo:
        """Return the run's row as committed; of long inputs and results, the beginning."""
        return info_of(told(RunRow, await self._connection.get(f"{self._at}/row")))

    async def events(self, *, after: int = 0) -> AsyncGenerator[tuple[int, Event], None]:
        """Yield committed events with their numbers, those to come too, until the run is over.

        Args:
            after: Skip events numbered up to this.
        """
        is_over = False
        async with aclosing(self._bells(after)) as bells:
            while not is_over:
                await anext(bells)
                is_over, found = await self._committed(after)
                for number, event in found:
                    after = number
                    yield number, event

    async def _bells(self, after: int) -> AsyncGenerator[None, None]:
        """Ring when there are events after a number, when there are more, and when the run is over."""
        while True:
            async with aclosing(follow(self._connection, f"{self._at}/stream", after=after)) as stream:
                async for _ in stream:
                    yield

    async def _committed(self, after: int) -> tuple[bool, list[tuple[int, Event]]]:
        """Return all events after a number, and whether the run was over when the last of them was read."""
        found: list[tuple[int, Event]] = []
        while True:
            said = await self._connection.get(f"{self._at}/events", after=after)
            page = told(EventPage, said)
            found += [(row.seq, decode(row.kind, row.path, row.at, row.body)) for row in page.events]
            if page.next is None:
                return page.status.is_terminal, found
            after = page.next

    async def tokens(self) -> AsyncGenerator[Token, None]:
        """Yield what is added to the answers that the run's steps wait for, as it comes, until the run is over.

        It is provisional and stored nowhere, and reaches only who asks the server that runs the step.
        """
        async with aclosing(follow(self._connection, f"{self._at}/tokens")) as stream:
            async for said in stream:
                if said.name == "token":
                    yield Token(said.data["path"], said.data["stream"], said.data["text"])

    async def board(self, board: Board[T]) -> list[T]:
        """Return what is on a board of the run as committed, oldest first.

        Raises:
            DataChangedError: A post does not fit the board's type.
        """
        said = await self._connection.get(f"{self._at}/board", name=board.name)
        posts = told(BoardPosts, said).posts
        return board.decoded(post.json_text for post in posts)

    async def cancel(self, reason: str = "") -> None:
        """Call the run off. Nothing new starts; a write that may have been sent settles first."""
        await self._act("cancel", {"reason": reason})

    async def signal(self, name: str, payload: Any = None, *, id: str | None = None) -> None:
        """Send the run a signal; it is kept until a step takes it.

        Args:
            name: As in `wait(…, name)`.
            payload: A value of the declared type, or what it is made of.
            id: The same id counts once; None makes one up.
        """
        await self._act("signal", {"name": name, "payload": to_jsonable_python(payload), "id": id})

    async def answer(self, path: str, answer: Any) -> None:
        """Answer the question that the run asks at `path`.

        Args:
            path: The step, as `podium tasks ls` shows it.
            answer: One of the declared answers; True or False where a write asks for consent.
        """
        body = {"run_id": self.id, "path": path, "answer": to_jsonable_python(answer)}
        await self._connection.post("/tasks/answer", body)

    async def retry(self) -> None:
        """Send a failed run on from where it failed; see `engine.Handle.retry`."""
        await self._act("retry", {})

    async def resolve(self, path: str, verb: Verb, *, answer: Any = None, **said: Unpack[Said]) -> None:
        """Decide about a parked step; see `engine.Handle.resolve`."""
        body = {"run_id": self.id, "path": path, "verb": verb.value, "answer": to_jsonable_python(answer), **said}
        await self._connection.post("/parked/resolve", body)

    async def parked(self) -> list[ParkedRecord]:
        """Return the steps that wait for a decision, with everything needed to make it."""
        said = await self._connection.get("/parked", run=self.id)
        return [parked_record(row) for row in told(ParkedList, said).parked]

    async def fork(self, *, at: int | None = None, id: str | None = None, writes: bool = False) -> "RunHandle[T_co]":
        """Begin a new run as a copy of this one's state after its event number `at` (None: as it is now).

        It owes nothing for what it copied, and calls no write tool unless `writes=True`.
        """
        said = await self._connection.post(f"{self._at}/fork", {"at": at, "id": id, "writes": writes})
        return RunHandle(self._connection, told(RunRow, said).id, self._compiled)

    async def diagram(self) -> str:
        """Return the run's graph as an SVG with its status laid over."""
        return (await self._connection.get(f"{self._at}/picture.svg")).text

    async def cost(self) -> "Spent":
        """Return what the model requests of the run's agents have cost, as far as their answers are on record.

        How many there were is not told: `requests` is 0.
        """
        from podium.agents.record import Spent  # noqa: PLC0415  # door: what agents record

        page = told(RunPage, await self._connection.get(self._at))
        tokens_in, tokens_out, money = page.spent
        return Spent(input_tokens=tokens_in, output_tokens=tokens_out, money=money)

    async def _act(self, verb: str, body: Mapping[str, Any]) -> None:
        await self._connection.post(f"{self._at}/{verb}", body)


def path_of(run_id: str) -> str:
    """Return where a run is found."""
    return f"/runs/{quote(run_id, safe='')}"


def _ended(run_id: str, over: RunResult) -> RunEndedError:
    failure = None if over.failure is None else failure_of(over.failure)
    if over.status is Status.CANCELLED:
        return RunCancelledError(run_id, None, ended="was cancelled")
    if over.status is Status.COMPENSATED:
        left = f", but for {', '.join(over.skipped)}" if over.skipped else ""
        error = RunCompensatedError(run_id, failure, ended=f"was compensated{left}")
        error.skipped = over.skipped
        return error
    return RunFailedError(run_id, failure, ended="failed")
