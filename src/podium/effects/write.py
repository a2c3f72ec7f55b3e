"""A write that is on record: sent with its frozen bytes until it is known what became of it, or nobody can say.

The same way is taken by a step's live call and, after a crash or a wait, before the step's code is entered again.
Doubt is sticky: once an attempt may have reached the other side, a later refusal does not end it.
"""

import asyncio
from dataclasses import dataclass

from podium.core.path import is_undo
from podium.core.state import Step, Write, WriteStatus
from podium.core.stimuli import Halted, Held, ParkReason, Stopped, WriteSettled, WriteWanted
from podium.effects.attempt import RETRYABLE, Call, Tried, try_once
from podium.effects.ports import RunPort, Surroundings
from podium.effects.read import DEFAULT
from podium.failure import Failure, FailureKind
from podium.graph.policies import Retry
from podium.guard.retry import delay_ms
from podium.workflow.binding import ToolCode

KEY_MARGIN_MS = 60_000
"""So long before the other side may forget a key, it is not relied on any more."""

POSTPONED_MS_MAX = 300_000
POSTPONED_MS_MIN = 1_000
NOTHING = ""
"""What `reconcile` answering None is recorded as: no JSON text is empty."""

ONCE = Retry(attempts=1)

HELD_MS_MIN = 30_000
"""A wait longer than this lets go of the worker."""


@dataclass(slots=True)
class Sender:
    """What is needed to send one write of one step."""

    run: RunPort
    path: str
    entry: int
    tool: ToolCode
    around: Surroundings
    tries: int = 0

    async def settle(self) -> Halted | Held | Stopped | None:
        """Bring the open write on record to a result or a definite failure, which are then in the run's state.

        Returns:
            None once that is done, or when the report would be stale; otherwise why the step can not go on now.

        Raises:
            RunLostError, StoreUnavailableError: Another process owns the run, or nothing goes to disk any more.
        """
        write = self._write()
        if write is None:
            return None
        if write.status is WriteStatus.RELEASED and self.run.is_closing(self.path):
            return Stopped()
        if write.status is WriteStatus.RELEASED or write.send_again:
            self.run.feed(self._again(write))
            await self.run.committed()
        elif write.status is WriteStatus.DOUBT and not self._key_holds(write):
            return await self._ask(write, may_resend=True)
        return await self._send()

    def _write(self) -> Write | None:
        """Return the write as long as it is this entry's business."""
        step: Step | None = self.run.step(self.path)
        return None if step is None or step.entry != self.entry else step.write

    def _again(self, write: Write) -> WriteWanted:
        return WriteWanted(
            self.run.incarnation,
            self.path,
            self.entry,
            write.tool,
            write.args,
            write.key,
            write.undo,
            write.irreversible,
            write.code,
            act=write.act,
            candidate=write.candidate,
        )

    def _key_holds(self, write: Write) -> bool:
        """Claim that sending again under the same key is safe now."""
        life_ms = self.tool.key_life_ms
        return life_ms is not None and self.around.clock.now_ms() < write.sent_at + life_ms - KEY_MARGIN_MS

    async def _send(self) -> Halted | Held | Stopped | None:
        policy = self._policy()
        while (write := self._write()) is not None:
            if write.status is WriteStatus.INTENT and self.run.is_closing(self.path):
                self._report(failure=called_off(self.path))  # it has certainly not happened: an intent is no doubt
                return None
            tried = await try_once(self.tool, self._call(write), self.around)
            if self._settled(tried):
                return None
            self.tries += 1
            wait_ms = delay_ms(policy, attempt=self.tries, share=self.around.share)
            if wait_ms is None or not self._may_resend(tried):
                return await self._spent(tried, write, may_resend=wait_ms is not None)
            if wait_ms > HELD_MS_MIN:
                return self._hold(wait_ms)
            await self.around.clock.sleep(wait_ms)
        return None

    def _policy(self) -> Retry:
        """Return how often to try here and now. What undoes is tried once: the saga waits without a worker."""
        return ONCE if is_undo(self.path) else self.tool.policy.retry or DEFAULT

    def _call(self, write: Write) -> Call:
        tool, provider, forward_key = self.tool, self.around.provider, self._forward_key()
        return Call(
            lambda: tool.send(write.args, key=write.key, provider=provider, forward_key=forward_key),
            tool.is_async,
            tool.encode,
        )

    def _forward_key(self) -> str | None:
        """Return the key of the write that this one undoes; None where it undoes none."""
        step = self.run.step(self.path)
        return None if step is None or step.undoes is None else step.undoes.key

    def _settled(self, tried: Tried) -> bool:
        """Report a result, or the doubt that this try caused; say whether all is known now."""
        if tried.failure is None:
            self._report(result=tried.result)
            return True
        if not tried.is_sure:
            self._report(doubt=tried.failure)
        return False

    def _report(
        self,
        *,
        result: str | None = None,
        failure: Failure | None = None,
        doubt: Failure | None = None,
        absent: bool = False,
    ) -> None:
        self.run.feed(WriteSettled(self.run.incarnation, self.path, result, failure, doubt, absent))

    def _may_resend(self, tried: Tried) -> bool:
        """Claim that the same bytes may be sent once more without asking anybody."""
        write = self._write()
        if write is None or tried.failure is None or tried.failure.kind not in RETRYABLE:
            return False
        return write.status is WriteStatus.INTENT or self._key_holds(write)

    def _hold(self, wait_ms: int) -> Held:
        write = self._write()
        if write is not None and write.status is WriteStatus.INTENT:
            self._report(absent=True)  # every try was surely not sent, and must not look like doubt after a crash
        return Held(self.around.clock.now_ms() + wait_ms)

    async def _spent(self, tried: Tried, write: Write, *, may_resend: bool) -> Halted | Held | Stopped | None:
        """No attempts are left, or none may be made without asking."""
        assert tried.failure is not None, "a result needs no more attempts"
        if write.status is WriteStatus.INTENT:
            self._report(failure=tried.failure)
            return None
        if tried.failure.kind in RETRYABLE and self._key_holds(write):
            return Held(self.around.clock.now_ms() + self._patience_ms(write))
        if tried.lingering is not None:
            await asyncio.wait([asyncio.wrap_future(tried.lingering)])
        return await self._ask(write, may_resend=may_resend)

    def _patience_ms(self, write: Write) -> int:
        """Return a wait that grows with the age of the doubt, from 1 s to 5 min."""
        age_ms = self.around.clock.now_ms() - write.sent_at
        return min(max(age_ms, POSTPONED_MS_MIN), POSTPONED_MS_MAX)

    async def _ask(self, write: Write, *, may_resend: bool) -> Halted | Held | Stopped | None:
        """Let the tool's `reconcile` say whether it happened; without one, a person has to."""
        if not self.tool.reconciles:
            return self._park(write, "the tool takes no key (any more) and has no reconcile")
        await self.around.clock.sleep(self.around.settle_delay_ms)
        answer = await try_once(self.tool, self._question(write), self.around)
        if answer.failure is not None:
            if answer.failure.kind in RETRYABLE:
                return Held(self.around.clock.now_ms() + self._patience_ms(write))
            return self._park(write, f"reconcile failed: {answer.failure}")
        if answer.result != NOTHING:
            self._report(result=answer.result)
            return None
        return await self._absent(write, may_resend=may_resend)

    def _question(self, write: Write) -> Call:
        tool, provider, forward_key = self.tool, self.around.provider, self._forward_key()
        return Call(
            lambda: tool.reconcile(write.args, key=write.key, provider=provider, forward_key=forward_key),
            tool.reconcile_is_async,
            lambda found: NOTHING if found is None else tool.encode(found),
        )

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


def called_off(path: str) -> Failure:
    """Return the failure of a write that was called off before it was sent."""
    return Failure(kind=FailureKind.CANCELLED, type="CancelledError", message="called off, not sent", source=path)
