"""Claims, fences, expiry: the store by itself, on a real disk."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from podium.asgi import (
    Answer,
    Claim,
    Expired,
    IdempotencyStore,
    InFlight,
    NotKept,
    Recorded,
    Reused,
    Slot,
    Unknown,
)
from podium.claim_errors import ClaimLostError
from podium.errors import StoreUnavailableError
from podium.testing import FakeClock

SLOT = Slot("", "POST /charges", "k")
DONE = Answer(201, b'{"id":1}\x00\xff', (("content-type", "application/json"), ("x-twice", "a"), ("x-twice", "b")))
LEASE_MS = 30_000
DAY_MS = 86_400_000


def taken(store: IdempotencyStore, *, transactional: bool = False, slot: Slot = SLOT) -> Claim:
    claim = store.claim(slot, "fp", transactional=transactional)
    assert isinstance(claim, Claim), claim
    return claim


def again(store: IdempotencyStore) -> object:
    return store.claim(SLOT, "fp")


def test_a_claim_is_given_once(store: IdempotencyStore) -> None:
    taken(store)
    assert again(store) == InFlight()


def test_an_answer_is_kept_byte_for_byte(store: IdempotencyStore, clock: FakeClock) -> None:
    expires_at = store.complete(taken(store), DONE)
    assert again(store) == Recorded(DONE, expires_at)
    assert expires_at == clock.now_ms() + DAY_MS


def test_an_answer_without_a_body_is_kept(store: IdempotencyStore) -> None:
    store.complete(taken(store), Answer(204))
    found = again(store)
    assert isinstance(found, Recorded)
    assert found.answer == Answer(204)


def test_an_answer_that_is_too_long_is_not_carried_out_again(store: IdempotencyStore) -> None:
    store.complete(taken(store), None)
    assert again(store) == NotKept()


def test_what_is_kept_is_there_for_another_process(store: IdempotencyStore, clock: FakeClock) -> None:
    store.complete(taken(store), DONE)
    other = IdempotencyStore(store.path, clock=clock)
    found = other.claim(SLOT, "fp")
    other.close()
    assert isinstance(found, Recorded)


@pytest.mark.parametrize("slot", [Slot("eve", "POST /charges", "k"), Slot("", "POST /refunds", "k")])
def test_a_key_counts_within_its_tenant_and_operation(store: IdempotencyStore, slot: Slot) -> None:
    store.complete(taken(store), DONE)
    taken(store, slot=slot)


@pytest.mark.parametrize("state", ["in progress", "unknown", "recovering", "completed", "expired"])
def test_another_request_under_a_key_is_refused_in_any_state(
    store: IdempotencyStore, clock: FakeClock, state: str
) -> None:
    claim = taken(store)
    if state in {"unknown", "recovering"}:
        store.fail(claim)
        clock.jump(LEASE_MS if state == "recovering" else 0)
        store.take_unknown()
    if state in {"completed", "expired"}:
        store.complete(claim, DONE)
        clock.jump(DAY_MS if state == "expired" else 0)
        store.prune()
    assert store.claim(SLOT, "another") == Reused()


def test_a_released_key_is_free_for_any_request(store: IdempotencyStore) -> None:
    store.release(taken(store))
    assert isinstance(store.claim(SLOT, "another"), Claim)


def test_a_renewed_claim_outlives_its_first_lease(store: IdempotencyStore, clock: FakeClock) -> None:
    claim = taken(store)
    clock.jump(LEASE_MS - 1)
    store.renew(claim)
    clock.jump(LEASE_MS - 1)
    assert again(store) == InFlight()


def test_a_lapsed_claim_is_unknown_and_not_given_again(store: IdempotencyStore, clock: FakeClock) -> None:
    taken(store)
    clock.jump(LEASE_MS)
    assert again(store) == Unknown(0)
    assert again(store) == Unknown(0)


def test_a_failed_claim_is_unknown_until_its_lease_is_over(store: IdempotencyStore, clock: FakeClock) -> None:
    store.fail(taken(store))
    assert again(store) == Unknown(LEASE_MS)
    assert store.take_unknown() == []
    clock.jump(LEASE_MS)
    assert len(store.take_unknown()) == 1


def test_what_is_unknown_is_taken_by_one_at_a_time(store: IdempotencyStore, clock: FakeClock) -> None:
    first = taken(store)
    clock.jump(LEASE_MS)
    [recovering] = store.take_unknown()
    assert (recovering.slot, recovering.epoch, recovering.tries) == (SLOT, first.epoch + 1, 1)
    assert store.take_unknown() == []
    assert again(store) == Unknown(LEASE_MS)


def test_whoever_finds_out_and_dies_is_followed_by_another(store: IdempotencyStore, clock: FakeClock) -> None:
    store.fail(taken(store))
    clock.jump(LEASE_MS)
    store.take_unknown()
    clock.jump(LEASE_MS)
    [second] = store.take_unknown()
    store.complete(second, DONE)
    assert isinstance(again(store), Recorded)


def test_what_can_not_be_found_out_is_asked_for_less_and_less_often(store: IdempotencyStore, clock: FakeClock) -> None:
    taken(store)
    clock.jump(LEASE_MS)
    pauses = []
    for _ in range(10):
        [claim] = store.take_unknown()
        store.defer(claim)
        found = again(store)
        assert isinstance(found, Unknown)
        pauses.append(found.due_ms)
        clock.jump(found.due_ms)
    assert pauses == [min(LEASE_MS * 2**n, 3_600_000) for n in range(10)]


def test_the_end_of_a_lease_alone_does_not_refuse_the_answer(store: IdempotencyStore, clock: FakeClock) -> None:
    claim = taken(store)
    clock.jump(10 * LEASE_MS)
    store.complete(claim, DONE)
    assert isinstance(again(store), Recorded)


VERBS: list[Callable[[IdempotencyStore, Claim], object]] = [
    lambda store, claim: store.complete(claim, Answer(200, b"late")),
    lambda store, claim: store.release(claim),
    lambda store, claim: store.fail(claim),
    lambda store, claim: store.renew(claim),
]


@pytest.mark.parametrize("verb", VERBS, ids=["complete", "release", "fail", "renew"])
@pytest.mark.parametrize("now", ["recovering", "completed", "released", "claimed again", "unknown again"])
def test_whoever_lost_a_claim_writes_nothing(
    store: IdempotencyStore, clock: FakeClock, now: str, verb: Callable[[IdempotencyStore, Claim], object]
) -> None:
    lost = taken(store)
    clock.jump(LEASE_MS)
    [successor] = store.take_unknown()
    if now == "completed":
        store.complete(successor, DONE)
    if now in {"released", "claimed again"}:
        store.release(successor)
    if now == "claimed again":
        taken(store)
    if now == "unknown again":
        store.defer(successor)
    before = rows(store)
    with pytest.raises(ClaimLostError, match="'k'"):
        verb(store, lost)
    assert rows(store) == before


def test_only_who_finds_out_can_put_it_off(store: IdempotencyStore, clock: FakeClock) -> None:
    with pytest.raises(ValueError, match="say fail"):
        store.defer(taken(store))
    clock.jump(LEASE_MS)
    [lost] = store.take_unknown()
    clock.jump(LEASE_MS)
    store.take_unknown()
    with pytest.raises(ClaimLostError):
        store.defer(lost)


def test_a_lapsed_transactional_claim_is_given_to_the_next_who_asks(store: IdempotencyStore, clock: FakeClock) -> None:
    lost = taken(store, transactional=True)
    assert again(store) == InFlight()
    clock.jump(LEASE_MS)
    assert store.take_unknown() == []
    successor = taken(store, transactional=True)
    assert successor.epoch == lost.epoch + 1
    with pytest.raises(ClaimLostError):
        store.complete(lost, DONE)


def test_a_failed_transactional_claim_frees_its_key(store: IdempotencyStore) -> None:
    store.fail(taken(store, transactional=True))
    taken(store)


def test_an_answer_in_a_transaction_counts_if_it_is_committed(
    store: IdempotencyStore, beside: sqlite3.Connection
) -> None:
    claim = taken(store, transactional=True)
    beside.execute("BEGIN IMMEDIATE")
    beside.execute("INSERT INTO charges VALUES ('k')")
    store.complete_in(beside, claim, DONE)
    beside.execute("COMMIT")
    assert store.expires_at(claim) is not None
    assert isinstance(again(store), Recorded)


def test_an_answer_in_a_transaction_is_rolled_back_with_it(store: IdempotencyStore, beside: sqlite3.Connection) -> None:
    claim = taken(store, transactional=True)
    beside.execute("BEGIN IMMEDIATE")
    store.complete_in(beside, claim, DONE)
    beside.execute("ROLLBACK")
    assert store.expires_at(claim) is None
    assert again(store) == InFlight()


def test_whoever_lost_a_claim_can_not_commit_with_an_answer(
    store: IdempotencyStore, beside: sqlite3.Connection, clock: FakeClock
) -> None:
    lost = taken(store, transactional=True)
    clock.jump(LEASE_MS)
    taken(store, transactional=True)
    beside.execute("BEGIN IMMEDIATE")
    with pytest.raises(ClaimLostError):
        store.complete_in(beside, lost, DONE)
    beside.execute("ROLLBACK")


def test_an_answer_outside_of_a_transaction_is_refused(store: IdempotencyStore, beside: sqlite3.Connection) -> None:
    claim = taken(store, transactional=True)
    with pytest.raises(ValueError, match="BEGIN IMMEDIATE"):
        store.complete_in(beside, claim, DONE)
    assert again(store) == InFlight()


@pytest.mark.parametrize("pruned", [False, True])
def test_an_expired_key_is_refused_for_seven_days(store: IdempotencyStore, clock: FakeClock, *, pruned: bool) -> None:
    store.complete(taken(store), DONE)
    clock.jump(DAY_MS - 1)
    assert isinstance(again(store), Recorded)
    clock.jump(1)
    if pruned:
        assert store.prune() == 1
        assert [row[-1] for row in rows(store)] == [None]
    assert again(store) == Expired()
    clock.jump(7 * DAY_MS - 1)
    store.prune()
    assert again(store) == Expired()
    clock.jump(1)
    store.prune()
    taken(store)


def test_pruning_is_done_in_small_portions(store: IdempotencyStore, clock: FakeClock) -> None:
    for number in range(5):
        store.complete(taken(store, slot=Slot("", "o", str(number))), DONE)
    clock.jump(DAY_MS)
    assert [store.prune(limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_a_key_whose_outcome_is_unknown_is_never_pruned(store: IdempotencyStore, clock: FakeClock) -> None:
    taken(store)
    clock.jump(365 * DAY_MS)
    assert store.prune() == 0
    assert again(store) == Unknown(0)


def test_a_lapsed_transactional_key_is_forgotten_after_its_life(store: IdempotencyStore, clock: FakeClock) -> None:
    taken(store, transactional=True)
    clock.jump(LEASE_MS + DAY_MS - 1)
    assert store.prune() == 0
    clock.jump(1)
    assert store.prune() == 1
    assert rows(store) == []


def test_a_file_that_can_not_be_opened_is_said_so(tmp_path: Path) -> None:
    store = IdempotencyStore(tmp_path / "missing" / "service.db")
    with pytest.raises(StoreUnavailableError, match=r"service\.db: unable to open"):
        store.claim(SLOT, "fp")
    (tmp_path / "missing").mkdir()
    taken(store)
    store.close()


@pytest.mark.parametrize(("lease", "life"), [(0, 86_400), (30, 86_399)])
def test_terms_that_can_not_be_meant_are_refused(tmp_path: Path, lease: float, life: float) -> None:
    with pytest.raises(ValueError, match="24 h"):
        IdempotencyStore(tmp_path / "service.db", lease=lease, life=life)


def rows(store: IdempotencyStore) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(store.path)
    found = connection.execute("SELECT * FROM podium_idempotency").fetchall()
    connection.close()
    return found
