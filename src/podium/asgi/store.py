"""`IdempotencyStore`: keys, claims and answers, in the service's own file. It knows nothing of HTTP or event loops.

Every verb is synced when it returns, and may be called from any thread; those that are called at the same time share a
transaction. The middleware is built on it; so can be a service in another framework.
"""

import os
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from podium.asgi import statements
from podium.asgi.answer import Answer
from podium.asgi.claims import Claim, Slot, State
from podium.asgi.clock import Clock, SystemClock
from podium.asgi.connection import connect, unavailable
from podium.asgi.statements import Found, Terms
from podium.claim_errors import ClaimLostError
from podium.errors import PodiumError
from podium.graph.policies import Duration, to_ms

_T = TypeVar("_T")
_LIFE_MS_MIN: Final = 86_400_000
_PAUSE_MS_MAX: Final = 3_600_000


class IdempotencyStore:
    """The keys of one service, which several of its processes on one machine may share.

    The file is opened at the first use, so that a server may fork its workers before.

    Args:
        path: An SQLite file, the service's own as a rule; it is switched to WAL. Made when it is missing.
        lease: How long a claim holds unless it is renewed. Then its holder counts as gone.
        life: How long an answer is kept from when it was given; at least 24 h. After that the key is refused for
            seven days.
        clock: What both are measured by.
    """

    def __init__(
        self, path: Path | str, *, lease: Duration = 30, life: Duration = 86_400, clock: Clock | None = None
    ) -> None:
        self.path = Path(path)
        self.lease_ms, self.life_ms = to_ms(lease), to_ms(life)
        self.clock = clock or SystemClock()
        if self.lease_ms <= 0 or self.life_ms < _LIFE_MS_MIN:
            message = f"IdempotencyStore(lease={lease!r}, life={life!r}): a lease above 0 and a life of 24 h are needed"
            raise ValueError(message)
        self._lock = threading.Lock()
        self._jobs: deque[_Job[Any]] = deque()
        self._connection: sqlite3.Connection | None = None

    def claim(self, slot: Slot, fingerprint: str, *, transactional: bool = False) -> Found:
        """Take the key before any work is done, or say what became of it.

        Args:
            slot: The key and within what it is one.
            fingerprint: Of the request; another one under the same key is `Reused`, whatever the state.
            transactional: All that the work does is in one transaction with `complete_in`. Then a lapsed claim is
                given to the next one who asks, because what was not completed was rolled back.

        Returns:
            A Claim, which is to be completed, released or failed; or what to answer instead.

        Raises:
            StoreUnavailableError: The key was not claimed. (As with all verbs: nothing was written, unless syncing
                failed, when nobody knows.)
        """
        return self._do(
            lambda connection: statements.claim(
                connection, slot, fingerprint, transactional=transactional, terms=self._terms()
            )
        )

    def complete(self, claim: Claim, answer: Answer | None) -> int:
        """Keep the answer for every further request with this key; None says that it is too long to be kept.

        Returns:
            When the key's life is over, in ms since 1970 UTC.

        Raises:
            ClaimLostError: Somebody else answers for the key now; nothing was written.
        """
        until = self.clock.now_ms() + self.life_ms
        self._do(lambda connection: statements.complete(connection, claim, answer, until=until))
        return until

    def complete_in(self, connection: sqlite3.Connection, claim: Claim, answer: Answer) -> None:
        """Keep the answer within a transaction of your own on the same file: it counts if and only if you commit.

        Args:
            connection: Yours, in a transaction; to survive loss of power, with `PRAGMA synchronous = FULL`.
            claim: What was claimed.
            answer: What every further request with this key gets.

        Raises:
            ValueError: The connection is in no transaction.
            ClaimLostError: Somebody else answers for the key now; roll back.
        """
        if not connection.in_transaction:
            message = "complete_in: begin a transaction first (BEGIN IMMEDIATE); what you do in it is one with it"
            raise ValueError(message)
        statements.complete(connection, claim, answer, until=self.clock.now_ms() + self.life_ms)

    def release(self, claim: Claim) -> None:
        """Free the key: certainly nothing was done, and a retry is to be carried out.

        Raises:
            ClaimLostError: Somebody else answers for the key now; nothing was written.
        """
        self._do(lambda connection: statements.release(connection, claim))

    def fail(self, claim: Claim) -> None:
        """Say that nobody knows what became of it: it stays taken until `take_unknown` finds out.

        A transactional claim is released instead: it was not completed, so it was not done.

        Raises:
            ClaimLostError: Somebody else answers for the key now; nothing was written.
        """
        say = statements.release if claim.transactional else statements.fail
        self._do(lambda connection: say(connection, claim))

    def renew(self, claim: Claim) -> None:
        """Hold the claim for another lease.

        Raises:
            ClaimLostError: Somebody else answers for the key now: stop what you are doing.
        """
        until = self.clock.now_ms() + self.lease_ms
        self._do(lambda connection: statements.renew(connection, claim, until=until))

    def expires_at(self, claim: Claim) -> int | None:
        """Return when the life of the key is over, in ms since 1970 UTC; None unless this claim is completed."""
        return self._do(lambda connection: statements.expires_at(connection, claim))

    def take_unknown(self, *, limit: int = 1) -> list[Claim]:
        """Take what nobody knows the outcome of and whose lease is over, for as long as a lease, in order to find out.

        Complete, release or defer each of them.
        """
        return self._do(lambda connection: statements.take_unknown(connection, limit=limit, terms=self._terms()))

    def defer(self, claim: Claim) -> None:
        """Say that it could not be found out yet; it is due again after a lease, twice as long each time, up to 1 h.

        Raises:
            ValueError: The claim did not come from `take_unknown`; say `fail`.
            ClaimLostError: Somebody else answers for the key now; nothing was written.
        """
        if claim.state is not State.RECOVERING:
            message = f"defer({claim.slot.key!r}): it is not being found out about; say fail instead"
            raise ValueError(message)
        pause_ms = min(self.lease_ms << min(claim.tries - 1, 32), max(self.lease_ms, _PAUSE_MS_MAX))
        until = self.clock.now_ms() + pause_ms
        self._do(lambda connection: statements.defer(connection, claim, until=until))

    def prune(self, *, limit: int = 500) -> int:
        """Drop at most `limit` answers and keys whose time is over; return how many. What is unknown stays."""
        now = self.clock.now_ms()
        return self._do(lambda connection: statements.prune(connection, now=now, life_ms=self.life_ms, limit=limit))

    def close(self) -> None:
        """Close the file; it is opened again at the next use."""
        with self._lock:
            self._drop()

    def _terms(self) -> Terms:
        now = self.clock.now_ms()
        return Terms(owner=f"process {os.getpid()}", now=now, lease_until=now + self.lease_ms)

    def _do(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Do `work` in one transaction with all that other threads ask for meanwhile.

        Who gets the lock does the work of everybody who waits for it; they find it done.
        """
        job = _Job(work)
        self._jobs.append(job)
        with self._lock:
            if not job.is_done:
                self._do_all()
        return job.outcome()

    def _do_all(self) -> None:
        jobs = [self._jobs.popleft() for _ in range(len(self._jobs))]
        trouble: object = "it was broken off"
        try:
            if self._connection is None:
                self._connection = connect(self.path)
            _transact(self._connection, jobs)
            trouble = None
        except sqlite3.Error as error:
            trouble = error
        finally:
            if trouble is not None:
                self._drop()  # a connection whose commit failed is not trusted again
            for job in jobs:
                job.end(unavailable(self.path, trouble) if trouble is not None else None)

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


class _Job(Generic[_T]):
    """What one caller wants done, and what came of it."""

    def __init__(self, work: Callable[[sqlite3.Connection], _T]) -> None:
        self._work = work
        self._result: list[_T] = []
        self._error: PodiumError | None = None
        self.is_done = False

    def perform(self, connection: sqlite3.Connection) -> None:
        """Do it. One that is refused has changed nothing, and the others go on."""
        try:
            self._result = [self._work(connection)]
        except ClaimLostError as error:
            self._error = error

    def end(self, error: PodiumError | None) -> None:
        """Say that it is committed, or why nothing of it is."""
        self._error = error or self._error
        self.is_done = True

    def outcome(self) -> _T:
        """Return the result, or raise the error."""
        if self._error is not None:
            raise self._error
        return self._result[0]


def _transact(connection: sqlite3.Connection, jobs: Iterable[_Job[Any]]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for job in jobs:
            job.perform(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
