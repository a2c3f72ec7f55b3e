"""The call context of one entry of a step: every call its code makes comes through here.

A context that is closed refuses every later call before any effect, whatever the step's code catches. That is how a
step is suspended (in doubt, postponed, waiting for consent, run lost): its pending call never returns, its task is
cancelled, and later its code is entered anew over the calls on record.
"""

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from podium.core.state import Read, StepStatus, Write, WriteStatus
from podium.core.stimuli import Failed, Halted, Held, Outcome, ParkReason, ReadEnded, Stopped, WriteSettled, WriteWanted
from podium.effects.about import About
from podium.effects.attempt import Call, failure_of, go_on, guarded
from podium.effects.boards import check_named, seen
from podium.effects.fallback import Answer, Chain, failure_of_all, first_answer, next_candidate
from podium.effects.keys import idempotency_key, read_identity, slot_of
from podium.effects.ports import RunPort, Surroundings
from podium.effects.read import read
from podium.effects.write import Sender, called_off
from podium.errors import (
    AsyncCallError,
    FallbackFailed,
    NotApproved,
    RunLostError,
    SecondWriteError,
    StoreUnavailableError,
    SyncCallError,
    ToolFailed,
)
from podium.failure import Failure
from podium.guard.flight import Miss
from podium.workflow.binding import ToolCode
from podium.workflow.current import Health


class Suspended(BaseException):
    """Carries a suspension out of a sync step, past `except Exception`; nobody but the engine catches it."""


class CallContext:
    """One entry of one step.

    Attributes:
        run, path, entry: Whose calls these are.
        code: Fingerprint of the step's code, recorded with its write.
        act: The act that the step's write takes over; "" for that of its tool.
        guarded: Gives a tool the guards that the step says for it.
        is_one_call: The step is a tool: nothing but this one call is in it.
        is_closed: No call is made any more.
        is_suspended: It was closed before its code ended.
        task: Runs the step's code; None until it is known.
        posts: What its code put on boards so far, by board.
        wrote: The write that its code asked for; None until it did.
        ended: How the entry ended when it was suspended; None while its own end counts.
    """

    __slots__ = (
        "_around",
        "_calls",
        "_has_gone_on",
        "_is_ending",
        "_loop",
        "_reads",
        "_sending",
        "_thread",
        "act",
        "code",
        "ended",
        "entry",
        "guarded",
        "is_closed",
        "is_one_call",
        "is_suspended",
        "path",
        "posts",
        "run",
        "task",
        "wrote",
    )  # fmt: skip

    def __init__(self, run: RunPort, path: str, entry: int, around: Surroundings) -> None:
        self.run, self.path, self.entry = run, path, entry
        self.code = self.act = ""
        self.guarded: Callable[[ToolCode], ToolCode] = _as_it_is
        self.is_one_call = self._is_ending = self._has_gone_on = False
        self.is_closed = self.is_suspended = False
        self.ended: Outcome | None = None
        self.posts: dict[str, list[str]] = {}
        self.task: asyncio.Task[None] | None = None
        self._around = around
        self._thread = threading.get_ident()
        self._calls: set[asyncio.Task[Any]] = set()
        self._reads: dict[str, int] = {}
        self.wrote: str | None = None
        self._sending: asyncio.Task[None] | None = None

    # ----- calls

    def call(self, tool: ToolCode, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Make a call: an awaitable on the event loop, the result itself in a thread."""
        if threading.get_ident() == self._thread:
            if not tool.is_async:
                raise AsyncCallError(tool=tool.name)
            return self.make(tool, args, kwargs)
        if tool.is_async:
            raise SyncCallError(tool=tool.name)
        if self.is_closed:
            raise Suspended  # in a thread that goes on, whatever becomes of the event loop meanwhile
        future = asyncio.run_coroutine_threadsafe(self.make(tool, args, kwargs), self._around.loop)
        try:
            return future.result()
        except concurrent.futures.CancelledError:
            raise Suspended from None

    def post(self, board: str, text: str) -> None:
        """Put a text on a board with the end of the step."""
        self._check_board(board)
        self.posts.setdefault(board, []).append(text)

    def board(self, name: str) -> Sequence[str]:
        """Return what is on a board."""
        self._check_board(name)
        if threading.get_ident() == self._thread:
            return self._seen(name)
        return asyncio.run_coroutine_threadsafe(self._seen_soon(name), self._around.loop).result()

    def _check_board(self, name: str) -> None:
        if self.is_closed:
            raise asyncio.CancelledError if threading.get_ident() == self._thread else Suspended
        check_named(self.run, self.path, name)

    async def _seen_soon(self, name: str) -> Sequence[str]:
        return self._seen(name)

    def _seen(self, name: str) -> Sequence[str]:
        nth = self._reads[name] = self._reads.get(name, 0) + 1
        return seen(self.run, self.path, self.entry, board=name, nth=nth)

    def about(self) -> About:
        """Return what the step's code may ask."""
        return About(self.run, self.path, self.make, look=self._health, clock=self._around.clock)

    def _health(self, tool: ToolCode) -> Health:
        guarded = self.guarded(tool)
        return self._around.guards.health(guarded.name, guarded.policy)

    async def make(self, tool: ToolCode, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Make a call of either kind of tool on the event loop."""
        self._check_open()
        task = asyncio.current_task()
        assert task is not None, "calls are made in tasks"
        self._calls.add(task)
        try:
            tool = self._staged(tool)
            frozen = tool.freeze(args, kwargs)
            return await (self._write(tool, frozen) if tool.writes else self._read(tool, frozen))
        finally:
            self._calls.discard(task)

    async def undo(self, tool: ToolCode, frozen: str) -> None:
        """Make the one call of a step that undoes a write; raise ToolFailed where it fails."""
        staged = self._around.stage(tool)
        await self._sent(Chain((staged,), self._around), frozen)
        self._known(staged)

    def _check_open(self) -> None:
        if self.is_closed:
            raise asyncio.CancelledError

    async def _read(self, tool: ToolCode, frozen: str) -> Any:
        if self.is_one_call:
            return await self._read_alone(tool, frozen)
        call, known = self._recorded(tool, frozen)
        if known is not None:
            return _replayed(tool, known.result, known.failure)
        began = self._around.clock.now_ms()
        answer = await self._answer(tool, frozen, call)
        self._report(call, answer, began)
        return _replayed(tool, answer.result, answer.failure)

    async def _read_alone(self, tool: ToolCode, frozen: str) -> Any:
        """Make the read that is all of its step: how the step ends says the same as how the read does."""
        answer = await self._answer(tool, frozen, "")
        if answer.source:
            self._report(read_identity(tool.name, tool.digest_of(frozen), 1), answer)
        return _replayed(tool, answer.result, answer.failure)

    def _report(self, call: str, answer: Answer, began: int | None = None) -> None:
        run, ended = self.run, (answer.result, answer.failure, answer.source, began)
        run.feed(ReadEnded(run.incarnation, self.path, self.entry, call, *ended))

    async def _answer(self, tool: ToolCode, frozen: str, name: str) -> Answer:
        """Make a read, by those that stand in for it where it fails; where it waits for long, suspend the step."""
        chain = self._chain(tool)
        goes_on, self._has_gone_on = not self._has_gone_on, True

        async def ask(nth: int) -> str | Miss | Held:
            candidate = chain.candidates[nth]
            send = partial(candidate.send, frozen, key=None, provider=self._around.provider)
            made = Call(send, candidate.is_async, path=self.path, name=name)
            call = guarded(candidate, frozen, made, run=self.run, around=self._around)
            if goes_on:  # the first call that is not on record is the one that was left to wait
                go_on(call, self.run.step(self.path))
            chain.bound(call, nth)
            ended = await read(candidate, call, self._around)
            self._check_open()
            return ended

        answer = await first_answer(chain, ask)
        if isinstance(answer, Held):
            self.suspend(answer)
            never: Answer = await self._never()
            return never
        return answer

    def _chain(self, tool: ToolCode) -> Chain:
        return Chain((tool, *(self._staged(other) for other in tool.fallback)), self._around)

    def _staged(self, tool: ToolCode) -> ToolCode:
        return self._around.stage(self.guarded(tool))

    def _recorded(self, tool: ToolCode, frozen: str) -> tuple[str, Read | None]:
        """Return the read's identity, and its answer on record where there is one that is fresh enough."""
        digest = tool.digest_of(frozen)
        base = f"{tool.name}:{digest}"
        nth = self._reads[base] = self._reads.get(base, 0) + 1
        call = read_identity(tool.name, digest, nth)
        step = self.run.step(self.path)
        known = step.reads.get(call) if step else None
        if known is None or tool.fresh_ms is None or known.at + tool.fresh_ms >= self._around.clock.now_ms():
            return call, known
        return f"{call}@{self.entry}", None

    async def _write(self, tool: ToolCode, frozen: str) -> Any:
        step = self.run.step(self.path)
        if step is None or step.entry != self.entry:
            self.close()
            return await self._never()
        if self.wrote is not None:
            error = SecondWriteError(first=self.wrote, second=tool.name, step=self.path)
            self._end_with(Failed(failure_of(error, self.path)))
            return await self._never()
        self.wrote = tool.name
        write = step.write
        if write is not None and _asked_for(write) != (tool.name, frozen):
            return await self._diverged("".join(_asked_for(write)), f"{tool.name}{frozen}")
        chain = self._chain(tool)
        if write is None or write.status is WriteStatus.APPROVED:
            await self._sent(chain, frozen, may_ask=write is None)
        while (nth := next_candidate(self._on_record(), chain)) is not None:
            await self._sent(chain, frozen, nth=nth)
        return self._known(tool)

    async def _diverged(self, expected: str, got: str) -> Any:
        self.suspend(Halted(ParkReason.DIVERGED, f"run again, the step asked for {got} and not for {expected}"))
        return await self._never()

    async def _sent(self, chain: Chain, frozen: str, *, nth: int = 0, may_ask: bool = False) -> None:
        """Intend, commit, look a last time, send. What is on its way is not called off with the step."""
        wanted = self._wanted(chain.candidates[nth], frozen, nth, may_ask=may_ask)
        sending = asyncio.create_task(self._intend_and_send(chain, wanted))
        self._sending = sending
        await asyncio.shield(sending)
        if self.is_closed:
            await self._never()

    def _wanted(self, tool: ToolCode, frozen: str, nth: int, *, may_ask: bool) -> WriteWanted:
        """Return the write under its key; a candidate takes over the act of the one before it."""
        run = self.run
        asks, asks_ms = tool.consent_ms(frozen) if may_ask else (False, None)
        act = self._on_record().act if nth else self.act or tool.act(frozen)
        slot = slot_of(self.path, act=act, candidate=nth)
        key = idempotency_key(run.namespace, run.run_id, slot, generation=run.generation(act or self.path))
        return WriteWanted(
            run.incarnation, self.path, self.entry, tool.name, frozen, key, tool.undo, tool.irreversible,
            self.code, asks, asks_ms, act, nth,
        )  # fmt: skip

    async def _intend_and_send(self, chain: Chain, wanted: WriteWanted) -> None:
        run = self.run
        run.feed(wanted)
        if self._is_settled():
            return  # its act is known already
        if not self._is_intended():
            self.suspend(None)  # consent is awaited, the run ends, or the report was stale
            return
        try:
            await run.committed()
            if self.is_closed or not self._is_intended():
                self._void()
                return
            tool = chain.candidates[wanted.candidate]
            why = await Sender(run, self.path, self.entry, tool, self._around, chain=chain).settle()
        except (RunLostError, StoreUnavailableError):
            self.suspend(None)
            return
        if why is not None:
            self.suspend(why)

    def _is_intended(self) -> bool:
        return self._status() is WriteStatus.INTENT

    def _is_settled(self) -> bool:
        return self._status() in (WriteStatus.DONE, WriteStatus.FAILED)

    def _status(self) -> WriteStatus | None:
        step = self.run.step(self.path)
        if step is None or step.entry != self.entry or step.write is None or step.status is not StepStatus.RUNNING:
            return None
        return step.write.status

    def _void(self) -> None:
        """Called off between the intent and the first byte: it has not happened.

        It is over with its step; where only this process lets go of the run, it is sent later.
        """
        if self._is_intended():
            gone = called_off(self.path) if self._is_ending else None
            self.run.feed(WriteSettled(self.run.incarnation, self.path, failure=gone, absent=gone is None))

    def _known(self, tool: ToolCode) -> Any:
        write = self._on_record()
        return _replayed(tool, write.result, failure_of_all(write))

    def _on_record(self) -> Write:
        step = self.run.step(self.path)
        assert step is not None, "an open context's step is there"
        assert step.write is not None, "a settled write is on record"
        return step.write

    async def _never(self) -> Any:
        """Wait for the cancellation that a closed context brings."""
        await self._around.loop.create_future()

    # ----- the end of the entry

    def close(self) -> None:
        """Refuse every later call."""
        self.is_closed = True

    def suspend(self, outcome: Outcome | None) -> None:
        """Close, and call the step's code off; `outcome` is reported, None where the run knows already."""
        if self.is_suspended:
            return
        self.is_suspended = True
        self.close()
        self.ended = outcome
        self.run.suspended(self)
        for task in list(self._calls):
            task.cancel()

    def stop(self) -> None:
        """Call the entry off, once a write that may be on its way has settled."""
        self._end_with(Stopped())

    def leave(self) -> None:
        """Call the entry off without an end, once a write that may be on its way has settled: it is entered again."""
        self._over_with(None)

    def _end_with(self, outcome: Outcome) -> None:
        self._is_ending = True
        self._over_with(outcome)

    def _over_with(self, outcome: Outcome | None) -> None:
        self.close()
        if self._sending is not None and not self._sending.done():
            self._sending.add_done_callback(lambda _: self.suspend(outcome))
        else:
            self.suspend(outcome)

    async def settled(self) -> None:
        """Wait until no write of this entry is on its way."""
        if self._sending is not None and not self._sending.done():
            await asyncio.wait([self._sending])


def _as_it_is(tool: ToolCode) -> ToolCode:
    return tool


def _asked_for(write: Write) -> tuple[str, str]:
    """Return the tool that the step's code asked for, and its arguments."""
    return write.asked or write.tool, write.asked_args or write.args


def _replayed(tool: ToolCode, result: str | None, failure: Failure | None) -> Any:
    """Give the step's code what is on record: the decoded result, or the failure."""
    if failure is not None:
        if failure.causes:
            raise FallbackFailed(failure)
        raise NotApproved(failure) if "NotApproved" in failure.types else ToolFailed(failure)
    assert result is not None, "a finished call has a result or a failure"
    return tool.decode(result)
