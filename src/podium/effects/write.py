"""A write that is on record: sent with its frozen bytes until it is known what became of it, or nobody can say.

The same way is taken by a step's live call and, after a crash or a wait, before the step's code is entered again.
Doubt is sticky: once an attempt may have reached the other side, a later refusal does not end it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from podium.core.path import is_undo
from podium.core.state import OPEN_WRITE, Step, Write, WriteStatus
from podium.core.stimuli import Halted, Held, ParkReason, Stopped, WriteSettled, WriteWanted
from podium.effects.attempt import Call, encoded, failure_of_miss, go_on, guarded
from podium.effects.fallback import Chain
from podium.effects.keys import write_name
from podium.effects.late import Listener
from podium.effects.ports import RunPort, Surroundings
from podium.failure import Failure, FailureKind
from podium.guard.flight import GuardedCall, Miss
from podium.guard.meaning import RETRYABLE
from podium.guard.retry import LEAVES_MS, Pause, Tries, gives_way, is_given_up
from podium.workflow.binding import ToolCode

KEY_MARGIN_MS = 60_000
"""So long before the other side may forget a key, it is not relied on any more."""

POSTPONED_MS_MAX = 300_000
POSTPONED_MS_MIN = 1_000
NOTHING = ""
"""What `reconcile` answering None is recorded as: no JSON text is empty."""

_NO_KEY = "the tool takes no key (any more) and has no reconcile"
_REFUSED = "it was refused when it was sent again, which says nothing of the first time, and the tool has no reconcile"


@dataclass(slots=True)
class Sender:
    """What is needed to send one write of one step.

    Attributes:
        run, path, entry: Whose.
        tool: What is called.
        around: What all calls share.
        resumes: It goes on where an earlier entry of the step left it.
        chain: The candidates of the call; None where nothing can stand in for the tool.
    """

    run: RunPort
    path: str
    entry: int
    tool: ToolCode
    around: Surroundings
    resumes: bool = False
    chain: Chain | None = None
    _tries: Tries | None = None
    _sent: int = 0
    _heard: "dict[asyncio.Future[Any], Callable[[], bool]]" = field(default_factory=dict)

    async def settle(self) -> Halted | Held | Stopped | None:
        """Bring the open write on record to a result or a definite failure, which are then in the run's state.

        Returns:
            None once that is done, or when the report would be stale; otherwise why the step can not go on now.

        Raises:
            RunLostError, StoreUnavailableError: Another process owns the run, or nothing goes to disk any more.
        """
        write = await self._begun()
        if write is None:
            return None
        if write.status is WriteStatus.RELEASED and self.run.is_closing(self.path):
            return Stopped()
        if write.status is WriteStatus.RELEASED or write.send_again:
            self.run.feed(again(self.run.incarnation, self.path, self.entry, write=write))
            await self.run.committed()
        elif write.status is WriteStatus.DOUBT and not self._key_holds(write):
            return await self._ask(write, may_resend=True)
        return await self._send()

    async def _begun(self) -> Write | None:
        """Return the write. One of a run from a backup may have been made in the time that was lost: it is in doubt.

        Not once its key was renewed: then somebody who could know has said that it had not happened, or was undone.
        """
        write = self._write()
        if write is None or write.status is not WriteStatus.INTENT or self.run.restored_at is None:
            return write
        if not self.run.generation(write.act or self.path):
            self._report(doubt=restored(self.run.restored_at))
            await self.run.committed()
        return self._write()

    def _write(self) -> Write | None:
        """Return the write as long as it is this entry's business."""
        step: Step | None = self.run.step(self.path)
        return None if step is None or step.entry != self.entry else step.write

    def _open(self) -> Write | None:
        """Return the write as long as it is to be settled here: a late answer may have come in between."""
        write = self._write()
        return write if write is not None and write.status in OPEN_WRITE else None

    def _key_holds(self, write: Write) -> bool:
        """Claim that sending again under the same key is safe now."""
        life_ms, since = self.tool.key_life_ms, write.sent_at
        if self.run.restored_at is not None:
            since = min(since, self.run.restored_at)
        return life_ms is not None and self.around.clock.now_ms() < since + life_ms - KEY_MARGIN_MS

    async def _send(self) -> Halted | Held | Stopped | None:
        ring = self.around.guards.ring(self.tool.name, self.tool.policy, writes=True)
        call: GuardedCall | None = None
        while (write := self._open()) is not None:
            if write.status is WriteStatus.INTENT and self.run.is_closing(self.path):
                self._report(failure=called_off(self.path))  # it has certainly not happened: an intent is no doubt
                return None
            call = call or self._call(write)
            deadline = ring.deadline_of(call) if write.status is WriteStatus.INTENT else None
            tries = self._tries = self._tries or ring.tries_of(call, deadline)
            is_only = self._is_next_the_only_one(write)
            ended = encoded(await ring.attempt(call, deadline), self.tool.encode)
            self._hear(ended, write.key, is_only)
            if self._open() is None:
                return None
            if not isinstance(ended, Miss):
                ring.succeeded(tries)
                self._succeed(ended, write)
                return None
            if not ended.meaning.is_sure:
                self._report(doubt=failure_of_miss(ended, self.tool.name))
            pause = ring.after(tries, ended)
            if isinstance(pause, Miss) or not self._may_resend(ended) or self._gives_way(call, pause):
                return await self._spent(ended, pause, write, may_resend=tries.has_more)
            if pause.ms > LEAVES_MS:
                return self._hold(pause, tries, ring.own_deadline_at(call))
            await self.around.clock.sleep(pause.ms)
        return None

    def _is_next_the_only_one(self, write: Write) -> Callable[[], bool]:
        """Begin an attempt; return what says whether it is the only one that was made and may have happened."""
        self._sent += 1
        nth, is_first = self._sent, write.status is WriteStatus.INTENT
        return lambda: is_first and self._sent == nth

    def _hear(self, ended: str | Miss, key: str, is_only: Callable[[], bool]) -> None:
        """Pass an answer on that is not ours to believe any more, and listen to what was left behind."""
        if self._write() is None:
            self._listener(key).tell(ended, is_only=False)
        if isinstance(ended, Miss) and ended.left is not None:
            self._listener(key).listen(ended.left, is_only)
            self.around.leftovers.add(key, ended.left)
            self._heard[ended.left] = is_only

    def _listener(self, key: str) -> Listener:
        return Listener(self.run, self.path, self.entry, key, self.tool)

    def _succeed(self, result: str, write: Write) -> None:
        self.run.answered(self._listener(write.key).evidence(result))
        self._report(result=result)

    def _call(self, write: Write) -> GuardedCall:
        tool, provider, forward_key = self.tool, self.around.provider, self._forward_key()
        made = Call(
            lambda: tool.send(write.args, key=write.key, provider=provider, forward_key=forward_key),
            tool.is_async,
            write.key,
            self.path,
            write_name(write.key),
        )
        call = guarded(tool, write.args, made, run=self.run, around=self.around)
        call.settles = True
        if is_undo(self.path):  # the saga waits without a worker, and for as long as it takes
            call.is_once, call.deadline_at = True, None
        elif self.resumes:
            go_on(call, self.run.step(self.path))
        if self.chain is not None:
            self.chain.bound(call, write.candidate)
        return call

    def _forward_key(self) -> str | None:
        """Return the key of the write that this one undoes; None where it undoes none."""
        step = self.run.step(self.path)
        return None if step is None or step.undoes is None else step.undoes.key

    def _report(
        self,
        *,
        result: str | None = None,
        failure: Failure | None = None,
        doubt: Failure | None = None,
        absent: bool = False,
    ) -> None:
        self.run.feed(WriteSettled(self.run.incarnation, self.path, result, failure, doubt, absent))

    def _may_resend(self, miss: Miss) -> bool:
        """Claim that the same bytes may be sent once more without asking anybody."""
        write = self._write()
        if write is None or miss.meaning.kind not in RETRYABLE:
            return False
        return write.status is WriteStatus.INTENT or self._key_holds(write)

    def _gives_way(self, call: GuardedCall, pause: Pause) -> bool:
        """Claim that another tool is to write: nobody is asked while this one may have."""
        write = self._write()
        return write is not None and write.status is WriteStatus.INTENT and gives_way(call, pause)

    def _hold(self, pause: Pause, tries: Tries, deadline_at: int | None) -> Held:
        write = self._write()
        if write is not None and write.status is WriteStatus.INTENT:
            self._report(absent=True)  # every try was surely not sent, and must not look like doubt after a crash
        return Held(self.around.clock.now_ms() + pause.ms, tries.count, pause.why, deadline_at)

    async def _spent(
        self, miss: Miss, pause: Pause | Miss, write: Write, *, may_resend: bool
    ) -> Halted | Held | Stopped | None:
        """No attempts are left, or none may be made without asking. Doubt is about what was sent, not about guards."""
        if write.status is WriteStatus.INTENT:
            self._report(failure=self._failure(pause if isinstance(pause, Miss) else miss))
            return None
        if miss.meaning.kind in RETRYABLE and self._key_holds(write):
            return Held(self.around.clock.now_ms() + self._patience_ms(write))
        return await self._ask(write, may_resend=may_resend and not is_given_up(pause))

    def _failure(self, miss: Miss) -> Failure:
        """Return how the write ended; whoever undoes tries again, and has to know when the other side lets it."""
        failure, after_ms = failure_of_miss(miss, self.tool.name), miss.meaning.retry_after_ms
        if not is_undo(self.path) or after_ms is None:
            return failure
        return replace(failure, retry_at=self.around.clock.now_ms() + after_ms)

    def _patience_ms(self, write: Write) -> int:
        """Return a wait that grows with the age of the doubt, from 1 s to 5 min."""
        age_ms = self.around.clock.now_ms() - write.sent_at
        return min(max(age_ms, POSTPONED_MS_MIN), POSTPONED_MS_MAX)

    async def _ask(self, write: Write, *, may_resend: bool) -> Halted | Held | Stopped | None:
        """Let what was left behind, then the tool's `reconcile`, say whether it happened; else a person has to."""
        if await self._is_known(write):
            return None
        if not self.tool.reconciles:
            return self._park(write, _REFUSED if self._key_holds(write) else _NO_KEY)
        return await self._reconciled(write, may_resend=may_resend)

    async def _reconciled(self, write: Write, *, may_resend: bool) -> Halted | Held | Stopped | None:
        await self.around.clock.sleep(self.around.settle_delay_ms)
        answer = await self._answer(write)
        if self._open() is None:
            return None
        if isinstance(answer, Miss):
            if answer.meaning.kind in RETRYABLE:
                return Held(self.around.clock.now_ms() + self._patience_ms(write))
            return self._park(write, f"reconcile failed: {failure_of_miss(answer, self.tool.name)}")
        if answer != NOTHING:
            self._report(result=answer)
            return None
        return await self._absent(write, may_resend=may_resend)

    async def _is_known(self, write: Write) -> bool:
        """Wait for what was left behind, which may yet act; say whether the write is settled now."""
        for left in self.around.leftovers.of(write.key):
            await asyncio.wait([left])
            late, is_only = self._listener(write.key).answer_of(left), self._heard.get(left)
            if self._open() is None:
                return True
            if not isinstance(late, Miss):
                self._succeed(late, write)
            elif late.meaning.is_sure and is_only is not None and is_only():
                self._report(failure=failure_of_miss(late, self.tool.name))
        return self._open() is None

    async def _answer(self, write: Write) -> str | Miss:
        """Return what `reconcile` says: the result as JSON text, or NOTHING."""
        tool, provider, forward_key = self.tool, self.around.provider, self._forward_key()
        asked = Call(
            lambda: tool.reconcile(write.args, key=write.key, provider=provider, forward_key=forward_key),
            tool.reconcile_is_async,
        )
        call = guarded(tool, write.args, asked, run=self.run, around=self.around)
        ring = self.around.guards.ring(tool.name, tool.policy, writes=True)
        return encoded(await ring.ask(call, None), lambda found: NOTHING if found is None else tool.encode(found))

    async def _absent(self, write: Write, *, may_resend: bool) -> Halted | Held | Stopped | None:
        """It did not happen, if its sender can not send it any more."""
        if write.sender_may_live:
            return self._park(write, "reconcile found nothing, but the process that sent it may still be alive")
        if not may_resend:
            cause = write.failure or Failure(kind=FailureKind.TRANSIENT, type="LostError", message="reply lost")
            self._report(failure=cause)
            return None
        self._report(absent=True)
        return await self.settle()

    def _park(self, write: Write, why: str) -> Halted:
        cause = f"; last error: {write.failure}" if write.failure else ""
        return Halted(ParkReason.IN_DOUBT, f"{write.tool} may have happened: {why}{cause}")


def again(incarnation: int, path: str, entry: int, *, write: Write) -> WriteWanted:
    """Return the wish to send a write on record once more: the same bytes under the same key."""
    return WriteWanted(
        incarnation,
        path,
        entry,
        write.tool,
        write.args,
        write.key,
        write.undo,
        write.irreversible,
        write.code,
        act=write.act,
        candidate=write.candidate,
    )


def restored(at_ms: int) -> Failure:
    """Return the doubt about a write of a run that was restored from a backup."""
    message = f"the run was restored from a backup of {at_ms}, and may have made this write after it"
    return Failure(kind=FailureKind.TRANSIENT, type="RestoredError", message=message)


def called_off(path: str) -> Failure:
    """Return the failure of a write that was called off before it was sent."""
    return Failure(kind=FailureKind.CANCELLED, type="CancelledError", message="called off, not sent", source=path)
