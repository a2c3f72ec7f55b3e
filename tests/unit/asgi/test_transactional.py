"""Effects in the service's own database, in one transaction with the answer."""

import sqlite3
from collections.abc import Callable

import pytest

from podium.asgi import Answer, IdempotencyStore, KeyHandle, fingerprint
from podium.asgi.wire import Scope
from podium.claim_errors import ClaimLostError
from podium.testing import FakeClock
from tests.unit.asgi.exchange import Shop, ask, guarded, problem

LEASE_MS = 30_000
FINGERPRINT = fingerprint("POST", "/charges?", b"{}")


class SoldOutError(Exception):
    """What an application raises and does not handle."""


def raises(error: BaseException) -> Callable[[Scope], None]:
    def before(_: Scope) -> None:
        raise error

    return before


@pytest.mark.parametrize("how", ["raise", "500"])
async def test_what_was_rolled_back_is_carried_out_again(shop: Shop, store: IdempotencyStore, how: str) -> None:
    shop.status = 500
    shop.before = raises(SoldOutError()) if how == "raise" else None
    app = guarded(shop, store, transactional=lambda _: True)
    try:
        await ask(app)
    except SoldOutError:
        assert how == "raise"
    shop.status, shop.before = 201, None
    assert (await ask(app)).status == 201
    assert len(shop.acts) == 2


def charge(connection: sqlite3.Connection, answer: Answer, *, end: str) -> Callable[[Scope], None]:
    """Return what makes an effect and its answer one transaction."""

    def before(scope: Scope) -> None:
        handle: KeyHandle = scope["podium.idempotency"]
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO charges VALUES (?)", (handle.claim.slot.key,))
        handle.complete_in(connection, answer)
        if end:
            connection.execute(end)

    return before


async def test_effect_and_answer_are_committed_together(
    shop: Shop, store: IdempotencyStore, beside: sqlite3.Connection
) -> None:
    shop.before = charge(beside, Answer(201, b"done \x00\xff 1"), end="COMMIT")
    app = guarded(shop, store, transactional=lambda _: True)
    first, retry = await ask(app), await ask(app)
    assert first.body == retry.body
    assert first.headers["idempotency-expires"] == retry.headers["idempotency-expires"]
    assert beside.execute("SELECT count(*) FROM charges").fetchone() == (1,)


async def test_what_raised_after_its_commit_is_answered_from_what_is_kept(
    shop: Shop, store: IdempotencyStore, beside: sqlite3.Connection
) -> None:
    commit = charge(beside, Answer(201, b"kept"), end="COMMIT")

    def before(scope: Scope) -> None:
        commit(scope)
        raise SoldOutError

    shop.before = before
    app = guarded(shop, store, transactional=lambda _: True)
    with pytest.raises(SoldOutError):
        await ask(app)
    assert (await ask(app)).body == b"kept"


@pytest.mark.parametrize(("status", "end"), [(500, "ROLLBACK"), (404, "ROLLBACK")])
async def test_what_rolled_back_and_says_so_is_carried_out_again(
    shop: Shop, store: IdempotencyStore, beside: sqlite3.Connection, status: int, end: str
) -> None:
    shop.status, shop.before = status, charge(beside, Answer(201), end=end)
    app = guarded(shop, store, transactional=lambda _: True)
    assert (await ask(app)).status == status
    await ask(app)
    assert len(shop.acts) == 2


async def test_a_success_whose_transaction_was_rolled_back_is_not_told(
    shop: Shop, store: IdempotencyStore, beside: sqlite3.Connection, clock: FakeClock
) -> None:
    shop.before = charge(beside, Answer(201), end="ROLLBACK")
    app = guarded(shop, store, transactional=lambda _: True)
    assert problem(await ask(app)) == (503, "not-saved")
    clock.jump(LEASE_MS)
    shop.before = charge(beside, Answer(201), end="COMMIT")
    assert (await ask(app)).status == 201


async def test_a_transaction_of_whoever_lost_the_claim_is_not_told_either(
    shop: Shop, store: IdempotencyStore, beside: sqlite3.Connection, clock: FakeClock
) -> None:
    again = charge(beside, Answer(201), end="COMMIT")

    def outlive(scope: Scope) -> None:
        clock.jump(LEASE_MS)
        slot = scope["podium.idempotency"].claim.slot
        store.complete(store.claim(slot, FINGERPRINT, transactional=True), Answer(201, b"found"))  # type: ignore[arg-type]  # a claim
        try:
            again(scope)
        except ClaimLostError:
            beside.execute("ROLLBACK")
            raise

    shop.before = outlive
    zombie = await ask(guarded(shop, store, transactional=lambda _: True))
    assert problem(zombie) == (503, "outcome-unknown")
    assert beside.execute("SELECT count(*) FROM charges").fetchone() == (0,)
