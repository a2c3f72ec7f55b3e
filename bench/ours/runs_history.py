"""Four processes over the runs of one store: what each does, and whether the history can be explained."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

from podium.engine.ports import Append, Claim, RunInfo
from podium.sqlite.lease import Terms
from podium.sqlite.store import SqliteStore
from podium.testing.conformance.floor import GRAPH, HASH, RUNNING, Worker, began, step
from podium.testing.linearizability import Log, Operation, RunModel, Violation, check

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

WORK = f"{__name__}:work"
RUNS, ROUNDS = 6, 4
_FOR_EVER = Terms(holds_ms=3_600_000, renew_ms=1_800_000)


def work(folder: Path, log: Log, seed: int) -> None:
    """Be one of the processes."""
    asyncio.run(_Owner(SqliteStore(folder / "runs.db", terms=_FOR_EVER), log, seed).run())


def violation(history: Sequence[Operation]) -> Violation | None:
    """Return what shows that a history can not be explained."""
    return check(history, RunModel())


class _Owner:
    def __init__(self, store: SqliteStore, log: Log, seed: int) -> None:
        self._worker, self._log, self._chance = Worker(store), log, random.Random(seed)
        self._claims: dict[str, tuple[int, int]] = {}
        """The last claim of each run, lost ones included: epoch, and the number of the next event."""

    async def run(self) -> None:
        """Go through all runs a few times: take what is free, write, give up, and write again as if nothing were."""
        await self._worker.store.open(self._worker.heard)
        for turn in range(ROUNDS):
            for number in range(RUNS):
                run_id = f"r{number}"
                if turn == 0:
                    await self._create(run_id)
                if self._chance.random() < 0.5:
                    await self._claim(run_id)
                if self._chance.random() < 0.2:
                    await self._claim_any()
                if run_id in self._claims:
                    await self._append(run_id, release=self._chance.random() < 0.4)

    async def _create(self, run_id: str) -> None:
        info = RunInfo(id=run_id, workflow="sample", graph_hash=HASH)
        self._log.begin(run_id, ("create",))
        there = await self._worker.store.create(info, GRAPH, [began(run_id)], RUNNING)
        self._log.end(1 if there is None else None)
        if there is None:
            self._claims[run_id] = (1, 2)

    async def _claim(self, run_id: str) -> None:
        self._log.begin(run_id, ("claim",))
        claim = await self._worker.store.claim_one(run_id)
        self._log.end(claim and claim.epoch)
        if claim is not None:
            await self._hold(claim)

    async def _claim_any(self) -> None:
        self._log.begin("", ("claim",))
        claims = await self._worker.store.claim(hashes={HASH}, now_ms=0, limit=1)
        self._log.end((claims[0].run_id, claims[0].epoch) if claims else None)
        for claim in claims:
            await self._hold(claim)

    async def _hold(self, claim: Claim) -> None:
        info = await self._worker.store.info(claim.run_id)
        self._claims[claim.run_id] = (claim.epoch, info.seq + 1)

    async def _append(self, run_id: str, *, release: bool) -> None:
        """Write an event, or give the run up; a claim that is gone is kept and tried again, as a zombie would."""
        epoch, seq = self._claims[run_id]
        events = () if release else (step(f"s{seq}"),)
        self._worker.heard.lost.discard(run_id)
        self._log.begin(run_id, ("release" if release else "append", epoch, seq))
        await self._worker.commit(Append(run_id=run_id, epoch=epoch, first_seq=seq, events=events, release=release))
        is_lost = run_id in self._worker.heard.lost
        self._log.end("lost" if is_lost else "ok")
        if not is_lost and not release:
            self._claims[run_id] = (epoch, seq + 1)
