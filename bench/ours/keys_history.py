"""Four processes over the keys of one idempotency store: what each does, and whether the history can be explained."""

from __future__ import annotations

import random
import sqlite3
import time
from typing import TYPE_CHECKING

from podium.asgi import Answer, Claim, IdempotencyStore, InFlight, Recorded, Slot, Unknown
from podium.asgi.claims import State
from podium.claim_errors import ClaimLostError
from podium.testing.linearizability import KeyModel, Log, Operation, Violation, check

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

WORK = f"{__name__}:work"
LEASE_MS = 20
KEYS, ROUNDS = 12, 3


class Uptime:
    """A clock that all processes of a machine share and nobody sets."""

    def now_ms(self) -> int:
        """Return CLOCK_MONOTONIC in ms."""
        return time.monotonic_ns() // 1_000_000

    async def sleep(self, ms: int) -> None:
        """Not used here."""
        raise NotImplementedError


def work(folder: Path, log: Log, seed: int) -> None:
    """Be one of the processes."""
    Client(IdempotencyStore(folder / "keys.db", lease=LEASE_MS / 1000, clock=Uptime()), log, seed).run()


def violation(history: Sequence[Operation]) -> Violation | None:
    """Return what shows that a history can not be explained."""
    for is_transactional in (False, True):
        kept = [one for one in history if not one.key or one.key.startswith("t") == is_transactional]
        found = check(kept, KeyModel(LEASE_MS, transactional=is_transactional))
        if found is not None:
            return found
    return None


class Client:
    """One process: asks for keys, and acts on what it holds or once held."""

    def __init__(self, store: IdempotencyStore, log: Log, seed: int) -> None:
        self._store, self._log, self._chance = store, log, random.Random(seed)
        self._held: list[tuple[str, Claim]] = []

    def run(self) -> None:
        """Ask for every key in turn, a few times over, and act on what is granted, or do not."""
        for _ in range(ROUNDS):
            for number in range(KEYS):
                self._ask(f"{'t' if number % 3 == 2 else 'k'}{number}")
                if self._chance.random() < 0.3:
                    self._take()
                if self._held and self._chance.random() < 0.5:
                    self._act()

    def _ask(self, key: str) -> None:
        transactional = key.startswith("t")
        found = self._log.did(
            key,
            ("claim",),
            lambda: self._store.claim(Slot("", "", key), "fp", transactional=transactional),
            result=_said,
        )
        if isinstance(found, Claim):
            self._held.append((key, found))

    def _take(self) -> None:
        def said(claims: list[Claim]) -> object:
            return next(((claim.slot.key, ["taken", claim.no, claim.epoch]) for claim in claims), None)

        claims = self._log.did("", ("take",), self._store.take_unknown, result=said)
        self._held += [(claim.slot.key, claim) for claim in claims]

    def _act(self) -> None:
        """Do something with a claim, which may have been lost long ago; leave some to lapse."""
        key, claim = self._chance.choice(self._held)
        verb = self._chance.choice(["complete", "complete", "release", "fail", "renew", "renew", "defer", "leave"])
        if verb == "defer" and claim.state is not State.RECOVERING:
            verb = "renew"
        if verb == "leave":
            self._held.remove((key, claim))
            return
        answer = [f"{key} {claim.no}.{claim.epoch} {self._chance.random()}"] if verb == "complete" else []
        self._log.did(key, (verb, claim.no, claim.epoch, *answer), lambda: self._do(verb, claim, *answer), result=str)

    def _do(self, verb: str, claim: Claim, answer: str = "") -> str:
        verbs: dict[str, Callable[[], object]] = {
            "complete": lambda: self._complete(claim, Answer(200, answer.encode())),
            "release": lambda: self._store.release(claim),
            "fail": lambda: self._store.fail(claim),
            "renew": lambda: self._store.renew(claim),
            "defer": lambda: self._store.defer(claim),
        }
        try:
            verbs[verb]()
        except ClaimLostError:
            return "lost"
        return "ok"

    def _complete(self, claim: Claim, answer: Answer) -> None:
        if not claim.transactional:
            self._store.complete(claim, answer)
            return
        connection = sqlite3.connect(self._store.path, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            self._store.complete_in(connection, claim, answer)
            connection.execute("COMMIT")
        finally:
            connection.close()


def _said(found: object) -> object:
    match found:
        case Claim(no=no, epoch=epoch):
            return ["granted", no, epoch]
        case InFlight():
            return ["in flight"]
        case Unknown():
            return ["unknown"]
        case Recorded(answer, _):
            return ["recorded", answer.body.decode()]
        case _:
            raise ValueError(found)
