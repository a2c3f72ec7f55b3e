"""Runs that nobody holds find a holder, and stimuli find their run: at the start, and again and again."""

import asyncio
import logging
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from podium.core import stimuli as st
from podium.core.events import Event
from podium.core.rewind import rewound
from podium.core.state import RunState, RunStatus, StepStatus, WriteStatus
from podium.effects.telemetry import Held
from podium.engine import inbox
from podium.engine.guarding import SharedGuards
from podium.engine.host import Host
from podium.engine.live import LiveRun
from podium.engine.loading import load
from podium.engine.ports import Append, Claim, InboxRow, Loaded, Projection, Status
from podium.engine.registry import Registry
from podium.errors import (
    BugError,
    DamagedError,
    InvalidAnswerError,
    RefusedError,
    ReplayError,
    RunLostError,
    RunNotFoundError,
    StoreError,
    StoreUnavailableError,
)

POLL_MS = 50
"""How often this process looks whether another one committed something."""

SWEEP_MS = 1000
"""How often it looks for due and abandoned runs whether or not anything was committed."""

REOPEN_MS_FIRST, REOPEN_MS_MAX = 100, 10_000
"""How long to wait before a store that failed again is opened anew: doubling from the first to the last."""

CLAIMS_MAX = 200
"""How many are taken over at once: folded and committed before the next."""

SUSPECT_CRASHES = 2
"""A run whose process died so often without getting on is recovered alone; once more, and it is parked."""

ALONE_MS_MAX = 30_000
"""A suspect that has not killed its process after so long does not keep others waiting any more."""

UNDOING_MS_MAX = 15 * 60_000
"""A run that has been undoing what it wrote for longer is told of: somebody should look."""

_LOG = logging.getLogger("podium")


class Recovery:
    """The loop that keeps every run held by somebody who can get it on.

    Args:
        host: Holds them.
        registry: The code of those that are taken over.
        guards: What other processes tell of theirs.
        own: The only runs that are taken over, to which `keep` adds; None for all.

    Attributes:
        is_behind: There may be runs that wait for somebody who has room for them.
        reopened: How often the store had failed and was opened anew.
    """

    def __init__(self, host: Host, registry: Registry, guards: SharedGuards, *, own: set[str] | None = None) -> None:
        self._host, self._registry, self._guards, self._own = host, registry, guards, own
        self._nudged = asyncio.Event()
        self._over = asyncio.Event()
        self._suspects: list[tuple[LiveRun, st.TakeOver]] = []
        self._alone_since_ms = 0
        self._told_of: set[str] = set()
        self.is_behind = False
        host.on_room = self._room
        self.reopened = 0
        self._reopen_ms, self._durable = REOPEN_MS_FIRST // 2, sys.maxsize
        self._unread: list[Claim] = []
        host.on_failure = self.nudge

    def nudge(self) -> None:
        """Look now."""
        self._nudged.set()

    def keep(self, run_id: str) -> None:
        """Take this run over whenever nobody holds it."""
        if self._own is not None:
            self._own.add(run_id)

    async def run(self) -> None:
        """Look for ever; the first look has been made by `sweep`."""
        swept_at, trouble = self._host.clock.now_ms(), ""
        while True:
            await self._pause()
            try:
                if self._host.failure is not None:
                    await self._reopen()
                swept_at = await self._look(swept_at)
                trouble = ""
            except StoreError as error:
                if str(error) != trouble:
                    _LOG.warning("the store does not do what it should, and is tried again: %s", error)
                trouble = str(error)

    async def _reopen(self) -> None:
        """Open a store that failed anew, however often that has to be tried; forget what this process held."""
        self._suspects.clear()
        self._unread.clear()
        store = self._host.store
        is_better = store.durable > self._durable
        self._reopen_ms = REOPEN_MS_FIRST if is_better else min(2 * self._reopen_ms, REOPEN_MS_MAX)
        await self._host.clock.sleep(self._reopen_ms)
        await store.reopen()
        self._durable = store.durable
        self.reopened += 1
        self._host.reopened()
        await store.offer(self._registry.hashes())
        self.nudge()

    async def _look(self, swept_at: int) -> int:
        """Look once; return when everything was last looked at."""
        now_ms = self._host.clock.now_ms()
        changed = await self._host.store.changed() or self._nudged.is_set()
        self._nudged.clear()
        is_due = abs(now_ms - swept_at) >= SWEEP_MS  # the wall clock may have been set back
        if changed or is_due:
            await self._guards.adopt()
            await self.sweep()
        if is_due and self._registry.hashes():  # who only watches is no worker, and judges nobody's runs
            await self._host.store.orphans()
            await self._alarm(now_ms)
        self._next_suspect()
        return now_ms if is_due else swept_at

    async def _pause(self) -> None:
        """Wait for a nudge, or a while."""
        timer = self._host.clock.poll_at(self._host.clock.now_ms() + POLL_MS, self._over.set)
        waiting = {asyncio.ensure_future(self._nudged.wait()), asyncio.ensure_future(self._over.wait())}
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
            self._over.clear()
            for task in waiting:
                task.cancel()

    async def sweep(self) -> None:
        """Claim what can be claimed, deliver what was asked, tell who waits for runs held elsewhere."""
        store = self._host.store
        hashes = self._registry.hashes()
        unread, self._unread = self._unread, []
        await self._hold(unread)
        if self._own is not None:
            await self._hold_own(self._own)
        elif hashes:
            limit = min(CLAIMS_MAX, self._host.room)
            claims = await store.claim(hashes=hashes, now_ms=self._host.clock.now_ms(), limit=limit) if limit else ()
            self.is_behind = len(claims) == limit
            await self._hold(claims)
            if self._host.room:
                self._room()  # what is left is taken once these are held
        await self.deliver()
        await self._tell()

    async def _hold_own(self, own: set[str]) -> None:
        self.is_behind = False
        for run_id in tuple(own):
            if not self._host.room:
                self.is_behind = True
                return
            if await self._is_due(run_id):
                await self.hold(run_id)

    def _room(self) -> None:
        """Look again at once, where something may wait for room."""
        if self.is_behind:
            self.nudge()

    async def hold(self, run_id: str) -> None:
        """Take a run whatever it waits for, where no living process holds it, and let it decide what was asked."""
        claim = await self._host.store.claim_one(run_id)
        await self._hold([] if claim is None else [claim])

    async def _hold(self, claims: Sequence[Claim]) -> None:
        adopted = [await self.adopt(claim) for claim in claims]
        if adopted:
            await self.deliver()
        for run in adopted:
            if run is not None:
                run.rest()

    async def _is_due(self, run_id: str) -> bool:
        """Claim that a run of our own is held by nobody, or by somebody who may be gone, and has something to do."""
        if run_id in self._host.live:
            return False
        try:
            info = await self._host.store.info(run_id)
        except RunNotFoundError:  # not begun yet, or pruned
            return False
        if info.status.is_terminal and self._own is not None:
            self._own.discard(run_id)
        if info.owner is not None:
            return not info.status.is_terminal
        due = info.has_work or (info.wake_at is not None and info.wake_at <= self._host.clock.now_ms())
        return due or bool(await self._host.store.take_inbox([run_id]))

    async def adopt(self, claim: Claim) -> LiveRun | None:
        """Hold a claimed run: fold it, and get it on. One that can not be read is parked, alone."""
        if claim.run_id in self._host.live:
            claim = await self._given_up(claim)
        try:
            loaded, state = await load(self._host.store, claim.run_id)
        except (ReplayError, DamagedError, BugError, RunNotFoundError) as error:
            await self._set_aside(claim, str(error))
            return None
        except StoreUnavailableError as error:
            _LOG.warning("run %s can not be read now, and is tried again: %s", claim.run_id, error)
            self._unread.append(claim)
            return None
        state.incarnation = claim.epoch
        run = LiveRun(self._host, state, self._registry.find(loaded.info.graph_hash), epoch=claim.epoch)
        run.has_snapshot = loaded.snapshot is not None
        run.restored_at, run.is_waiting = loaded.info.restored_at, True
        if self._host.telling is not None:
            await self._tell_on(loaded, state, claim)
        self._host.live[claim.run_id] = run
        self._begin(run, claim)
        return run

    async def _tell_on(self, loaded: Loaded, state: RunState, claim: Claim) -> None:
        telling, host = self._host.telling, self._host
        assert telling is not None, "somebody observes"
        held = Held(host.store.namespace, loaded.info.created_at, claim.taken_over)
        await telling.adopt(state, loaded, held)

    async def _given_up(self, claim: Claim) -> Claim:
        """Let go of a run that was taken from this process while it stood still, before it is held anew.

        What the old holding has on its way to disk is refused there, and has to be, before the new one decides; what it
        has sent is on its way from a process that lives: this one.
        """
        old = self._host.live[claim.run_id]
        old.drop()
        with suppress(RunLostError):
            await self._host.until_committed(old, old.ticket)
        return replace(claim, proven_dead=False)

    def _begin(self, run: LiveRun, claim: Claim) -> None:
        loose = has_intent(run.state)
        if not claim.taken_over and not loose:
            run.begin()
            return
        news = st.TakeOver(claim.epoch, proven_dead=claim.proven_dead)
        if claim.proven_dead and run.state.moving and run.state.crashes + 1 >= SUSPECT_CRASHES:
            self._suspects.append((run, st.TakeOver(claim.epoch, proven_dead=True, alone=True)))
            self._next_suspect()
        else:
            self._take_over(run, news)

    def _take_over(self, run: LiveRun, news: st.TakeOver) -> None:
        """Enter no step before it is on disk that a process died in it: it may be what kills them, at once."""
        run.feed(news)
        self._host.spawn(run.begin_when_committed())

    def _next_suspect(self) -> None:
        """Let one suspect at a time run with nothing beside it, until it gets on or is over."""
        host = self._host
        alone = host.alone
        if alone is not None:
            is_still_suspect = alone.is_held and alone.state.crashes and (alone.flights or alone.is_waiting)
            if is_still_suspect and host.clock.mono_ms() - self._alone_since_ms < ALONE_MS_MAX:
                return
            host.leave_alone(None)
        if not self._suspects or any(run.flights for run in host.live.values()):
            return
        run, news = self._suspects.pop(0)
        self._alone_since_ms = host.clock.mono_ms()
        host.leave_alone(run)
        kills = run.state.was_alone
        self._take_over(run, news)
        if kills:
            _park_all(run)
        self.nudge()

    async def _set_aside(self, claim: Claim, why: str) -> None:
        """Show a run that can not be read as parked, refuse what is asked of it, and leave its journal as it is.

        One whose own row can not be read has no place to show it in; it is left with this worker.
        """
        store = self._host.store
        why = f"{why}; once that is mended, it goes on with: podium runs resume {claim.run_id}"
        _LOG.error("set aside: %s", why)
        try:
            info = await store.info(claim.run_id)
        except (DamagedError, RunNotFoundError):
            return
        asked = await store.take_inbox([info.id])
        row = Projection(status=Status.PARKED, error=why)
        verdicts = [(one.id, f"run {info.id} can not be read: {why}") for one in asked]
        self._host.append(Append(info.id, claim.epoch, info.seq + 1, (), row, verdicts, release=True))

    async def deliver(self) -> None:
        """Give held runs what the inbox has for them; a suspect first has to know that its process died."""
        live = self._host.live
        waiting = {run.run_id for run, _ in self._suspects}
        ready = [run_id for run_id in live if run_id not in waiting]
        rows = await self._host.store.take_inbox(ready) if ready else ()
        for row in rows:
            run = live.get(row.run_id)
            if run is not None and row.id not in run.delivered:
                run.delivered.add(row.id)
                await self._deliver(run, row)

    async def _deliver(self, run: LiveRun, row: InboxRow) -> None:
        """Let a run decide about a stimulus; what does not fit is refused with its reason."""
        try:
            news = inbox.stimulus(row, run.state, run.compiled)
            if isinstance(news, st.RetryWanted) and run.state.status is RunStatus.COMPENSATED:
                news = st.RewindWanted(rewound(run.state, await self._journal(run)), news.by)
        except InvalidAnswerError as invalid:
            run.refuse(row.id, f"{inbox.INVALID}{invalid}")
        except (RefusedError, BugError, ReplayError, DamagedError) as refused:
            run.refuse(row.id, str(refused))
        else:
            run.take(news, inbox_id=row.id)

    async def _journal(self, run: LiveRun) -> list[Event]:
        """Return all events of a run that is over: of one that ended, nothing is still on its way to disk."""
        found: list[Event] = []
        while batch := await self._host.store.events(run.run_id, after=len(found)):
            found += [event for _, event in batch]
        return found

    async def _alarm(self, now_ms: int) -> None:
        """Tell of runs that have been undoing what they wrote for long, once each."""
        late = await self._host.store.undoing(until_ms=now_ms - UNDOING_MS_MAX)
        for info in late:
            if info.id not in self._told_of:
                minutes = (now_ms - (info.undoing_since or now_ms)) // 60_000
                _LOG.warning(
                    "run %s (%s) has been undoing what it wrote for %d minutes and is %s: `podium runs show %s`",
                    *(info.id, info.workflow, minutes, info.status, info.id),
                )
        self._told_of = {info.id for info in late}

    async def _tell(self) -> None:
        """Tell those who wait for runs and verdicts of other processes."""
        store, watchers = self._host.store, self._host.watchers
        for run_id in watchers.watched():
            if run_id not in self._host.live:
                try:
                    info = await store.info(run_id)
                except RunNotFoundError as gone:  # it was pruned in the meantime
                    watchers.run_gone(run_id, gone)
                    continue
                if info.status.is_terminal:
                    over = Projection(status=info.status, output=info.output, error=info.error)
                    watchers.run_over(run_id, over)
        for inbox_id in watchers.undecided():
            reason = await store.verdict(inbox_id)
            if reason is not None:
                watchers.decided(inbox_id, reason)
        watchers.tell()


def has_intent(state: RunState) -> bool:
    """Claim that a write may have been sent by whoever held the run before, even if it was let go of in order."""
    return any(step.write is not None and step.write.status is WriteStatus.INTENT for step in state.steps.values())


def _park_all(run: LiveRun) -> None:
    """Park what runs in a run that killed its process while alone."""
    running = [step for step in run.state.steps.values() if step.status is StepStatus.RUNNING]
    for step in running:
        detail = f"the process died {run.state.crashes} times while {step.path} ran, last time with nothing else in it"
        outcome = st.Halted(st.ParkReason.CRASH_LOOP, detail)
        run.feed(st.AttemptEnded(run.incarnation, step.path, step.entry, outcome))
