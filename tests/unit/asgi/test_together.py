"""What several threads ask of a store at the same time is one commit, for better or worse."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from podium.asgi import Answer, Claim, IdempotencyStore, Slot
from podium.claim_errors import ClaimLostError
from podium.errors import StoreUnavailableError
from tests.unit.asgi.disk import SAVING_FAILS, execute
from tests.unit.asgi.test_store import taken

SLOTS = [Slot("", "", str(number)) for number in range(8)]


@contextmanager
def together(store: IdempotencyStore) -> Iterator[Callable[..., Future[object]]]:
    """Hold the store up while work for it is queued; in the end wait until it is done."""
    with ThreadPoolExecutor(len(SLOTS) + 1) as pool:
        begun: list[Future[object]] = []

        def ask(verb: Callable[..., object], *args: object) -> Future[object]:
            begun.append(pool.submit(verb, *args))
            return begun[-1]

        with store._lock:
            yield ask
            while len(store._jobs) < len(begun):
                os.sched_yield()


def commits(store: IdempotencyStore) -> list[str]:
    """Return a list that grows with each commit of the store."""
    said: list[str] = []
    store.prune()
    assert store._connection is not None
    store._connection.set_trace_callback(lambda sql: said.append(sql) if sql == "COMMIT" else None)
    return said


def test_claims_at_the_same_time_share_a_commit(store: IdempotencyStore) -> None:
    said = commits(store)
    with together(store) as ask:
        claims = [ask(store.claim, slot, "fp") for slot in SLOTS]
    assert {claim.result().slot for claim in claims} == set(SLOTS)  # type: ignore[attr-defined]  # they are claims
    assert said == ["COMMIT"]


def test_one_that_lost_its_claim_does_not_hold_up_the_others(store: IdempotencyStore) -> None:
    lost, held = taken(store, slot=SLOTS[0]), taken(store, slot=SLOTS[1])
    store.release(lost)
    said = commits(store)
    with together(store) as ask:
        refused, done = ask(store.complete, lost, Answer(201)), ask(store.complete, held, Answer(201))
    with pytest.raises(ClaimLostError):
        refused.result()
    assert done.result() == store.expires_at(held)
    assert said[0] == "COMMIT"


def test_a_commit_that_fails_fails_for_everybody(store: IdempotencyStore) -> None:
    held = taken(store, slot=SLOTS[0])
    execute(store.path, SAVING_FAILS)
    with together(store) as ask:
        asked = [ask(store.claim, SLOTS[1], "fp"), ask(store.complete, held, Answer(201))]
    for one in asked:
        with pytest.raises(StoreUnavailableError, match="no room"):
            one.result()
    assert store._connection is None  # what failed once is not used again
    execute(store.path, "DROP TRIGGER fails")
    assert isinstance(store.claim(SLOTS[1], "fp"), Claim)


def test_a_mistake_of_ours_leaves_nobody_without_an_outcome(store: IdempotencyStore) -> None:
    def mistaken(_: sqlite3.Connection) -> None:
        raise ZeroDivisionError

    with together(store) as ask:
        asked = [ask(store.claim, SLOTS[0], "fp"), ask(store._do, mistaken)]
    errors = {type(one.exception()) for one in asked}
    assert errors <= {ZeroDivisionError, StoreUnavailableError}
    assert StoreUnavailableError in errors
    assert isinstance(store.claim(SLOTS[0], "fp"), Claim)
